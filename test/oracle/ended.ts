import type { MeasureConfig } from "../../src/config/config.ts";
import { exactRatio } from "../../src/core/exact-ratio.ts";
import { distribution, exactMean, runningMean } from "./distribution.ts";
import { ticksOfNs } from "./exact.ts";

const NANOSECONDS = 1e9;

/** Visible time from `fromNs` to `toNs`, exact time in ticks; empty if it ends before it begins. */
export interface Window {
  readonly fromNs: number;
  readonly toNs: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** A request that finished. */
export interface Ended {
  readonly arrivalNs: number;
  readonly admittedNs: number;
  readonly firstTokenNs: number;
  readonly endNs: number;
  readonly preemptedNs: number;
  readonly outputTokens: number;
}

/** Tokens emitted at one exact instant. */
export interface Emission {
  readonly at: bigint;
  readonly count: number;
}

/** `all` in the order in which they finished. */
export function latencyOf(all: readonly Ended[], window: Window) {
  const ended = arrivedIn(all, window);
  return {
    ttft: distribution(ended.map(ttftNs), exactMean),
    tpot: distribution(
      ended.map(tpotNs).filter((value) => value !== null),
      runningMean,
    ),
    endToEnd: distribution(
      ended.map((e) => e.endNs - e.arrivalNs),
      exactMean,
    ),
    normalized: distribution(
      ended.map((e) => (e.endNs - e.arrivalNs) / e.outputTokens),
      runningMean,
    ),
    queueing: distribution(
      ended.map((e) => e.admittedNs - e.arrivalNs),
      exactMean,
    ),
    preempted: distribution(
      ended.map((e) => e.preemptedNs),
      exactMean,
    ),
  };
}

export function throughputOf(
  all: readonly Ended[],
  tokens: readonly Emission[],
  window: Window,
  slo: MeasureConfig["slo"],
) {
  const { fromNs, toNs, from, to } = window;
  const perSecond = (count: number) =>
    exactRatio(BigInt(count) * ticksOfNs(NANOSECONDS), to > from ? to - from : 0n);
  const finished = all.filter(({ endNs }) => fromNs < endNs && endNs <= toNs);
  const emitted = tokens.filter(({ at }) => from < at && at <= to);
  const good = arrivedIn(all, window).filter(
    (ended) =>
      withinBound(ttftNs(ended), slo?.ttftSeconds) && withinBound(tpotNs(ended), slo?.tpotSeconds),
  );
  return {
    requestsPerSecond: perSecond(finished.length),
    outputTokensPerSecond: perSecond(emitted.reduce((sum, { count }) => sum + count, 0)),
    goodputRequestsPerSecond: slo === null ? null : perSecond(good.length),
  };
}

function arrivedIn(all: readonly Ended[], { fromNs, toNs }: Window): Ended[] {
  return all.filter(({ arrivalNs }) => fromNs <= arrivalNs && arrivalNs <= toNs);
}

function ttftNs(ended: Ended): number {
  return ended.firstTokenNs - ended.arrivalNs;
}

function tpotNs(ended: Ended): number | null {
  if (ended.outputTokens < 2) return null;
  return (ended.endNs - ended.firstTokenNs) / (ended.outputTokens - 1);
}

function withinBound(valueNs: number | null, boundSeconds: number | null | undefined): boolean {
  if (valueNs === null || boundSeconds === null || boundSeconds === undefined) return true;
  return valueNs / NANOSECONDS <= boundSeconds;
}
