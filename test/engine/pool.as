// Behind groups.as: allocators, as src/allocators makes them, to be asked one by one.
import { Allocator } from "./engine/allocators/allocator";
import { CPU } from "./engine/allocators/table-rows";
import { Layout } from "./engine/allocators/layout";
import { PagedAllocator } from "./engine/allocators/paged";

export { mark, release } from "./engine/core/memory";

export {
  allSlots,
  asked,
  cachedSlots,
  describe,
  digestFirst,
  digestSecond,
  freeSlots,
  growthSlots,
  held,
  holds,
  largestHole,
  newBestFit,
  newBuddy,
  newChecked,
  newContiguous,
  newDigest,
  newFirstFit,
  newLayout,
  newNextFit,
  newPaged,
  newWorstFit,
  shared,
  unusableSlots,
} from "./engine/exports";

export function forkedOf(group: Group): bool {
  return group.forked;
}

export function setForked(group: Group): void {
  group.forked = true;
}

export function setGenerated(group: Group, tokens: i32): void {
  group.generated = tokens;
}

/** As many unfinished sequences as there are names. */
export function setSequences(group: Group, names: StaticArray<i32>): void {
  while (group.width < names.length) group.addOutput(group.outputs[0]);
  group.live = names.length;
  for (let index = 0; index < names.length; index += 1) group.sequences[index] = names[index];
}

export function admit(allocator: Allocator, group: Group): bool {
  return allocator.admit(group);
}

export function growGroup(allocator: Allocator, group: Group, tokens: i32): bool {
  return allocator.grow(group, tokens);
}

export function fork(allocator: Allocator, group: Group, tokens: i32): void {
  allocator.fork(group, tokens);
}

export function releaseSequence(allocator: Allocator, sequence: i32): void {
  allocator.release(sequence);
}

export function wouldNever(allocator: Allocator, group: Group): bool {
  return allocator.wouldNever(group);
}

export function extend(
  allocator: Allocator,
  sequences: StaticArray<i32>,
  runs: StaticArray<i32>,
  from: i32,
  until: i32,
): void {
  allocator.extend(sequences, runs, from, until);
}

export function swapOut(allocator: Allocator, group: Group): bool {
  return allocator.swapOut(group);
}

export function swapIn(allocator: Allocator, group: Group): bool {
  return allocator.swapIn(group);
}

export function wouldNeverReturn(allocator: Allocator, group: Group): bool {
  return allocator.wouldNeverReturn(group);
}

export function swaps(allocator: Allocator): bool {
  return allocator.swaps;
}

export function blockSlots(allocator: Allocator): i32 {
  return allocator.unitSlots;
}

const answerFields = new StaticArray<f64>(8);

/** What the allocator said last, in the order of test/engine/pool.ts. */
export function answerOf(allocator: Allocator): StaticArray<f64> {
  const answer = allocator.answer;
  answerFields[0] = answer.reason;
  answerFields[1] = answer.need;
  answerFields[2] = answer.free;
  answerFields[3] = answer.largestHole;
  answerFields[4] = answer.pool;
  answerFields[5] = answer.copiedTokens;
  answerFields[6] = answer.roomTokens;
  answerFields[7] = answer.blocks;
  return answerFields;
}

// Block tables, as recordings of vLLM's block manager use them.

export function placeOf(paged: PagedAllocator, sequence: i32): i32 {
  return paged.tables.place(sequence);
}

/** The blocks of a sequence in token order. */
export function tableOf(paged: PagedAllocator, sequence: i32): StaticArray<i32> {
  const tables = paged.tables;
  const table = new StaticArray<i32>(tables.entries(sequence));
  for (let at = 0; at < table.length; at += 1)
    table[at] = tables.tables[tables.start(sequence) + at];
  return table;
}

/** The free stack of a pool, the next block last; only the first {@link freeBlocks} count. */
export function freeStack(paged: PagedAllocator, place: i32): StaticArray<i32> {
  return place === CPU ? paged.tables.cpu.free : paged.tables.gpu.free;
}

export function freeBlocks(paged: PagedAllocator, place: i32): i32 {
  return place === CPU ? paged.tables.cpu.freeCount : paged.tables.gpu.freeCount;
}

