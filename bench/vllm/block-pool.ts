import { BlockCache } from "../../src/allocators/prefix-cached/block-cache.ts";
import { newBlockFields } from "../../src/allocators/prefix-cached/block-fields.ts";
import { BlockTable } from "../../src/allocators/prefix-cached/block-table.ts";
import { CachingBlockPool } from "../../src/allocators/prefix-cached/caching-block-pool.ts";
import { ContentChain } from "../../src/allocators/prefix-cached/content-chain.ts";
import { ignore, type Workload } from "./workload.ts";

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
  const pool = new CachingBlockPool(fields, cache, ignore, ignore);
  const tables = Array.from({ length: TABLES }, () => new BlockTable());
  return () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const table of tables) pool.take(TABLE_BLOCKS, table);
      for (const table of tables) free(pool, table);
    }
    return ROUNDS * TABLES * TABLE_BLOCKS * 2;
  };
}

function free(pool: CachingBlockPool, table: BlockTable): void {
  for (let index = table.length - 1; index >= 0; index -= 1) pool.release(table.at(index));
  table.length = 0;
}
