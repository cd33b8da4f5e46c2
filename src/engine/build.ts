import { Auditor, cacheAuditor } from "../allocators/checked.ts";
import { EnginePool } from "../allocators/engine-pool.ts";
import { allocators, kvCaches } from "../allocators/index.ts";
import type { Config, MeasureConfig, SetupConfig } from "../config/config.ts";
import type { ChunkedSchedulerConfig, PreemptionConfig } from "../config/scheduler-config.ts";
import type { Nanoseconds } from "../core/time.ts";
import { UNLIMITED } from "../core/unlimited.ts";
import type { Slots } from "../request.ts";
import { auditBy, type Engine, engine } from "./engine.ts";
import { latencyModel } from "./latency.ts";

/** Codes of engine/scheduler/preemption.ts. */
export const PREEMPTION: Readonly<Record<PreemptionConfig["mode"], number>> = {
  auto: 0,
  recompute: 1,
  swap: 2,
};

/** Codes of engine/metrics/windows.ts. */
const WINDOW_END = { "last-arrival": -1, end: -2 } as const;

/** The parts of a run in the engine, by their addresses. */
export interface BuiltRun {
  readonly cells: number;
  readonly pool: number;
  /** Slots of a block; null when memory is not handed out in blocks. */
  readonly blockSize: Slots | null;
  /** Null where nothing is kept for later requests. */
  readonly cache: number | null;
  readonly facts: number;
  readonly space: number;
  readonly serving: number;
  /** Where it is written which requests are to come. */
  readonly foreseen: number;
  /** Makes the replica that serves from its first arrival on. */
  readonly replica: (firstNs: Nanoseconds) => number;
}

/**
 * Builds the allocator, the scheduler and the metrics of a setup, over an empty pool. `paranoid`: every invariant is checked after every
 * operation, which changes no result.
 */
export function buildRun(
  setup: SetupConfig,
  config: Pick<Config, "pool" | "maxModelLen" | "measure">,
  paranoid: boolean,
): BuiltRun {
  const { scheduler, strategy, options, preemption } = setup;
  const { maxModelLen } = config;
  const cells = engine.newDigest();
  const { slots } = config.pool;
  const environment = { engine, slots, maxModelLen, cells };
  const serve = (pool: number, serving: (aftermath: number) => number, watches = false) => {
    const { facts, space, aftermath } = buildMetrics(engine, pool, config.measure);
    const served = serving(aftermath);
    const latency = latencyModel(setup.latency);
    const running = watches ? engine.newWatched(served) : served;
    const foreseen = engine.newForeseen();
    const replica = (firstNs: Nanoseconds) =>
      engine.newReplica(running, latency, facts, space, aftermath, foreseen, firstNs);
    return { cells, pool, facts, space, serving: served, foreseen, replica };
  };
  if (scheduler.policy === "chunked") {
    const { maxBatchedTokens } = scheduler;
    const built = kvCaches[strategy]!.createCache(options, { ...environment, maxBatchedTokens });
    const { cache, pool, blockSize, keepsContent } = built;
    if (paranoid) auditBy(cacheAuditor(new EnginePool(engine, pool), slots));
    const run = serve(
      pool,
      (aftermath) => chunkedServing(engine, scheduler, maxModelLen, cache, pool, aftermath),
      paranoid,
    );
    return { ...run, blockSize, cache: keepsContent ? cache : null };
  }
  const { swapSlots } = preemption;
  const { pool, blockSize } = allocators[strategy]!.create(options, { ...environment, swapSlots });
  if (paranoid) auditBy(new Auditor(new EnginePool(engine, pool), slots));
  const allocator = paranoid ? engine.newChecked(pool) : pool;
  const run = serve(pool, (aftermath) =>
    groupServing(engine, setup, maxModelLen, allocator, aftermath),
  );
  return { ...run, blockSize, cache: null };
}

/** Builds what hears of a run over a pool: of all that happens, of slots, and of who has ended. */
export function buildMetrics(
  engine: Engine,
  pool: number,
  { fromNs, until, slo }: MeasureConfig,
): { readonly facts: number; readonly space: number; readonly aftermath: number } {
  const end = typeof until === "number" ? until : WINDOW_END[until];
  // Nobody meets an objective that is no number.
  const { ttftSeconds, tpotSeconds } = slo ?? { ttftSeconds: NaN, tpotSeconds: NaN };
  const collector = engine.newCollector(
    engine.growthSlots(pool),
    ttftSeconds ?? Infinity,
    tpotSeconds ?? Infinity,
    fromNs,
    end,
  );
  const facts = engine.newFacts(pool, collector);
  const space = engine.newSpace(pool, collector, fromNs, end);
  return { facts, space, aftermath: engine.newAftermath(facts) };
}

/** Builds a scheduler that serves in rounds. */
export function groupServing(
  engine: Engine,
  { scheduler, preemption }: Pick<SetupConfig, "scheduler" | "preemption">,
  maxModelLen: number,
  allocator: number,
  aftermath: number,
): number {
  const { policy, maxRunning, maxBatchedTokens, maxWaiting } = scheduler;
  const rules =
    policy === "prefill-first"
      ? engine.prefillFirst(PREEMPTION[preemption.mode])
      : policy === "orca"
        ? engine.orca()
        : engine.staticBatching();
  return engine.newGroupServing(
    maxRunning,
    maxBatchedTokens,
    maxWaiting ?? UNLIMITED,
    maxModelLen,
    rules,
    allocator,
    aftermath,
  );
}

/** Builds the chunked scheduler, over a KV cache and its pool. */
export function chunkedServing(
  engine: Engine,
  limits: ChunkedSchedulerConfig,
  maxModelLen: number,
  cache: number,
  pool: number,
  aftermath: number,
): number {
  return engine.newChunkedServing(
    limits.maxRunning,
    limits.maxBatchedTokens,
    limits.maxWaiting ?? UNLIMITED,
    maxModelLen,
    limits.chunkedPrefill ? 1 : 0,
    limits.longPrefillThreshold,
    limits.order === "fcfs" ? 0 : 1,
    limits.fullSequenceGate ? 1 : 0,
    cache,
    pool,
    aftermath,
  );
}