export function ownersOf(paged: PagedAllocator, place: i32): StaticArray<i32> {
  const pool = place === CPU ? paged.tables.cpu : paged.tables.gpu;
  const owners = new StaticArray<i32>(pool.size);
  pool.countOwners(owners);
  return owners;
}

export function openTable(paged: PagedAllocator, sequence: i32, tokens: i32): void {
  paged.tables.open(sequence, paged.tables.entriesFor(tokens), sequence, 0);
}

export function appendToken(paged: PagedAllocator, sequence: i32, tokens: i32): bool {
  return paged.tables.append(sequence, tokens);
}

/** Shares the blocks of a table, which have nothing to do with a group. */
export function forkTable(paged: PagedAllocator, parent: i32, child: i32, eachEntry: i32): void {
  paged.tables.fork(parent, child, eachEntry !== 0);
  paged.setCommon(parent, 0);
  paged.setCommon(child, 0);
}

export function releaseTable(paged: PagedAllocator, sequence: i32, lastWindow: i32): void {
  paged.tables.release(sequence, lastWindow !== 0);
}

/** Breaks a pool: a block counts an owner too many, a free block is taken. */
export function shareBlock(paged: PagedAllocator, block: i32): void {
  paged.tables.gpu.share(block);
}

export function takeBlock(paged: PagedAllocator): void {
  paged.tables.gpu.take();
}

/** What a {@link FollowedAllocator} is asked. */
const GROW: i32 = 0;
const RELEASE: i32 = 1;
const SWAP_OUT: i32 = 2;
const SWAP_IN: i32 = 3;

/** An operation on a group or a sequence begins; of a release 0 leaves it undone. */
// @ts-ignore: decorator
@external("host", "followBegin")
declare function followBegin(operation: i32, subject: i32): i32;

/** It has ended. */
// @ts-ignore: decorator
@external("host", "followEnd")
declare function followEnd(operation: i32, subject: i32, granted: i32): void;

/** An allocator as recorded code has it: it never gives anybody up, and somebody follows what it does. */
class FollowedAllocator extends Allocator {
  private readonly inner: Allocator;

  constructor(inner: Allocator) {
    super(inner.units, inner.unitSlots, inner.answer);
    this.inner = inner;
    this.slots = inner.slots;
    this.unusable = inner.unusable;
    this.growthSlots = inner.growthSlots;
    this.swaps = inner.swaps;
    this.hasHoles = inner.hasHoles;
  }

  admit(group: Group): bool {
    return this.inner.admit(group);
  }
  grow(group: Group, tokens: i32): bool {
    followBegin(GROW, <i32>changetype<usize>(group));
    return this.end(GROW, group, this.inner.grow(group, tokens));
  }
  fork(group: Group, tokens: i32): void {
    this.inner.fork(group, tokens);
  }
  release(sequence: i32): void {
    if (followBegin(RELEASE, sequence) === 0) return;
    this.inner.release(sequence);
    followEnd(RELEASE, sequence, 1);
  }
  wouldNever(_group: Group): bool {
    return false;
  }
  extend(sequences: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void {
    this.inner.extend(sequences, runs, from, until);
  }
  swapOut(group: Group): bool {
    followBegin(SWAP_OUT, <i32>changetype<usize>(group));
    return this.end(SWAP_OUT, group, this.inner.swapOut(group));
  }
  swapIn(group: Group): bool {
    followBegin(SWAP_IN, <i32>changetype<usize>(group));
    return this.end(SWAP_IN, group, this.inner.swapIn(group));
  }
  wouldNeverReturn(_group: Group): bool {
    return false;
  }
  holds(sequence: i32): bool {
    return this.inner.holds(sequence);
  }
  held(sequence: i32): i32 {
    return this.inner.held(sequence);
  }
  asked(sequence: i32): i32 {
    return this.inner.asked(sequence);
  }
  shared(sequence: i32): i32 {
    return this.inner.shared(sequence);
  }
  largestHole(): i32 {
    return this.inner.largestHole();
  }
  describe(layout: Layout): void {
    this.inner.describe(layout);
  }

  private end(operation: i32, group: Group, granted: bool): bool {
    followEnd(operation, <i32>changetype<usize>(group), granted ? 1 : 0);
    return granted;
  }
}

export function newFollowed(inner: Allocator): Allocator {
  return new FollowedAllocator(inner);
}
