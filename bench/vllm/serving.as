// Work on the engine's paged allocator and on its chunked scheduler.
import { PagedAllocator } from "./engine/allocators/paged";
import { KvCacheManager } from "./engine/allocators/prefix-cached/kv-cache-manager";
import { Digest } from "./engine/core/digest";
import { mark, release } from "./engine/core/memory";
import { Group } from "./engine/request";
import { ChunkedLimits } from "./engine/scheduler/chunked/chunked-limits";
import { ChunkedRequest } from "./engine/scheduler/chunked/chunked-request";
import { ChunkedScheduler } from "./engine/scheduler/chunked/chunked-scheduler";
import { Groups } from "./engine/scheduler/groups";

const start = mark();

/** Takes back the memory of all that was made so far. */
export function restart(): void {
  release(start);
}

export function newPaged(blocks: i32, blockSize: i32, watermarkBlocks: i32): PagedAllocator {
  const slots = blocks * blockSize;
  return new PagedAllocator(slots, 0, blockSize, watermarkBlocks, 0, i32.MAX_VALUE, new Digest());
}

/** Requests of one sequence each, named by its number. */
export function newGroups(requests: i32, promptTokens: i32): StaticArray<Group> {
  const groups = new StaticArray<Group>(requests);
  for (let id = 0; id < requests; id += 1) {
    const group = new Group();
    group.begin(id, 0, promptTokens, 1);
    group.sequences[0] = id;
    groups[id] = group;
  }
  return groups;
}

/** Admits each request, and ends it before the next one comes; false if one was refused. */
export function serveOneByOne(paged: PagedAllocator, groups: StaticArray<Group>): bool {
  for (let id = 0; id < groups.length; id += 1) {
    if (!paged.admit(groups[id])) return false;
    paged.release(groups[id].sequences[0]);
  }
  return true;
}

export function admitAll(paged: PagedAllocator, groups: StaticArray<Group>): bool {
  for (let id = 0; id < groups.length; id += 1) if (!paged.admit(groups[id])) return false;
  return true;
}

/** Each says `tokens` tokens behind its prompt, all of them one at a time; false if one was refused. */
export function decodeAll(paged: PagedAllocator, groups: StaticArray<Group>, tokens: i32): bool {
  for (let token = 1; token <= tokens; token += 1)
    for (let id = 0; id < groups.length; id += 1)
      if (!paged.grow(groups[id], groups[id].promptTokens + token)) return false;
  return true;
}

/** A scheduler over a KV cache of one group of layers, `maxTokens` to a request and to a step. */
export function newScheduler(
  blocks: i32,
  blockSize: i32,
  prefixCaching: bool,
  maxRunning: i32,
  maxTokens: i32,
): ChunkedScheduler {
  const blockSizes = new StaticArray<i32>(1);
  const windows = new StaticArray<i32>(1);
  blockSizes[0] = blockSize;
  const cache = new KvCacheManager(
    blocks,
    blockSizes,
    windows,
    blockSize,
    prefixCaching,
    maxTokens,
    maxTokens,
    new Digest(),
  );
  const limits = new ChunkedLimits();
  limits.maxRunning = maxRunning;
  limits.maxBatchedTokens = maxTokens;
  limits.maxModelLen = maxTokens;
  return new ChunkedScheduler(limits, cache, new Groups<ChunkedRequest>());
}

/** So many requests arrive, each of which says a content of its own. */
export function arriveAll(
  scheduler: ChunkedScheduler,
  requests: i32,
  promptTokens: i32,
  outputTokens: i32,
): void {
  for (let id = 0; id < requests; id += 1) {
    const request = new ChunkedRequest();
    request.begin(id, 0, promptTokens, outputTokens);
    request.addSegment(id, 0, promptTokens);
    request.hasOutputContent = true;
    request.outputContentId = id;
    request.outputContentOffset = promptTokens;
    scheduler.enqueue(request);
  }
}

/** Steps until so many requests have ended; tells how many. */
export function serveUntilEnded(scheduler: ChunkedScheduler, requests: i32): i32 {
  let steps = 0;
  for (let ended = 0; ended < requests; steps += 1) {
    scheduler.schedule();
    ended += scheduler.complete(1).length;
  }
  return steps;
}
