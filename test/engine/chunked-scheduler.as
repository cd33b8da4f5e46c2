// Behind groups.as and kv-cache.as: the chunked scheduler, and what it decides.
import { IdList } from "./engine/core/id-list";
import { ChunkedLimits } from "./engine/scheduler/chunked/chunked-limits";
import { ChunkedRequest } from "./engine/scheduler/chunked/chunked-request";
import { ChunkedScheduler } from "./engine/scheduler/chunked/chunked-scheduler";
import { ChunkedStep } from "./engine/scheduler/chunked/chunked-step";
import { Groups } from "./engine/scheduler/groups";

export function newScheduler(
  cache: KvCacheManager,
  maxRunning: i32,
  maxBatchedTokens: i32,
  maxModelLen: i32,
  chunkedPrefill: bool,
  longPrefillThreshold: i32,
  order: i32,
  fullSequenceGate: bool,
): ChunkedScheduler {
  const limits = new ChunkedLimits();
  limits.maxRunning = maxRunning;
  limits.maxBatchedTokens = maxBatchedTokens;
  limits.maxModelLen = maxModelLen;
  limits.chunkedPrefill = chunkedPrefill;
  limits.longPrefillThreshold = longPrefillThreshold;
  limits.order = order;
  limits.fullSequenceGate = fullSequenceGate;
  return new ChunkedScheduler(limits, cache, new Groups<ChunkedRequest>());
}

export function newRequest(
  id: i32,
  arrivalNs: f64,
  promptTokens: i32,
  outputTokens: i32,
): ChunkedRequest {
  const request = new ChunkedRequest();
  request.begin(id, arrivalNs, promptTokens, outputTokens);
  return request;
}

export function handleOf(request: ChunkedRequest): i32 {
  return request.handle;
}

export function foundBy(request: ChunkedRequest): i32 {
  return request.hitTokens;
}

export function lostBy(request: ChunkedRequest): i32 {
  return request.lostTokens;
}

export function enqueue(scheduler: ChunkedScheduler, request: ChunkedRequest): void {
  scheduler.enqueue(request);
}

export function schedule(scheduler: ChunkedScheduler): ChunkedStep {
  return scheduler.schedule();
}

/** Who has ended with the last step that did, of whichever scheduler. */
let endedHandles: IdList = new IdList();

/** Ends the step; tells how many requests have ended with it. */
export function complete(scheduler: ChunkedScheduler): i32 {
  endedHandles = scheduler.complete(1);
  return endedHandles.length;
}

/** Those that have ended with the step that has just been completed. */
export function ended(scheduler: ChunkedScheduler): StaticArray<i32> {
  return requestsOf(scheduler, endedHandles);
}

export function admitted(scheduler: ChunkedScheduler): StaticArray<i32> {
  return requestsOf(scheduler, scheduler.step.admitted);
}

export function preempted(scheduler: ChunkedScheduler): StaticArray<i32> {
  const step = scheduler.step;
  const requests = new StaticArray<i32>(step.preemptions);
  for (let index = 0; index < requests.length; index += 1)
    requests[index] = addressOf(step.preemptedAt(index));
  return requests;
}

export function leftWaiting(scheduler: ChunkedScheduler): ChunkedRequest | null {
  return scheduler.step.leftWaiting;
}

export function budgetTokens(scheduler: ChunkedScheduler): i32 {
  return scheduler.step.budgetTokens;
}

export function runningCount(scheduler: ChunkedScheduler): i32 {
  return scheduler.running.size;
}

/** Who runs, in order of admission. */
export function running(scheduler: ChunkedScheduler): StaticArray<i32> {
  const requests = new StaticArray<i32>(scheduler.running.size);
  let at = 0;
  for (let one = scheduler.running.next(null); one !== null; one = scheduler.running.next(one))
    requests[at++] = addressOf(one);
  return requests;
}

/** Tokens that the step under way computes for each of them. */
export function scheduledTokens(scheduler: ChunkedScheduler): StaticArray<i32> {
  const tokens = new StaticArray<i32>(scheduler.running.size);
  let at = 0;
  for (let one = scheduler.running.next(null); one !== null; one = scheduler.running.next(one))
    tokens[at++] = scheduler.running.lockstep.has(one.handle) ? 1 : one.scheduledTokens;
  return tokens;
}

export function waitingCount(scheduler: ChunkedScheduler): i32 {
  return scheduler.waiting.size;
}

/** The ids of those who wait, the next one first. */
export function waiting(scheduler: ChunkedScheduler): StaticArray<i32> {
  const ids = new StaticArray<i32>(scheduler.waiting.size);
  for (let place = 0; place < ids.length; place += 1) ids[place] = scheduler.waiting.idAt(place);
  return ids;
}

function requestsOf(scheduler: ChunkedScheduler, handles: IdList): StaticArray<i32> {
  const requests = new StaticArray<i32>(handles.length);
  for (let index = 0; index < handles.length; index += 1)
    requests[index] = addressOf(scheduler.running.of(handles.at(index)));
  return requests;
}

function addressOf(request: ChunkedRequest): i32 {
  return <i32>changetype<usize>(request);
}
