import { BITS, COUNT, FROM } from "../core/growth";
import * as host from "../host";
import { Group } from "../request";
import { Allocator } from "./allocator";
import { Layout } from "./layout";

/** The same allocator, of which the host is told before and after each operation (src/allocators/checked.ts). No answer is changed. */
@final
export class CheckedAllocator extends Allocator {
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
    host.settle();
    if (!this.inner.admit(group)) return this.refused();
    const tables = this.growthSlots === 0 || group.forked ? group.live : 1;
    host.admitted(group, group.sequences, tables, group.knownTokens);
    return this.granted();
  }

  grow(group: Group, tokens: i32): bool {
    host.settle();
    if (!this.inner.grow(group, tokens)) return this.refused();
    host.grown(group, tokens);
    return this.granted();
  }

  fork(group: Group, tokens: i32): void {
    host.settle();
    this.inner.fork(group, tokens);
    host.forked(group, group.sequences, group.live, tokens);
    host.changed();
  }

  release(sequence: i32): void {
    host.settle();
    this.inner.release(sequence);
    host.released(sequence);
    host.changed();
  }

  wouldNever(group: Group): bool {
    return this.inner.wouldNever(group);
  }

  extend(sequences: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void {
    host.settle();
    this.inner.extend(sequences, runs, from, until);
    for (let run = from << BITS; run < until << BITS; run += 1 << BITS) {
      const first = runs[run + FROM];
      for (let at = first; at < first + runs[run + COUNT]; at += 1) host.extended(sequences[at]);
    }
    host.changed();
  }

  swapOut(group: Group): bool {
    host.settle();
    if (!this.inner.swapOut(group)) return this.refused();
    host.swappedOut(group);
    return this.granted();
  }

  swapIn(group: Group): bool {
    host.settle();
    if (!this.inner.swapIn(group)) return this.refused();
    host.swappedIn(group);
    return this.granted();
  }

  wouldNeverReturn(group: Group): bool {
    return this.inner.wouldNeverReturn(group);
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

  private granted(): bool {
    host.changed();
    return true;
  }

  private refused(): bool {
    host.refused();
    return false;
  }
}
