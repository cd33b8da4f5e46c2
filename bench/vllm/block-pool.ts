import { BlockCache } from "../../src/allocators/prefix-cached/block-cache.ts";
import { newBlockFields } from "../../src/allocators/prefix-cached/block-fields.ts";
import { CachingBlockPool } from "../../src/allocators/prefix-cached/caching-block-pool.ts";
import { ContentChain } from "../../src/allocators/prefix-cached/content-chain.ts";
import { Digest } from "../../src/core/digest.ts";
import { Rows } from "../../src/core/rows.ts";
import type { Workload } from "./workload.ts";

const POOL_BLOCKS = 65_536;
const ROUNDS = 2000;
const TABLES = 32;
const TABLE_BLOCKS = 64;

/** The pool of blocks alone. kvsim's is the same code with and without caching. */
export const blockPoolWorkloads: readonly Workload[] = [
  { ...{ id: "W1", recorded: 17.8e6 }, title: "block pool, cache off" },
  { ...{ id: "W1c", recorded: 11.3e6 }, title: "block pool, cache on but empty" },
].map((row) => ({ ...row, unit: "block ops", prepare: takeAndFree }));

function takeAndFree(): () => number {
  const fields = newBlockFields(POOL_BLOCKS);
  const cache = new BlockCache(fields, 1, new ContentChain());
  const pool = new CachingBlockPool(fields, cache, new Digest(), null);
  const tables = new Rows();
  tables.reserve(TABLES - 1, TABLE_BLOCKS);
  return () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let row = 0; row < TABLES; row += 1) pool.take(TABLE_BLOCKS, tables, row);
      for (let row = 0; row < TABLES; row += 1) free(pool, tables, row);
    }
    return ROUNDS * TABLES * TABLE_BLOCKS * 2;
  };
}

function free(pool: CachingBlockPool, tables: Rows, row: number): void {
  const from = tables.start(row);
  const until = from + tables.length(row);
  pool.releaseEach(tables.column, from, until, from, from);
  tables.setLength(row, 0);
}
