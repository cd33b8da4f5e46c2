import type { Allocator, Layout, PoolUsage } from "./allocator.ts";
import { Census } from "./census.ts";
import { PoolColumns } from "./layout.ts";

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

/** The state of an allocator. O(pool). It lasts until the same memory takes another one. */
export function poolState(
  allocator: Pick<Allocator, "inspect" | "usage">,
  { gpu, cpu, census, cpuCensus }: StateMemory = new StateMemory(),
): PoolState {
  const seen = allocator.inspect();
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
    usage: allocator.usage,
    census,
    cpuCensus: seen.cpu && cpuCensus,
  };
}
