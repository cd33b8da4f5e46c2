// What src/engine hands on to the rest of kvsim. Objects go out as their addresses, which nothing moves.
import { Allocator } from "./allocators/allocator";
import { CheckedAllocator } from "./allocators/checked";
import { ContiguousAllocator } from "./allocators/contiguous";
import { Layout } from "./allocators/layout";
import { PagedAllocator } from "./allocators/paged";
import { BuddyPlacement } from "./allocators/placement/buddy";
import { BestFit, FirstFit, NextFit, WorstFit } from "./allocators/placement/fits";
import { Placement } from "./allocators/placement/placement";
import { Pool } from "./allocators/pool";
import { CachingPool } from "./allocators/prefix-cached/caching-pool";
import { KvCacheManager } from "./allocators/prefix-cached/kv-cache-manager";
import { Digest } from "./core/digest";
import { Clock } from "./core/time";
import { DecodeCosts, LatencyModel } from "./latency/latency";
import { LinearLatency } from "./latency/linear";
import { RooflineLatency } from "./latency/roofline";
import { Transfers } from "./latency/transfers";
import { Collector } from "./metrics/collector";
import { Histogram } from "./metrics/histograms";
import { Integrals } from "./metrics/integrals";
import { Latencies } from "./metrics/latencies";
import { Ledger } from "./metrics/ledger";
import { Population } from "./metrics/population";
import { Space } from "./metrics/space";
import { Windows } from "./metrics/windows";
import { Aftermath, Replica } from "./replica";
import { Group } from "./request";
import { ChunkedLimits } from "./scheduler/chunked/chunked-limits";
import { ChunkedServing } from "./scheduler/chunked/chunked-serving";
import { Facts } from "./scheduler/facts";
import { GroupServing } from "./scheduler/group-serving";
import { Orca, Policy, PrefillFirst, StaticBatching } from "./scheduler/policies";
import { Serving } from "./scheduler/serving";
import { RoundLimits } from "./scheduler/serving-state";
import { WatchedServing } from "./scheduler/watched-serving";

export { mark, release } from "./core/memory";

export function newDigest(): Digest {
  return new Digest();
}

export function digestFirst(digest: Digest): i32 {
  return digest.first;
}

export function digestSecond(digest: Digest): i32 {
  return digest.second;
}

// Allocators

export function newPaged(
  slots: i32,
  swapSlots: i32,
  blockSlots: i32,
  watermarkBlocks: i32,
  reservedTokens: i32,
  windowBlocks: i32,
  cells: Digest,
): Allocator {
  return new PagedAllocator(
    slots,
    swapSlots,
    blockSlots,
    watermarkBlocks,
    reservedTokens,
    windowBlocks,
    cells,
  );
}

export function newFirstFit(slots: i32): Placement {
  return new FirstFit(slots);
}

export function newBestFit(slots: i32): Placement {
  return new BestFit(slots);
}

export function newNextFit(slots: i32): Placement {
  return new NextFit(slots);
}

export function newWorstFit(slots: i32): Placement {
  return new WorstFit(slots);
}

export function newBuddy(slots: i32): Placement {
  return new BuddyPlacement(slots);
}

export function newContiguous(
  placement: Placement,
  reserve: i32,
  maxModelLen: i32,
  cells: Digest,
): Allocator {
  return new ContiguousAllocator(placement, reserve, maxModelLen, cells);
}

// Latency

export function newLinearLatency(
  fits: i32,
  base: f64,
  perToken: f64,
  perTokenSquared: f64,
): LinearLatency {
  const latency = new LinearLatency(fits);
  latency.base = base;
  latency.perToken = perToken;
  latency.perTokenSquared = perTokenSquared;
  return latency;
}

export function linearFit(latency: LinearLatency, at: i32, belowBatch: f64): DecodeCosts {
  latency.belowBatch[at] = belowBatch;
  return latency.fits[at];
}

export function linearTransfers(latency: LinearLatency): Transfers {
  return latency.transfers;
}

