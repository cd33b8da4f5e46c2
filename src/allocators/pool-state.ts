import { Census } from "./census.ts";
import { PoolColumns } from "./layout.ts";
import type { Layout, Pool, PoolUsage } from "./pool.ts";

/** A pool at one moment; what the allocator does afterwards does not change it. */
export interface PoolState {
  readonly layout: Layout;
  readonly usage: PoolUsage;
  readonly census: Census;
  /** Null without a CPU pool. */
  readonly cpuCensus: Census | null;
}

/** What a state is written into. */
export class StateMemory {
  readonly gpu = new PoolColumns();
  readonly cpu = new PoolColumns();
  readonly census = new Census();
  readonly cpuCensus = new Census();
}

/** The state of a pool. O(pool). It lasts until the same memory takes another one, but for the reference counts, which are the pool's. */
export function poolState(
  pool: Pick<Pool, "inspect" | "usage">,
  { gpu, cpu, census, cpuCensus }: StateMemory = new StateMemory(),
): PoolState {
  const seen = pool.inspect();
  const byCell = seen.referenceCounts !== null;
  gpu.copy(seen);
  census.take(gpu, byCell);
  if (seen.cpu !== null) {
    cpu.copy(seen.cpu);
    cpuCensus.take(cpu, byCell);
  }
  const { tables, free } = gpu;
  return {
    layout: { ...seen, tables, free, cpu: seen.cpu && cpu },
    usage: pool.usage,
    census,
    cpuCensus: seen.cpu && cpuCensus,
  };
}
