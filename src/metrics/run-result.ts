import type { KvCacheManager } from "../allocators/prefix-cached/kv-cache-manager.ts";
import type { Config, SetupConfig } from "../config/config.ts";
import { exactRatio } from "../core/exact-ratio.ts";
import { NANOSECONDS_PER_SECOND, type Nanoseconds, TICKS_PER_NANOSECOND } from "../core/time.ts";
import type {
  ConcurrencyResult,
  MemoryResult,
  PreemptionResult,
  RunResult,
  SharingResult,
  ThroughputResult,
  Timeline,
  Verdict,
} from "../result.ts";
import type { Collector } from "./collector.ts";
import type { Levels } from "./population.ts";
import { SPACE } from "./space-columns.ts";

/** What a result says of the memory itself. */
interface Built {
  readonly blockSize: number | null;
  readonly cache: KvCacheManager | null;
}

/** Puts together what a run's collector has gathered. */
export function runResult(input: {
  readonly config: Pick<Config, "pool" | "measure">;
  readonly setup: SetupConfig;
  readonly seed: number;
  readonly built: Built;
  readonly collector: Collector;
  readonly verdict: Verdict;
  readonly endNs: Nanoseconds;
}): RunResult {
  const { config, setup, seed, built, collector, verdict, endNs } = input;
  const { tally } = collector;
  const { arrived, admitted, finished, rejected, failed, unfinished } = tally;
  return {
    allocator: describeSetup(setup),
    seed,
    verdict,
    requests: { arrived, admitted, finished, rejected, failed, unfinished },
    memory: memoryResult(config.pool, built, collector),
    concurrency: concurrencyResult(collector),
    latency: collector.latencies.result(),
    throughput: throughputResult(collector, config.measure.slo !== null),
    preemption: preemptionResult(collector),
    sharing: sharingResult(config.pool, collector, built),
    simulated: {
      seconds: endNs / NANOSECONDS_PER_SECOND,
      iterations: tally.iterations,
      decisions: collector.fingerprint.decisions,
    },
    timeline: timeline(config.pool.slots, collector),
    fingerprint: collector.fingerprint.hex(),
  };
}

function describeSetup({ label, strategy, options, scheduler, preemption }: SetupConfig) {
  return { label, strategy, ...options, scheduler, preemption };
}

function memoryResult(pool: Config["pool"], built: Built, { space }: Collector): MemoryResult {
  const ticks = space.windows.windowTicks();
  const all = BigInt(pool.slots) * ticks;
  const part = (column: number) => exactRatio(space.windows.windowTotal(column), all) ?? 0;
  const useful = space.windows.windowTotal(SPACE.useful);
  const tokenStates = space.windows.windowTotal(SPACE.tokenStates);
  const idle = space.windows.windowTotal(SPACE.idle);
  const waste = exactRatio(all - idle - tokenStates, all - idle);
  const share = {
    tokenStates: part(SPACE.tokenStates),
    reserved: exactRatio(useful - tokenStates, all) ?? 0,
    internal: part(SPACE.internal),
    rounding: part(SPACE.rounding),
    external: part(SPACE.external),
    remainder: part(SPACE.remainder),
    idle: part(SPACE.idle),
  };
  return {
    slots: pool.slots,
    blockSize: built.blockSize,
    bytesPerToken: pool.bytesPerToken,
    share: ticks === 0n ? null : share,
    cachedShare: ticks === 0n || built.cache === null ? null : part(SPACE.cached),
    wastePercent: waste === null ? null : 100 * waste,
    utilizationPercent: ticks === 0n ? null : 100 * share.tokenStates,
    usedSharePeak: (pool.slots - space.freeLeast) / pool.slots,
    largestHoleShareMean: exactRatio(
      freeTotal(space) - space.windows.windowTotal(SPACE.scattered),
      all,
    ),
  };
}

function concurrencyResult({ population }: Collector): ConcurrencyResult {
  const ticks = population.windows.windowTicks();
  const { running, sequences, waiting, swapped } = population.windowTotals();
  return {
    runningMean: exactRatio(running, ticks),
    runningPeak: population.runningPeak,
    sequencesMean: exactRatio(sequences, ticks),
    waitingMean: exactRatio(waiting, ticks),
    swappedMean: exactRatio(swapped, ticks),
  };
}