export function newRoofline(
  flopsPerSecond: f64,
  prefillEfficiency: f64,
  decodeEfficiency: f64,
  flopsPerToken: f64,
  flopsPerTokenPair: f64,
  weightBytes: f64,
  bytesPerToken: f64,
  bytesPerSecond: f64,
): RooflineLatency {
  const latency = new RooflineLatency();
  latency.flopsPerSecond = flopsPerSecond;
  latency.prefillEfficiency = prefillEfficiency;
  latency.decodeEfficiency = decodeEfficiency;
  latency.flopsPerToken = flopsPerToken;
  latency.flopsPerTokenPair = flopsPerTokenPair;
  latency.weightBytes = weightBytes;
  latency.bytesPerToken = bytesPerToken;
  latency.bytesPerSecond = bytesPerSecond;
  return latency;
}

export function rooflineCompute(latency: RooflineLatency): DecodeCosts {
  return latency.computeCosts;
}

export function rooflineMemory(latency: RooflineLatency): DecodeCosts {
  return latency.memoryCosts;
}

export function rooflineTransfers(latency: RooflineLatency): Transfers {
  return latency.transfers;
}

export function decodeBase(costs: DecodeCosts): Clock {
  return costs.base;
}

export function decodePerContextToken(costs: DecodeCosts): Clock {
  return costs.perContextToken;
}

export function decodePerSequence(costs: DecodeCosts): Clock {
  return costs.perSequence;
}

export function setClock(clock: Clock, ns: f64, ticks: f64): void {
  clock.ns = ns;
  clock.ticks = ticks;
}

export function setTransfers(
  transfers: Transfers,
  gpuBytesPerSecond: f64,
  pcieBytesPerSecond: f64,
  bytesPerToken: f64,
  copiesPerBlock: f64,
  secondsPerCopy: f64,
): void {
  transfers.gpuBytesPerSecond = gpuBytesPerSecond;
  transfers.pcieBytesPerSecond = pcieBytesPerSecond;
  transfers.bytesPerToken = bytesPerToken;
  transfers.copiesPerBlock = copiesPerBlock;
  transfers.secondsPerCopy = secondsPerCopy;
}

// A run

export function newCollector(
  growthSlots: f64,
  ttftSeconds: f64,
  tpotSeconds: f64,
  fromNs: f64,
  until: f64,
): Collector {
  const population = new Population(fromNs, until);
  const latencies = new Latencies(ttftSeconds, tpotSeconds);
  return new Collector(population, new Ledger(growthSlots), latencies, fromNs, until);
}

export function newFacts(pool: Pool, collector: Collector): Facts {
  return new Facts(pool, collector);
}

export function newSpace(pool: Pool, collector: Collector, fromNs: f64, until: f64): Space {
  return new Space(pool, collector.ledger, fromNs, until);
}

export function newAftermath(facts: Facts): Aftermath {
  return new Aftermath(facts);
}

export function prefillFirst(preemption: i32): Policy {
  return new PrefillFirst(preemption);
}

export function orca(): Policy {
  return new Orca();
}

export function staticBatching(): Policy {
  return new StaticBatching();
}

export function newGroupServing(
  maxRunning: i32,
  maxBatchedTokens: i32,
  maxWaiting: i32,
  maxModelLen: i32,
  policy: Policy,
  allocator: Allocator,
  aftermath: Aftermath,
): Serving {
  const limits = new RoundLimits();
  limits.maxRunning = maxRunning;
  limits.maxBatchedTokens = maxBatchedTokens;
  limits.maxPromptTokens = maxBatchedTokens;
  limits.maxWaiting = maxWaiting;
  limits.maxModelLen = maxModelLen;
  return new GroupServing(limits, policy, allocator, aftermath);
}

export function newReplica(
  serving: Serving,
  latency: LatencyModel,
  facts: Facts,
  space: Space,
  aftermath: Aftermath,
  firstNs: f64,
): Replica {
  return new Replica(serving, latency, facts, space, aftermath, firstNs);
}

/** Whether anything is left to happen behind so many instants. */
export function run(replica: Replica, instants: i32): bool {
  return replica.run(instants);
}

export function nowNs(replica: Replica): f64 {
  return replica.nowNs;
}

// Arrivals

export function newcomer(
  serving: Serving,
  id: i32,
  arrivalNs: f64,
  promptTokens: i32,
  outputTokens: i32,
): Group {
  const group = serving.newcomer();
  group.begin(id, arrivalNs, promptTokens, outputTokens);
  return group;
}

export function addOutput(group: Group, outputTokens: i32): void {
  group.addOutput(outputTokens);
}

