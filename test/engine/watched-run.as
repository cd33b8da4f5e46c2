// A run that is looked at between its iterations: what kvsim's engine exports, and who waits, runs and is swapped out.
import { PagedAllocator } from "./engine/allocators/paged";
import { KvCacheManager } from "./engine/allocators/prefix-cached/kv-cache-manager";
import { IdList } from "./engine/core/id-list";
import { TICKS } from "./engine/core/time";
import { LatencyModel, Price, Work } from "./engine/latency/latency";
import { Replica } from "./engine/replica";
import { ChunkedServing } from "./engine/scheduler/chunked/chunked-serving";
import { GroupServing } from "./engine/scheduler/group-serving";
import { Round } from "./engine/scheduler/round";
import { Serving } from "./engine/scheduler/serving";

export * from "./engine/exports";

/** Ticks that an iteration lasts, and those of them that PCIe transfers take, which are asked for afterwards. */
// @ts-ignore: decorator
@external("host", "price")
declare function askPrice(
  prefillTokens: f64,
  prefillSquares: f64,
  prefillContext: f64,
  decodeSequences: f64,
  contextTokens: f64,
  copiedTokens: f64,
  swappedBlocks: f64,
  swappedTokens: f64,
): f64;

// @ts-ignore: decorator
@external("host", "transferPrice")
declare function askTransferPrice(): f64;

/** Has the host price every iteration for itself: those in a row that are alike are decided one by one and can be seen. */
class HostLatency extends LatencyModel {
  private readonly answer: Price = new Price();

  price(work: Work): Price {
    const price = this.answer;
    const ticks = askPrice(
      work.prefillTokens,
      work.prefillSquares,
      work.prefillContext,
      work.decodeSequences,
      work.contextTokens,
      work.copiedTokens,
      work.swappedBlocks,
      work.swappedTokens,
    );
    price.first.setCarried(0, ticks);
    price.transfer.setCarried(0, askTransferPrice());
    price.growth.setNs(0);
    price.steps = 1;
    return price;
  }
}

export function newHostLatency(): LatencyModel {
  assert(TICKS === 1048576, "the host counts other ticks");
  return new HostLatency();
}

/** When what runs now ends; Infinity while nothing runs. */
export function endOf(replica: Replica): f64 {
  return load<f64>(changetype<usize>(replica) + offsetof<Replica>("endNs"));
}

/** Tokens of the batch that runs. */
export function prefillTokensOf(serving: Serving): f64 {
  return serving.work.prefillTokens;
}

export function batchTokensOf(serving: Serving): f64 {
  return serving.work.prefillTokens + serving.work.decodeSequences;
}

export function freeCpuBlocks(paged: PagedAllocator): i32 {
  return paged.tables.cpu.freeCount;
}

// Who is served in rounds, by id

export function groupsWaiting(serving: GroupServing): StaticArray<i32> {
  const waiting = serving.state.waiting;
  const ids = new StaticArray<i32>(waiting.size);
  for (let place = 0; place < ids.length; place += 1) ids[place] = waiting.idAt(place);
  return ids;
}

export function groupsDecoding(serving: GroupServing): StaticArray<i32> {
  const running = serving.state.running;
  const ids = new StaticArray<i32>(running.size);
  let at = 0;
  for (let group = running.next(null); group !== null; group = running.next(group))
    ids[at++] = group.id;
  return ids;
}

/** Those whose prompts are being computed. */
export function groupsPrefilled(serving: GroupServing): StaticArray<i32> {
  const round = changetype<Round>(
    load<usize>(changetype<usize>(serving) + offsetof<GroupServing>("round")),
  );
  const ids = new StaticArray<i32>(round.prefills);
  for (let at = 0; at < ids.length; at += 1) ids[at] = round.prefillAt(at).id;
  return ids;
}

export function groupsSwapped(serving: GroupServing): StaticArray<i32> {
  const ids = new StaticArray<i32>(serving.state.swapped);
  for (let place = 0; place < ids.length; place += 1)
    ids[place] = serving.state.swappedIdAt(place);
  return ids;
}

// Who is served by the chunked scheduler

export function requestsWaiting(serving: ChunkedServing): StaticArray<i32> {
  const waiting = serving.scheduler.waiting;
  const ids = new StaticArray<i32>(waiting.size);
  for (let place = 0; place < ids.length; place += 1) ids[place] = waiting.idAt(place);
  return ids;
}

export function requestsRunning(serving: ChunkedServing): StaticArray<i32> {
  const running = serving.scheduler.running;
  const ids = new StaticArray<i32>(running.size);
  let at = 0;
  for (let one = running.next(null); one !== null; one = running.next(one)) ids[at++] = one.id;
  return ids;
}

/** Two numbers for each that the step admitted: its id, and the tokens that it found in the cache. */
export function requestsAdmitted(serving: ChunkedServing): StaticArray<i32> {
  const admitted = serving.scheduler.step.admitted;
  const pairs = new StaticArray<i32>(2 * admitted.length);
  for (let at = 0; at < admitted.length; at += 1) {
    const request = serving.scheduler.running.of(admitted.at(at));
    pairs[2 * at] = request.id;
    pairs[2 * at + 1] = request.hitTokens;
  }
  return pairs;
}

/** Two numbers for each that the step preempted: its id, and the tokens that it lost. */
export function requestsPreempted(serving: ChunkedServing): StaticArray<i32> {
  const step = serving.scheduler.step;
  const pairs = new StaticArray<i32>(2 * step.preemptions);
  for (let at = 0; at < step.preemptions; at += 1) {
    pairs[2 * at] = step.preemptedAt(at).id;
    pairs[2 * at + 1] = step.preemptedAt(at).lostTokens;
  }
  return pairs;
}

/** Tokens that the step computes of each prompt, or of what was said before a preemption, whose end it does not reach. */
export function partsComputed(serving: ChunkedServing, cache: KvCacheManager): StaticArray<i32> {
  const scheduled = serving.scheduler.step.scheduled;
  const parts = new IdList();
  for (let at = 0; at < scheduled.length; at += 1) {
    const request = serving.scheduler.running.of(scheduled.at(at));
    const handle = request.handle;
    if (!request.decodes && cache.computedTokens(handle) < cache.knownTokens(handle))
      parts.push(request.scheduledTokens);
  }
  const tokens = new StaticArray<i32>(parts.length);
  for (let at = 0; at < tokens.length; at += 1) tokens[at] = parts.at(at);
  return tokens;
}
