// Makes what serves, and has it serve what arrives.
import { Allocator } from "../allocators/allocator";
import { Pool } from "../allocators/pool";
import { CachingPool } from "../allocators/prefix-cached/caching-pool";
import { KvCacheManager } from "../allocators/prefix-cached/kv-cache-manager";
import { FORESEEN, Foreseen } from "../foreseen";
import { LatencyModel } from "../latency/latency";
import { Collector } from "../metrics/collector";
import { Latencies } from "../metrics/latencies";
import { Ledger } from "../metrics/ledger";
import { Population } from "../metrics/population";
import { Space } from "../metrics/space";
import { Aftermath, Replica, ReplicaOf } from "../replica";
import { Group } from "../request";
import { ChunkedLimits } from "../scheduler/chunked/chunked-limits";
import { ChunkedServing } from "../scheduler/chunked/chunked-serving";
import { Facts } from "../scheduler/facts";
import { GroupServing } from "../scheduler/group-serving";
import { Orca, Policy, PrefillFirst, StaticBatching } from "../scheduler/policies";
import { Serving } from "../scheduler/serving";
import { RoundLimits } from "../scheduler/serving-state";
import { WatchedServing } from "../scheduler/watched-serving";

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
  limits.set(maxRunning, maxBatchedTokens, maxWaiting, maxModelLen);
  limits.maxPromptTokens = maxBatchedTokens;
  return new GroupServing(limits, policy, allocator, aftermath);
}

export function newReplica(
  serving: Serving,
  latency: LatencyModel,
  facts: Facts,
  space: Space,
  aftermath: Aftermath,
  foreseen: Foreseen,
  firstNs: f64,
): Replica {
  if (serving instanceof GroupServing) {
    const kind = serving as GroupServing;
    return new ReplicaOf<GroupServing>(kind, latency, facts, space, aftermath, foreseen, firstNs);
  }
  if (serving instanceof ChunkedServing) {
    const kind = serving as ChunkedServing;
    return new ReplicaOf<ChunkedServing>(kind, latency, facts, space, aftermath, foreseen, firstNs);
  }
  return new ReplicaOf<Serving>(serving, latency, facts, space, aftermath, foreseen, firstNs);
}

/** Whether anything is left to happen behind so many instants. */
export function run(replica: Replica, instants: i32): bool {
  return replica.run(instants);
}

export function nowNs(replica: Replica): f64 {
  return replica.nowNs;
}

export function newForeseen(): Foreseen {
  return new Foreseen();
}

/** How many requests the host can tell of at a time. */
export function foreseenRows(): i32 {
  return FORESEEN;
}

/** Where the host writes which requests are to come: a column of arrivals, of prompts' lengths and of outputs'. */
export function foreseenArrivals(foreseen: Foreseen): StaticArray<f64> {
  return foreseen.arrivalNs;
}

export function foreseenPrompts(foreseen: Foreseen): StaticArray<i32> {
  return foreseen.promptTokens;
}

export function foreseenOutputs(foreseen: Foreseen): StaticArray<i32> {
  return foreseen.outputTokens;
}

/** It has written the first so many. */
export function beginForeseen(foreseen: Foreseen, rows: i32): void {
  foreseen.begin(rows);
}

/** How many of them have yet to come. */
export function foreseenLeft(foreseen: Foreseen): i32 {
  return foreseen.left;
}

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

export function setSender(group: Group, priority: i32, user: i32): void {
  group.priority = priority;
  group.user = user;
}

export function arrive(facts: Facts, serving: Serving, group: Group): void {
  facts.arrived(group.arrivalNs, group.id);
  serving.arrive(group);
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
  limits.set(maxRunning, maxBatchedTokens, maxWaiting, maxModelLen);
  limits.chunkedPrefill = chunkedPrefill !== 0;
  limits.longPrefillThreshold = longPrefillThreshold;
  limits.order = order;
  limits.fullSequenceGate = fullSequenceGate !== 0;
  return new ChunkedServing(limits, cache, pool, aftermath);
}

export function newWatched(serving: Serving): Serving {
  return new WatchedServing(serving);
}
