import type {
  LatencyConfig,
  LinearLatencyConfig,
  RooflineLatencyConfig,
  TransferConfig,
} from "../../src/config/config.ts";
import { ticksOfReal } from "./exact.ts";

const PER_MILLISECOND = 1e6;
const PER_SECOND = 1e9;

/** What one iteration does. */
export interface Work {
  /** Prompt tokens computed, and tokens recomputed after a preemption. */
  readonly prefillTokens: number;
  /** Σ over prefilled sequences of (context after)² − (context before)². */
  readonly prefillSquares: number;
  /** Σ over prefilled sequences of the context before. */
  readonly prefillContext: number;
  /** Sequences that write one token each. */
  readonly decodeSequences: number;
  /** Σ over decoding sequences of the tokens already written. */
  readonly contextTokens: number;
  /** Tokens whose KV is copied inside the GPU before the iteration. */
  readonly copiedTokens: number;
  /** Blocks moved over PCIe, both directions together, and the slots in them. */
  readonly swappedBlocks: number;
  readonly swappedTokens: number;
}

/** How long an iteration lasts, and the part of it that PCIe transfers take; in ticks. */
export interface StepTime {
  readonly total: bigint;
  readonly transfer: bigint;
}

/** The time of a single iteration: nothing is known here of those that follow it. */
export function stepTime(config: LatencyConfig, work: Work): StepTime {
  const transfer = transferTicks(config.transfers, work);
  const moved = transfer + copyTicks(config.transfers, work);
  const computed =
    config.model === "linear" ? linearTicks(config, work) : rooflineTicks(config, work);
  return { total: moved + computed, transfer };
}

function linearTicks({ coefficients }: LinearLatencyConfig, work: Work): bigint {
  const { prefill, decode } = coefficients;
  let ticks = 0n;
  if (work.decodeSequences > 0) {
    const known = decode.filter(({ fromBatch }) => fromBatch <= work.decodeSequences);
    const { base, perContextToken, perSequence } = known.at(-1) ?? decode[0]!;
    ticks += ticksOfReal(base * PER_MILLISECOND);
    ticks += ticksOfReal(perContextToken * PER_MILLISECOND) * BigInt(work.contextTokens);
    ticks += ticksOfReal(perSequence * PER_MILLISECOND) * BigInt(work.decodeSequences);
  }
  if (work.prefillTokens > 0) {
    const linear = prefill.base + prefill.perToken * work.prefillTokens;
    const squares = prefill.perTokenSquared * work.prefillSquares;
    ticks += ticksOfReal(PER_MILLISECOND * (linear + squares));
  }
  return ticks;
}

/** An iteration that others like it may follow is priced in whole ticks a token; any other as a real number that is rounded. */
function rooflineTicks(config: RooflineLatencyConfig, work: Work): bigint {
  const { decodeSequences, contextTokens } = work;
  if (work.prefillTokens > 0 || work.copiedTokens > 0 || work.swappedBlocks > 0)
    return ticksOfReal(PER_SECOND * mixedSeconds(config, work));
  const flopsPerSecond = config.flopsPerSecond * config.decodeEfficiency * partsOf(config, work);
  const pair = ticksOfReal((config.flopsPerTokenPair / flopsPerSecond) * PER_SECOND);
  const token = ticksOfReal((config.flopsPerToken / flopsPerSecond) * PER_SECOND);
  const { bytesPerSecond, expertBytes } = config;
  const dense = ticksOfReal(((config.weightBytes - expertBytes) / bytesPerSecond) * PER_SECOND);
  const used = expertBytes * (1 - unusedPart(config, work));
  const weights = dense + ticksOfReal(PER_SECOND * (used / bytesPerSecond));
  const read = ticksOfReal(
    (config.bytesPerToken / (bytesPerSecond * partsOf(config, work))) * PER_SECOND,
  );
  const compute = pair * BigInt(contextTokens) + token * BigInt(decodeSequences);
  const memory = weights + read * BigInt(contextTokens);
  return compute > memory ? compute : memory;
}

function mixedSeconds(config: RooflineLatencyConfig, work: Work): number {
  if (work.prefillTokens === 0 && work.decodeSequences === 0) return 0;
  const { flopsPerSecond, flopsPerToken, flopsPerTokenPair } = config;
  // Causal attention looks at half of the square of the context.
  const prefill =
    flopsPerToken * work.prefillTokens + (flopsPerTokenPair / 2) * work.prefillSquares;
  const decode = flopsPerToken * work.decodeSequences + flopsPerTokenPair * work.contextTokens;
  const arithmetic =
    prefill / (flopsPerSecond * config.prefillEfficiency) +
    decode / (flopsPerSecond * config.decodeEfficiency * partsOf(config, work));
  const weights = config.weightBytes - config.expertBytes * unusedPart(config, work);
  const read = work.contextTokens / partsOf(config, work) + work.prefillContext;
  return Math.max(arithmetic, (weights + config.bytesPerToken * read) / config.bytesPerSecond);
}

/** The sequences that decode are divided among the stages, as far as they go. */
function partsOf({ stages }: RooflineLatencyConfig, { decodeSequences }: Work): number {
  return Math.min(stages, Math.max(1, decodeSequences));
}

/** Of the experts, what none of the tokens uses that pass a stage together; next to nothing counts as nothing. */
function unusedPart(config: RooflineLatencyConfig, work: Work): number {
  const tokens = work.prefillTokens + Math.ceil(work.decodeSequences / partsOf(config, work));
  let part = 1;
  for (let token = 0; token < tokens; token += 1) {
    part *= 1 - config.expertShare;
    if (part <= 1e-12) return 0;
  }
  return part;
}

/** Every byte is read and written once; free when the bandwidth is not known. */
function copyTicks({ gpuBytesPerSecond, bytesPerToken }: TransferConfig, work: Work): bigint {
  if (gpuBytesPerSecond === null) return 0n;
  return ticksOfReal(((2 * work.copiedTokens * bytesPerToken) / gpuBytesPerSecond) * PER_SECOND);
}

function transferTicks(transfers: TransferConfig, work: Work): bigint {
  const { copiesPerBlock, secondsPerCopy, bytesPerToken, pcieBytesPerSecond } = transfers;
  const launches = work.swappedBlocks * copiesPerBlock * secondsPerCopy;
  const bytes = work.swappedTokens * bytesPerToken;
  return ticksOfReal((launches + bytes / pcieBytesPerSecond) * PER_SECOND);
}
