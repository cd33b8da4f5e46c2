import { assert } from "../core/assert.ts";
import { inRuns } from "../core/growth.ts";
import type { SequenceGroup, SequenceId, Slots, Tokens } from "../request.ts";
import type {
  Admission,
  Allocator,
  Grant,
  Layout,
  PoolUsage,
  Refusal,
  SequenceHolding,
  Swapping,
  Transfer,
} from "./allocator.ts";
import type { BuiltAllocator, PoolEnvironment } from "./definition.ts";
import type { InvariantContext, TrackedGroup } from "./invariant-checks.ts";
import { type Invariant, invariants } from "./invariants.ts";
import { type PoolState, poolState, StateMemory } from "./pool-state.ts";

/** An invariant does not hold: an error of kvsim's own, never the user's fault. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
  readonly id: string;

  constructor({ id, title }: Invariant, found: string) {
    super(`${id} ${title}: ${found}`);
    this.id = id;
  }
}

/** Throws an {@link InvariantError} for the first of `checks` that does not hold. */
export function requireInvariants(checks: readonly Invariant[], context: InvariantContext): void {
  for (const invariant of checks) {
    const found = invariant.check(context);
    if (found !== null) throw new InvariantError(invariant, found);
  }
}

/**
 * The same allocator, all of whose invariants are checked after each operation; throws {@link InvariantError} at the
 * first breach. No answer is changed. `built` must be new.
 */
export function checked(built: BuiltAllocator, { slots }: PoolEnvironment): BuiltAllocator {
  const auditor = new Auditor(built, slots);
  return {
    ...built,
    allocator: new CheckedAllocator(built.allocator, auditor),
    swapping: built.swapping && new CheckedSwapping(built.swapping, auditor),
  };
}

/** What a state is asked that must be the one before: whether it is, and whether its holdings are. */
const AFTER_REFUSAL = invariants.filter(({ id }) => id === "KV-11" || id === "KV-7");

/** Keeps its own account of who must have what, and compares. */
class Auditor {
  private readonly built: BuiltAllocator;
  private readonly slots: Slots;
  private readonly initial: PoolState;
  readonly #memory = new StateMemory();
  /** After the last operation that was granted. */
  #granted: PoolState;
  #refused = false;
  readonly #groups = new Map<SequenceGroup, TrackedGroup>();

  constructor(built: BuiltAllocator, slots: Slots) {
    this.built = built;
    this.slots = slots;
    this.initial = poolState(built.allocator);
    this.#granted = this.initial;
    this.verify({ granted: true });
  }

  /**
   * Checks everything after an operation that was granted. A refusal is looked at when the next operation begins: the state must
   * still be the one before it, and many refusals in a row cost one look.
   */
  verify({ granted }: { readonly granted: boolean }): void {
    this.#refused = !granted;
    if (!granted) return;
    this.#granted = poolState(this.built.allocator, this.#memory);
    this.#check(invariants, this.#granted, null);
  }

  /** Before an operation: nothing has changed since the last one that was granted, so what held then holds still. */
  settle(): void {
    if (!this.#refused) return;
    this.#refused = false;
    const { allocator } = this.built;
    const now = { ...this.#granted, layout: allocator.inspect(), usage: allocator.usage };
    this.#check(AFTER_REFUSAL, now, this.#granted);
  }

  #check(checks: readonly Invariant[], now: PoolState, refusedFrom: PoolState | null): void {
    const context = {
      slots: this.slots,
      initial: this.initial,
      now,
      refusedFrom,
      groups: [...this.#groups.values()],
      holding: (sequence: SequenceId) => this.built.allocator.holding(sequence),
    };
    requireInvariants(checks, context);
  }

  admitted(group: SequenceGroup, ask: Admission): void {
    const tables = this.built.reservation === null ? ask.sequences : group.sequences.length;
    this.#groups.set(group, {
      sequences: group.sequences.slice(0, tables),
      tokens: ask.promptTokens + ask.generatedTokens,
      writing: true,
      swapped: false,
    });
  }

