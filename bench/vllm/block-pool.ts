import { prefixCache } from "../prefix-cache.ts";
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

async function takeAndFree(): Promise<() => number> {
  const engine = await prefixCache();
  const pool = engine.newPool(POOL_BLOCKS);
  const tables = engine.newTables(TABLES, TABLE_BLOCKS);
  return () => {
    engine.takeAndFree(pool, tables, TABLES, TABLE_BLOCKS, ROUNDS);
    return ROUNDS * TABLES * TABLE_BLOCKS * 2;
  };
}
