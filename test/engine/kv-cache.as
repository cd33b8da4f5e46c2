import { KvCacheManager } from "./engine/allocators/prefix-cached/kv-cache-manager";
import { LookUpCounts } from "./engine/allocators/prefix-cached/prefix-statistics";
import { mark, release } from "./engine/core/memory";
import { Digest } from "./engine/core/digest";

export { mark, release };

export function newDigest(): Digest {
  return new Digest();
}

export function firstLane(digest: Digest): i32 {
  return digest.first;
}

export function secondLane(digest: Digest): i32 {
  return digest.second;
}

export function newIntegers(length: i32): StaticArray<i32> {
  return new StaticArray<i32>(length);
}

export function newKvCache(
  numBlocks: i32,
  blockSizes: StaticArray<i32>,
  windows: StaticArray<i32>,
  hashBlockSize: i32,
  prefixCaching: bool,
  maxModelLen: i32,
  maxNumBatchedTokens: i32,
  placements: Digest,
): KvCacheManager {
  return new KvCacheManager(
    numBlocks,
    blockSizes,
    windows,
    hashBlockSize,
    prefixCaching,
    maxModelLen,
    maxNumBatchedTokens,
    placements,
  );
}

export function begin(
  cache: KvCacheManager,
  handle: i32,
  segments: StaticArray<i32>,
  count: i32,
  sharedTokens: i32,
): void {
  cache.begin(handle, segments, count, sharedTokens);
}

export function append(
  cache: KvCacheManager,
  handle: i32,
  contentId: i32,
  offset: i32,
  length: i32,
): void {
  cache.append(handle, contentId, offset, length);
}

export function lookUp(cache: KvCacheManager, handle: i32): i32 {
  return cache.lookUp(handle);
}

export function allocate(cache: KvCacheManager, handle: i32, tokens: i32, mustFit: bool): bool {
  return cache.allocate(handle, tokens, mustFit);
}

export function join(cache: KvCacheManager, handle: i32, tokens: i32): void {
  cache.join(handle, tokens);
}

export function fill(cache: KvCacheManager, handle: i32, tokens: i32): void {
  cache.fill(handle, tokens);
}

export function open(cache: KvCacheManager, handle: i32): bool {
  return cache.open(handle);
}

export function leave(
  cache: KvCacheManager,
  handle: i32,
  computedTokens: i32,
  knownTokens: i32,
): void {
  cache.leave(handle, computedTokens, knownTokens);
}

export function preempt(cache: KvCacheManager, handle: i32): void {
  cache.preempt(handle);
}

export function free(cache: KvCacheManager, handle: i32): void {
  cache.free(handle);
}

export function reset(cache: KvCacheManager): bool {
  return cache.reset();
}

export function needBlocks(cache: KvCacheManager): i32 {
  return cache.needBlocks;
}

export function freeBlocks(cache: KvCacheManager): i32 {
  return cache.freeBlocks;
}

export function cachedFreeBlocks(cache: KvCacheManager): i32 {
  return cache.cachedFreeBlocks;
}

export function evictedBlocks(cache: KvCacheManager): f64 {
  return cache.evictedBlocks;
}

export function usage(cache: KvCacheManager): f64 {
  return cache.usage;
}

export function knownTokens(cache: KvCacheManager, handle: i32): i32 {
  return cache.knownTokens(handle);
}

export function computedTokens(cache: KvCacheManager, handle: i32): i32 {
  return cache.computedTokens(handle);
}

export function requestBlocks(cache: KvCacheManager, tokens: i32): i32 {
  return cache.requestBlocks(tokens);
}

export function heldBlocks(cache: KvCacheManager, handle: i32): i32 {
  return cache.heldBlocks(handle);
}

export function commonPrefixBlocks(cache: KvCacheManager, handle: i32, group: i32): i32 {
  return cache.commonPrefixBlocks(handle, group);
}

export function holders(cache: KvCacheManager): StaticArray<i32> {
  return cache.holders();
}

export function table(cache: KvCacheManager, handle: i32, group: i32): StaticArray<i32> {
  return cache.table(handle, group);
}

export function hitBlocks(cache: KvCacheManager, group: i32): StaticArray<i32> {
  return cache.hitBlocks(group);
}

export function referenceCounts(cache: KvCacheManager): StaticArray<i32> {
  return cache.referenceCounts();
}

export function freeQueue(cache: KvCacheManager): StaticArray<i32> {
  return cache.freeQueue();
}

export function hashed(cache: KvCacheManager): StaticArray<i32> {
  return cache.hashed();
}

export function cacheEntries(cache: KvCacheManager): i32 {
  return cache.cacheEntries();
}

export function contentRuns(cache: KvCacheManager): i32 {
  return cache.contentRuns;
}

export function firstTimeCounts(cache: KvCacheManager): LookUpCounts {
  return cache.statistics.firstTime;
}

export function preemptedCounts(cache: KvCacheManager): LookUpCounts {
  return cache.statistics.preempted;
}

export function lookUps(counts: LookUpCounts): f64 {
  return counts.lookUps;
}

export function queriedTokens(counts: LookUpCounts): f64 {
  return counts.queriedTokens;
}

export function hitTokens(counts: LookUpCounts): f64 {
  return counts.hitTokens;
}