export function addSegment(group: Group, contentId: i32, offset: i32, length: i32): void {
  group.addSegment(contentId, offset, length);
}

export function setOutputContent(group: Group, contentId: i32, offset: i32): void {
  group.hasOutputContent = true;
  group.outputContentId = contentId;
  group.outputContentOffset = offset;
}

export function setSender(group: Group, priority: i32, isBeam: i32, user: i32): void {
  group.priority = priority;
  group.isBeam = isBeam !== 0;
  group.user = user;
}

export function arrive(facts: Facts, serving: Serving, group: Group): void {
  facts.arrived(group.arrivalNs, group.id);
  serving.arrive(group);
}

/** A request of one sequence of which nothing else is known. */
export function arrivePlain(
  facts: Facts,
  serving: Serving,
  id: i32,
  arrivalNs: f64,
  promptTokens: i32,
  outputTokens: i32,
): void {
  arrive(facts, serving, newcomer(serving, id, arrivalNs, promptTokens, outputTokens));
}

// Results

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
  figures[2] = windows.runEndNs;
  figures[3] = windows.widthNs;
  figures[4] = windows.ended;
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

export function freeSlots(pool: Pool): i32 {
  return pool.freeSlots();
}

export function unusableSlots(pool: Pool): i32 {
  return pool.unusable;
}

export function growthSlots(pool: Pool): i32 {
  return pool.growthSlots;
}

// The KV cache of the chunked scheduler

/** `specs`: block size and window of each group; no window is 0. */
export function newKvCache(
  numBlocks: i32,
  blockSize: i32,
  prefixCaching: i32,
  maxModelLen: i32,
  maxBatchedTokens: i32,
  cells: Digest,
): KvCacheManager {
  const blockSizes = new StaticArray<i32>(1);
  blockSizes[0] = blockSize;
  return new KvCacheManager(
    numBlocks,
    blockSizes,
    new StaticArray<i32>(1),
    blockSize,
    prefixCaching !== 0,
    maxModelLen,
    maxBatchedTokens,
    cells,
  );
}

export function newCachingPool(
  cache: KvCacheManager,
  slots: i32,
  blockSize: i32,
  numBlocks: i32,
): Pool {
  return new CachingPool(cache, slots, blockSize, numBlocks);
}

export function newChunkedServing(
  maxRunning: i32,
  maxBatchedTokens: i32,
  maxWaiting: i32,
  maxModelLen: i32,
  chunkedPrefill: i32,
  longPrefillThreshold: i32,
  order: i32,
  fullSequenceGate: i32,
  cache: KvCacheManager,
  pool: CachingPool,
  aftermath: Aftermath,
): Serving {
  const limits = new ChunkedLimits();
  limits.maxRunning = maxRunning;
  limits.maxBatchedTokens = maxBatchedTokens;
  limits.maxWaiting = maxWaiting;
  limits.maxModelLen = maxModelLen;
  limits.chunkedPrefill = chunkedPrefill !== 0;
  limits.longPrefillThreshold = longPrefillThreshold;
  limits.order = order;
  limits.fullSequenceGate = fullSequenceGate !== 0;
  return new ChunkedServing(limits, cache, pool, aftermath);
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

// With `--paranoid`

export function newChecked(allocator: Allocator): Allocator {
  return new CheckedAllocator(allocator);
}

export function newWatched(serving: Serving): Serving {
  return new WatchedServing(serving);
}

export function newLayout(): Layout {
  return new Layout();
}

/** Where a pool is described, by src/allocators/engine-pool.ts; good until the next description. */
export function describe(pool: Pool, layout: Layout): StaticArray<usize> {
  pool.describe(layout);
  return layout.address();
}

export function allSlots(pool: Pool): i32 {
  return pool.slots;
}

export function largestHole(pool: Pool): i32 {
  return pool.largestHole();
}

export function cachedSlots(pool: Pool): i32 {
  return pool.cachedSlots();
}

export function holds(pool: Pool, sequence: i32): i32 {
  return pool.holds(sequence) ? 1 : 0;
}

export function held(pool: Pool, sequence: i32): i32 {
  return pool.held(sequence);
}

export function asked(pool: Pool, sequence: i32): i32 {
  return pool.asked(sequence);
}

export function shared(pool: Pool, sequence: i32): i32 {
  return pool.shared(sequence);
}
