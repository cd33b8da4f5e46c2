// What is asked of a run that has ended.
import { KvCacheManager } from "../allocators/prefix-cached/kv-cache-manager";
import { Digest } from "../core/digest";
import { Clock } from "../core/time";
import { Histogram } from "../metrics/histograms";
import { Integrals } from "../metrics/integrals";
import { Space } from "../metrics/space";
import { Windows } from "../metrics/windows";
import { Facts } from "../scheduler/facts";
import { Serving } from "../scheduler/serving";

export function digestFirst(digest: Digest): i32 {
  return digest.first;
}

export function digestSecond(digest: Digest): i32 {
  return digest.second;
}

/** The run has ended at `atNs`: closes what is still open. */
export function end(facts: Facts, space: Space, atNs: f64): void {
  const clock = new Clock();
  clock.setNs(atNs);
  space.stay(clock);
  space.finish();
  facts.collector.end(atNs);
}

/** Figures for whoever asks, good until the next question. */
const figures = new StaticArray<f64>(32);

/** Where the figures of a run lie, written anew by each call. */
export function runFigures(facts: Facts, space: Space, serving: Serving): StaticArray<f64> {
  const tally = facts.tally;
  const collector = facts.collector;
  const ledger = collector.ledger;
  const ending = serving.ending;
  let at = 0;
  figures[at++] = tally.arrived;
  figures[at++] = tally.admitted;
  figures[at++] = tally.finished;
  figures[at++] = tally.rejected;
  figures[at++] = tally.failed;
  figures[at++] = tally.preemptions;
  figures[at++] = tally.requestsPreempted;
  figures[at++] = tally.recomputedTokens;
  figures[at++] = tally.swappedOutBlocks;
  figures[at++] = tally.swappedInBlocks;
  figures[at++] = tally.copyOnWriteTokens;
  figures[at++] = tally.iterations;
  figures[at++] = tally.transferTime.ns;
  figures[at++] = tally.transferTime.ticks;
  figures[at++] = tally.promptTokens;
  figures[at++] = tally.promptHitTokens;
  figures[at++] = tally.preemptedInPrefill;
  figures[at++] = collector.decisions;
  figures[at++] = collector.finishedInWindow;
  figures[at++] = collector.waitingAtLastArrival;
  figures[at++] = collector.population.runningPeak;
  figures[at++] = collector.latencies.good;
  figures[at++] = space.freeLeast;
  figures[at++] = ledger.reserved;
  figures[at++] = ledger.internal;
  figures[at++] = ledger.rounding;
  figures[at++] = ledger.reached;
  figures[at++] = serving.present;
  figures[at++] = ending.status;
  figures[at++] = ending.request;
  figures[at++] = ending.need;
  figures[at++] = ending.have;
  return figures;
}

export function decisionDigest(facts: Facts): Digest {
  return facts.collector.digest;
}

export function turnedAwayReasons(facts: Facts): i32 {
  return facts.turnedAway.length;
}

/** Kind, code, need, have, first request and number of those turned away for reason number `index`. */
export function turnedAway(facts: Facts, index: i32): StaticArray<f64> {
  const away = facts.turnedAway.at(index);
  figures[0] = away.kind;
  figures[1] = away.code;
  figures[2] = away.need;
  figures[3] = away.have;
  figures[4] = away.firstRequest;
  figures[5] = away.count;
  return figures;
}

export function spaceWindows(space: Space): Windows {
  return space.windows;
}

export function populationWindows(facts: Facts): Windows {
  return facts.collector.population.windows;
}

/** The window's end, the run's end, the width of a bin, and how many bins ended. */
export function windowFigures(windows: Windows): StaticArray<f64> {
  figures[0] = windows.windowEnd.ns;
  figures[1] = windows.windowEnd.ticks;
  figures[2] = windows.runEnd.ns;
  figures[3] = windows.runEnd.ticks;
  figures[4] = windows.widthNs;
  figures[5] = windows.ended;
  return figures;
}

export function windowFrom(windows: Windows): Integrals {
  return windows.from;
}

export function windowUntil(windows: Windows): Integrals {
  return windows.until;
}

export function binEnd(windows: Windows, bin: i32): Integrals {
  return windows.binEnds[bin]!;
}

export function integralSums(integrals: Integrals): StaticArray<f64> {
  return integrals.sums;
}

export function integralsCarried(integrals: Integrals): StaticArray<f64> {
  return integrals.carried;
}

/** By number, in the order of src/metrics/latencies.ts. */
export function latencyHistogram(facts: Facts, stream: i32): Histogram {
  const latencies = facts.collector.latencies;
  if (stream === 0) return latencies.ttft;
  if (stream === 1) return latencies.tpot;
  if (stream === 2) return latencies.endToEnd;
  if (stream === 3) return latencies.normalized;
  return stream === 4 ? latencies.queueing : latencies.preempted;
}

export function newHistogram(): Histogram {
  return new Histogram();
}

export function addToHistogram(histogram: Histogram, value: f64): void {
  histogram.add(value);
}

export function addWholeToHistogram(histogram: Histogram, value: f64): void {
  histogram.addWhole(value);
}

/** How many values there were, the least, the most, their sum, and what was carried out of that. */
export function histogramFigures(histogram: Histogram): StaticArray<f64> {
  figures[0] = histogram.count;
  figures[1] = histogram.least;
  figures[2] = histogram.most;
  figures[3] = histogram.sum;
  figures[4] = histogram.carried;
  return figures;
}

/** The bin of the value of a rank, 1 … count. */
export function histogramBin(histogram: Histogram, rank: f64): i32 {
  return histogram.binOfRank(rank);
}

/** Look-ups of requests that were never preempted, the tokens asked for and found; and blocks that were evicted. */
export function cacheFigures(cache: KvCacheManager): StaticArray<f64> {
  const counts = cache.statistics.firstTime;
  figures[0] = counts.lookUps;
  figures[1] = counts.queriedTokens;
  figures[2] = counts.hitTokens;
  figures[3] = cache.evictedBlocks;
  return figures;
}