  update(group: SequenceGroup, change: Partial<TrackedGroup>): void {
    const tracked = this.#groups.get(group);
    assert(tracked !== undefined, `group ${group.id} was never admitted`);
    this.#groups.set(group, { ...tracked, ...change });
  }

  /** The sequence may write on into a block more. */
  extended(sequence: SequenceId): void {
    for (const [group, tracked] of this.#groups) {
      if (!tracked.sequences.includes(sequence)) continue;
      const { held } = this.built.allocator.holding(sequence)!;
      const tokens = held - this.built.allocator.growthSlots + 1;
      this.#groups.set(group, { ...tracked, tokens });
    }
  }

  released(sequence: SequenceId): void {
    for (const [group, tracked] of this.#groups) {
      if (!tracked.sequences.includes(sequence)) continue;
      const sequences = tracked.sequences.filter((id) => id !== sequence);
      if (sequences.length === 0) this.#groups.delete(group);
      else this.#groups.set(group, { ...tracked, sequences });
    }
  }
}

class CheckedAllocator implements Allocator {
  private readonly inner: Allocator;
  private readonly auditor: Auditor;

  constructor(inner: Allocator, auditor: Auditor) {
    this.inner = inner;
    this.auditor = auditor;
  }

  get usage(): PoolUsage {
    return this.inner.usage;
  }

  admit(group: SequenceGroup, ask: Admission): Grant | Refusal {
    this.auditor.settle();
    const answer = this.inner.admit(group, ask);
    if (answer.granted) this.auditor.admitted(group, ask);
    this.auditor.verify(answer);
    return answer;
  }

  grow(group: SequenceGroup, tokens: Tokens): Grant | Refusal {
    this.auditor.settle();
    const answer = this.inner.grow(group, tokens);
    if (answer.granted) this.auditor.update(group, { tokens, writing: true });
    this.auditor.verify(answer);
    return answer;
  }

  fork(group: SequenceGroup, tokens: Tokens): Grant {
    this.auditor.settle();
    const grant = this.inner.fork(group, tokens);
    this.auditor.update(group, { sequences: [...group.sequences], tokens, writing: false });
    this.auditor.verify(grant);
    return grant;
  }

  release(sequence: SequenceId): void {
    this.auditor.settle();
    this.inner.release(sequence);
    this.auditor.released(sequence);
    this.auditor.verify({ granted: true });
  }

  wouldNever(group: SequenceGroup, ask: Admission): Refusal | null {
    return this.inner.wouldNever(group, ask);
  }

  extend(sequences: Int32Array, runs: Int32Array, from: number, until: number): void {
    this.auditor.settle();
    this.inner.extend(sequences, runs, from, until);
    for (const sequence of inRuns(sequences, runs, from, until)) this.auditor.extended(sequence);
    this.auditor.verify({ granted: true });
  }

  get growthSlots(): Slots {
    return this.inner.growthSlots;
  }

  get freeSlots(): Slots {
    return this.inner.freeSlots;
  }

  holding(sequence: SequenceId): SequenceHolding | null {
    return this.inner.holding(sequence);
  }

  inspect(): Layout {
    return this.inner.inspect();
  }
}

class CheckedSwapping implements Swapping {
  private readonly inner: Swapping;
  private readonly auditor: Auditor;

  constructor(inner: Swapping, auditor: Auditor) {
    this.inner = inner;
    this.auditor = auditor;
  }

  get blockSlots(): Slots {
    return this.inner.blockSlots;
  }

  swapOut(group: SequenceGroup): Transfer | Refusal {
    this.auditor.settle();
    const answer = this.inner.swapOut(group);
    if (answer.granted) this.auditor.update(group, { swapped: true, writing: false });
    this.auditor.verify(answer);
    return answer;
  }

  swapIn(group: SequenceGroup): Transfer | Refusal {
    this.auditor.settle();
    const answer = this.inner.swapIn(group);
    if (answer.granted) this.auditor.update(group, { swapped: false });
    this.auditor.verify(answer);
    return answer;
  }

  wouldNeverReturn(group: SequenceGroup): Refusal | null {
    return this.inner.wouldNeverReturn(group);
  }
}
