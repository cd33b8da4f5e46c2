import { BlockFields, newBlockFields } from "./engine/allocators/prefix-cached/block-fields";
import { FreeQueue } from "./engine/allocators/prefix-cached/free-queue";
import { Digest } from "./engine/core/digest";
import { Rows } from "./engine/core/rows";

export { BLOCK_BITS, KEY, OWNERS } from "./engine/allocators/prefix-cached/block-fields";
export { BITS, COUNT, EVICTED, FROM } from "./engine/core/growth";
export { newBlockFields };

export function newIntegers(length: i32): StaticArray<i32> {
  return new StaticArray<i32>(length);
}

export function newDigest(): Digest {
  return new Digest();
}

export function firstLane(digest: Digest): i32 {
  return digest.first;
}

export function secondLane(digest: Digest): i32 {
  return digest.second;
}

export function newQueue(fields: BlockFields, placements: Digest): FreeQueue {
  return new FreeQueue(fields, placements);
}

export function take(queue: FreeQueue, count: i32, column: StaticArray<i32>, from: i32): i32 {
  return queue.take(count, column, from);
}

export function takeForEach(
  queue: FreeQueue,
  tables: Rows,
  rows: StaticArray<i32>,
  runs: StaticArray<i32>,
  from: i32,
  until: i32,
): void {
  queue.takeForEach(tables, rows, runs, from, until);
}

export function give(
  queue: FreeQueue,
  column: StaticArray<i32>,
  from: i32,
  until: i32,
  keyed: i32,
  full: i32,
): void {
  queue.give(column, from, until, keyed, full);
}

export function remove(queue: FreeQueue, block: i32): void {
  queue.remove(block);
}

export function reach(queue: FreeQueue, block: i32, key: i32): i32 {
  return queue.reach(block, key);
}

export function takeBack(
  queue: FreeQueue,
  block: i32,
  count: i32,
  column: StaticArray<i32>,
  from: i32,
): void {
  queue.takeBack(block, count, column, from);
}

export function forget(queue: FreeQueue): void {
  queue.forget();
}

export function count(queue: FreeQueue): i32 {
  return queue.freeCount;
}

export function cached(queue: FreeQueue): i32 {
  return queue.cached;
}

export function keyed(queue: FreeQueue): StaticArray<i32> {
  return queue.keyed;
}

export function keyedCount(queue: FreeQueue): i32 {
  return queue.keyedCount;
}

export function toArray(queue: FreeQueue): StaticArray<i32> {
  return queue.toArray();
}

export function cachedToArray(queue: FreeQueue): StaticArray<i32> {
  return queue.cachedToArray();
}

export function newRows(): Rows {
  return new Rows();
}

export function rowToArray(rows: Rows, row: i32): StaticArray<i32> {
  return rows.toArray(row);
}
