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
import type { CacheFigures, Measures } from "./measures.ts";
import { type Levels, levelsInBins, levelsInWindow } from "./population.ts";
import { SPACE } from "./space-columns.ts";

/** Puts together what was measured in a run. */
export function runResult(input: {
  readonly config: Pick<Config, "pool" | "measure">;
  readonly setup: SetupConfig;
  readonly seed: number;
  /** Slots of a block; null when memory is not handed out in blocks. */
  readonly blockSize: number | null;
  readonly measures: Measures;
  readonly verdict: Verdict;
  readonly endNs: Nanoseconds;
}): RunResult {
  const { config, setup, seed, blockSize, measures, verdict, endNs } = input;
  const { figures, latency, fingerprint } = measures;
  const { arrived, admitted, finished, rejected, failed } = figures;
  const unfinished = arrived - finished - rejected - failed;
  return {
    allocator: describeSetup(setup),
    seed,
    verdict,
    requests: { arrived, admitted, finished, rejected, failed, unfinished },
    memory: memoryResult(config.pool, blockSize, measures),
    concurrency: concurrencyResult(measures),
    latency,
    throughput: throughputResult(measures, config.measure.slo !== null),
    preemption: preemptionResult(measures),
    sharing: sharingResult(config.pool, blockSize, measures),
    simulated: {
      seconds: endNs / NANOSECONDS_PER_SECOND,
      iterations: figures.iterations,
      decisions: figures.decisions,
    },
    timeline: timeline(config.pool.slots, measures),
    fingerprint,
  };
}

function describeSetup({ label, strategy, options, scheduler, preemption }: SetupConfig) {
  return { label, strategy, ...options, scheduler, preemption };
}

function memoryResult(
  pool: Config["pool"],
  blockSize: number | null,
  { space, figures, cache }: Measures,
): MemoryResult {
  const ticks = space.windowTicks();
  const all = BigInt(pool.slots) * ticks;
  const part = (column: number) => exactRatio(space.windowTotal(column), all) ?? 0;
  const useful = space.windowTotal(SPACE.useful);
  const tokenStates = space.windowTotal(SPACE.tokenStates);
  const idle = space.windowTotal(SPACE.idle);
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
    blockSize,
    bytesPerToken: pool.bytesPerToken,
    share: ticks === 0n ? null : share,
    cachedShare: ticks === 0n || cache === null ? null : part(SPACE.cached),
    wastePercent: waste === null ? null : 100 * waste,
    utilizationPercent: ticks === 0n ? null : 100 * share.tokenStates,
    usedSharePeak: (pool.slots - figures.freeLeast) / pool.slots,
    largestHoleShareMean: exactRatio(freeTotal(space) - space.windowTotal(SPACE.scattered), all),
  };
}

function concurrencyResult({ population, figures }: Measures): ConcurrencyResult {
  const ticks = population.windowTicks();
  const { running, sequences, waiting, swapped } = levelsInWindow(population);
  return {
    runningMean: exactRatio(running, ticks),
    runningPeak: figures.runningPeak,
    sequencesMean: exactRatio(sequences, ticks),
    waitingMean: exactRatio(waiting, ticks),
    swappedMean: exactRatio(swapped, ticks),
  };
}

function throughputResult({ space, figures }: Measures, hasObjective: boolean): ThroughputResult {
  const ticksPerSecond = BigInt(TICKS_PER_NANOSECOND) * BigInt(NANOSECONDS_PER_SECOND);
  const perSecond = (count: number) =>
    exactRatio(BigInt(count) * ticksPerSecond, space.windowTicks());
  return {
    requestsPerSecond: perSecond(figures.finishedInWindow),
    outputTokensPerSecond: perSecond(emittedInWindow(space)),
    goodputRequestsPerSecond: hasObjective ? perSecond(figures.goodRequests) : null,
  };
}

/** Tokens emitted in the window, each counted at the end of its iteration. */
function emittedInWindow(space: Measures["space"]): number {
  return Number(space.windowTotal(SPACE.emitted) / BigInt(TICKS_PER_NANOSECOND));
}

function preemptionResult({ figures }: Measures): PreemptionResult {
  const { admitted, requestsPreempted, transferNs, transferTicks } = figures;
  return {
    count: figures.preemptions,
    requestsPreempted,
    requestsPreemptedPercent: admitted === 0 ? null : (100 * requestsPreempted) / admitted,
    recomputedTokens: figures.recomputedTokens,
    swappedOutBlocks: figures.swappedOutBlocks,
    swappedInBlocks: figures.swappedInBlocks,
    transferSeconds: (transferNs + transferTicks / TICKS_PER_NANOSECOND) / NANOSECONDS_PER_SECOND,
  };
}

function sharingResult(
  { slots }: Config["pool"],
  blockSize: number | null,
  { figures, space, unusable, cache }: Measures,
): SharingResult {
  const held = BigInt(slots - unusable) * space.windowTicks() - freeTotal(space);
  const sharedAgain = space.windowTotal(SPACE.sharedAgain);
  const ratio = exactRatio(sharedAgain, held + sharedAgain);
  return {
    copyOnWriteCopies: figures.copyOnWriteTokens / (blockSize ?? 1),
    blocksSavedPercent: ratio === null ? null : 100 * ratio,
    ...prefixResult(figures, cache),
  };
}

/** Free slots × ticks in the window. */
function freeTotal(space: Measures["space"]): bigint {
  const { external, remainder, idle } = SPACE;
  return [external, remainder, idle].reduce((sum, part) => sum + space.windowTotal(part), 0n);
}

type PrefixResult = Omit<SharingResult, "copyOnWriteCopies" | "blocksSavedPercent">;

function prefixResult(figures: Measures["figures"], cache: CacheFigures | null): PrefixResult {
  const ratio = (hit: number, asked: number) => (asked === 0 ? null : hit / asked);
  return {
    prefixLookupTokens: cache?.queriedTokens ?? null,
    prefixHitTokens: cache?.hitTokens ?? null,
    prefixHitRate: cache && ratio(cache.hitTokens, cache.queriedTokens),
    prefixHitRatePerRequest: cache && ratio(figures.promptHitTokens, figures.promptTokens),
    evictedBlocks: cache?.evictedBlocks ?? null,
  };
}

/** Decimals that a picture can use. */
const COUNT_SCALE = 1000;
const SHARE_SCALE = 100_000;

function timeline(slots: number, { space, population }: Measures): Timeline {
  const widthNs = Math.max(space.widthNs, population.widthNs);
  const spaceBins = space.finishedBins(widthNs);
  const levelBins = levelsInBins(population, widthNs);
  const counts = (level: keyof Levels) =>
    levelBins.map((levels, bin) =>
      rounded(levels[level], population.binTicks(widthNs, bin), COUNT_SCALE),
    );
  const shares = (totals: readonly bigint[]) =>
    totals.map((total, bin) =>
      rounded(total, space.binTicks(widthNs, bin) * BigInt(slots), SHARE_SCALE),
    );
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
