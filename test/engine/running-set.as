// Behind groups.as: a running set, and an allocator that tells whom it is asked to give room to.
import { Allocator } from "./engine/allocators/allocator";
import { FreeUnits } from "./engine/allocators/free-units";
import { Layout } from "./engine/allocators/layout";
import { BITS, COUNT, FROM, Growth, STEP } from "./engine/core/growth";
import { ringLength } from "./engine/core/ring-bits";
import { GrowingSequences } from "./engine/scheduler/growing-sequences";
import { RunningSet } from "./engine/scheduler/running-set";

export { mark, release } from "./engine/core/memory";

/** A run begins of sequences that are given room in a step. */
// @ts-ignore: decorator
@external("host", "run")
declare function tellRun(step: i32): void;

/** The next sequence of it. */
// @ts-ignore: decorator
@external("host", "sequence")
declare function tellSequence(sequence: i32): void;

class AllFree extends FreeUnits {}

class Teller extends Allocator {
  constructor() {
    super(new AllFree(0), 1);
  }

  describe(_layout: Layout): void {}

  extend(sequences: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void {
    for (let run = from << BITS; run < until << BITS; run += 1 << BITS) {
      tellRun(runs[run + STEP]);
      for (let at = 0; at < runs[run + COUNT]; at += 1) tellSequence(sequences[runs[run + FROM] + at]);
    }
  }

  admit(_group: Group): bool {
    return false;
  }
  grow(_group: Group, _tokens: i32): bool {
    return false;
  }
  fork(_group: Group, _tokens: i32): void {}
  release(_sequence: i32): void {}
  wouldNever(_group: Group): bool {
    return false;
  }
  swapOut(_group: Group): bool {
    return false;
  }
  swapIn(_group: Group): bool {
    return false;
  }
  wouldNeverReturn(_group: Group): bool {
    return false;
  }
  holds(_sequence: i32): bool {
    return false;
  }
  held(_sequence: i32): i32 {
    return 0;
  }
  asked(_sequence: i32): i32 {
    return 0;
  }
  shared(_sequence: i32): i32 {
    return 0;
  }
}

const teller = new Teller();

export function newRunningSet(maxTokens: i32, growthSlots: i32): RunningSet {
  return new RunningSet(maxTokens, growthSlots);
}

export function tick(running: RunningSet): i32 {
  return running.tick;
}

export function size(running: RunningSet): i32 {
  return running.size;
}

export function add(running: RunningSet, group: Group, written: i32, roomTokens: i32): void {
  running.add(group, written, roomTokens);
}

export function remove(running: RunningSet, group: Group): void {
  running.remove(group);
}

export function advance(running: RunningSet, steps: i32): void {
  running.advance(steps);
}

export function ticksToFinish(running: RunningSet): i32 {
  return running.ticksToFinish();
}

export function takeFinishing(running: RunningSet): Group | null {
  return running.takeFinishing();
}

export function endSequences(running: RunningSet, group: Group, ended: i32): void {
  running.endSequences(group, ended);
}

/** Sequences that grow on their own, without a running set: of those in classes of `growthSlots`. */
export function newGrowing(growthSlots: i32, maxTokens: i32): GrowingSequences {
  return new GrowingSequences(growthSlots, ringLength(maxTokens + 2));
}

export function growingOf(running: RunningSet): GrowingSequences {
  return running.growing;
}

/** A group in a row grows on its own. */
export function addGrowing(
  growing: GrowingSequences,
  group: Group,
  row: i32,
  written: i32,
  roomTokens: i32,
): void {
  group.row = row;
  group.writtenBase = written;
  growing.add(group, written, roomTokens);
}

export function removeGrowing(growing: GrowingSequences, group: Group, written: i32): void {
  growing.remove(group, written);
}

export function answered(
  growing: GrowingSequences,
  group: Group,
  written: i32,
  roomTokens: i32,
): bool {
  return growing.answered(group, written, roomTokens);
}

export function mustAsk(growing: GrowingSequences): bool {
  return growing.mustAsk;
}

export function dueAt(growing: GrowingSequences, tick: i32): i32 {
  return growing.dueAt(tick);
}

export function dueAfter(growing: GrowingSequences, id: i32, tick: i32): Group | null {
  return growing.dueAfter(id, tick);
}

export function ticksWithin(growing: GrowingSequences, budget: i32, from: i32, ticks: i32): i32 {
  return growing.ticksWithin(budget, from, ticks);
}

export function grow(
  growing: GrowingSequences,
  growth: Growth,
  from: i32,
  until: i32,
  firstStep: i32,
): void {
  growing.grow(teller, growth, from, until, firstStep);
}

export function growAfter(
  growing: GrowingSequences,
  id: i32,
  growth: Growth,
  tick: i32,
  rooms: i32,
): Group | null {
  return growing.growAfter(id, teller, growth, tick, rooms);
}

export function newGrowth(): Growth {
  return new Growth();
}

/** All that was handed out, once it is summed up. */
export function grownTotal(growth: Growth): f64 {
  growth.sum();
  return growth.grown.total;
}

export function unneededTotal(growth: Growth): f64 {
  return growth.unneeded.total;
}

/** Slots that are not needed, and the step, one behind the other; and how many of these numbers count. */
export function losses(growth: Growth): StaticArray<i32> {
  const address = changetype<usize>(growth) + offsetof<Growth>("losses");
  return changetype<StaticArray<i32>>(load<usize>(address));
}

export function lossEnd(growth: Growth): i32 {
  return load<i32>(changetype<usize>(growth) + offsetof<Growth>("lossEnd"));
}