function throughputResult(collector: Collector, hasObjective: boolean): ThroughputResult {
  const ticksPerSecond = BigInt(TICKS_PER_NANOSECOND) * BigInt(NANOSECONDS_PER_SECOND);
  const perSecond = (count: number) =>
    exactRatio(BigInt(count) * ticksPerSecond, collector.space.windows.windowTicks());
  return {
    requestsPerSecond: perSecond(collector.finishedInWindow),
    outputTokensPerSecond: perSecond(collector.space.emittedInWindow()),
    goodputRequestsPerSecond: hasObjective ? perSecond(collector.latencies.good) : null,
  };
}

function preemptionResult({ tally }: Collector): PreemptionResult {
  const { ns, ticks } = tally.transferTime;
  return {
    count: tally.preemptions,
    requestsPreempted: tally.requestsPreempted,
    requestsPreemptedPercent:
      tally.admitted === 0 ? null : (100 * tally.requestsPreempted) / tally.admitted,
    recomputedTokens: tally.recomputedTokens,
    swappedOutBlocks: tally.swappedOutBlocks,
    swappedInBlocks: tally.swappedInBlocks,
    transferSeconds: (ns + ticks / TICKS_PER_NANOSECOND) / NANOSECONDS_PER_SECOND,
  };
}

function sharingResult(
  { slots }: Config["pool"],
  { tally, space, unusable }: Collector,
  { blockSize, cache }: Built,
): SharingResult {
  const held = BigInt(slots - unusable) * space.windows.windowTicks() - freeTotal(space);
  const sharedAgain = space.windows.windowTotal(SPACE.sharedAgain);
  const ratio = exactRatio(sharedAgain, held + sharedAgain);
  return {
    copyOnWriteCopies: tally.copyOnWriteTokens / (blockSize ?? 1),
    blocksSavedPercent: ratio === null ? null : 100 * ratio,
    ...prefixResult(tally, cache),
  };
}

/** Free slots × ticks in the window. */
function freeTotal({ windows }: Collector["space"]): bigint {
  const { external, remainder, idle } = SPACE;
  return [external, remainder, idle].reduce((sum, part) => sum + windows.windowTotal(part), 0n);
}

type PrefixResult = Omit<SharingResult, "copyOnWriteCopies" | "blocksSavedPercent">;

function prefixResult(tally: Collector["tally"], cache: KvCacheManager | null): PrefixResult {
  const counts = cache?.statistics.firstTime ?? null;
  const ratio = (hit: number, asked: number) => (asked === 0 ? null : hit / asked);
  return {
    prefixLookupTokens: counts?.queriedTokens ?? null,
    prefixHitTokens: counts?.hitTokens ?? null,
    prefixHitRate: counts && ratio(counts.hitTokens, counts.queriedTokens),
    prefixHitRatePerRequest: counts && ratio(tally.promptHitTokens, tally.promptTokens),
    evictedBlocks: cache?.evictedBlocks ?? null,
  };
}

/** Decimals that a picture can use. */
const COUNT_SCALE = 1000;
const SHARE_SCALE = 100_000;

function timeline(slots: number, { space, population }: Collector): Timeline {
  const widthNs = Math.max(space.windows.bins.widthNs, population.windows.bins.widthNs);
  const spaceBins = space.windows.finishedBins(widthNs);
  const levelBins = population.finishedBins(widthNs);
  const binTicks = BigInt(widthNs) * BigInt(TICKS_PER_NANOSECOND);
  const counts = (level: keyof Levels<bigint>) =>
    levelBins.map((levels) => rounded(levels[level], binTicks, COUNT_SCALE));
  const shares = (totals: readonly bigint[]) =>
    totals.map((total) => rounded(total, binTicks * BigInt(slots), SHARE_SCALE));
  const reserved = spaceBins[SPACE.useful]!.map(
    (useful, bin) => useful - spaceBins[SPACE.tokenStates]![bin]!,
  );
  return {
    binSeconds: widthNs / NANOSECONDS_PER_SECOND,
    running: counts("running"),
    waiting: counts("waiting"),
    swapped: counts("swapped"),
    tokenStates: shares(spaceBins[SPACE.tokenStates]!),
    reserved: shares(reserved),
    internal: shares(spaceBins[SPACE.internal]!),
    rounding: shares(spaceBins[SPACE.rounding]!),
    external: shares(spaceBins[SPACE.external]!),
    remainder: shares(spaceBins[SPACE.remainder]!),
    idle: shares(spaceBins[SPACE.idle]!),
  };
}

function rounded(numerator: bigint, denominator: bigint, scale: number): number {
  return Math.round((exactRatio(numerator, denominator) ?? 0) * scale) / scale;
}
