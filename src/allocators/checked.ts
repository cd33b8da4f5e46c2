import { assert } from "../core/assert.ts";
import type { Audit } from "../engine/audit.ts";
import type { SequenceId, Slots, Tokens } from "../request.ts";
import type { InvariantContext, TrackedGroup } from "./invariant-checks.ts";
import { type Invariant, invariants } from "./invariants.ts";
import type { Pool } from "./pool.ts";
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
function requireInvariants(checks: readonly Invariant[], context: InvariantContext): void {
  for (const invariant of checks) {
    const found = invariant.check(context);
    if (found !== null) throw new InvariantError(invariant, found);
  }
}

/** What a state is asked that must be the one before: whether it is, and whether its holdings are. */
const AFTER_REFUSAL = invariants.filter(({ id }) => id === "KV-11" || id === "KV-7");

/** Those that do not speak of groups, whose blocks nobody else would have, nor of a drained pool, which still has content. */
const ACROSS_REQUESTS = invariants.filter(({ id }) =>
  ["KV-1", "KV-2", "KV-3", "KV-4", "KV-5"].includes(id),
);

/**
 * Checks a pool, which must be new and of so many slots, after each operation of its allocator; throws {@link InvariantError} at the
 * first breach. Keeps its own account of who must have what, and compares.
 */
export class Auditor implements Audit {
  private readonly pool: Pool;
  private readonly slots: Slots;
  private readonly checks: readonly Invariant[];
  private readonly initial: PoolState;
  readonly #memory = new StateMemory();
  /** After the last operation that was granted. */
  #granted: PoolState;
  #refused = false;
  /** By address. */
  readonly #groups = new Map<number, TrackedGroup>();

  constructor(pool: Pool, slots: Slots, checks = invariants) {
    this.pool = pool;
    this.slots = slots;
    this.checks = checks;
    this.initial = poolState(pool);
    this.#granted = this.initial;
    this.changed();
  }

  /** Checks everything after an operation that was granted. */
  changed(): void {
    this.#refused = false;
    this.#granted = poolState(this.pool, this.#memory);
    this.#check(this.checks, this.#granted, null);
  }

  /**
   * A refusal is looked at when the next operation begins: the state must still be the one before it, and many refusals in a row cost
   * one look.
   */
  refused(): void {
    this.#refused = true;
  }

  /** Before an operation: nothing has changed since the last one that was granted, so what held then holds still. */
  settle(): void {
    if (!this.#refused) return;
    this.#refused = false;
    const now = { ...this.#granted, layout: this.pool.inspect(), usage: this.pool.usage };
    this.#check(AFTER_REFUSAL, now, this.#granted);
  }

  admitted(group: number, sequences: readonly SequenceId[], tokens: Tokens): void {
    this.#groups.set(group, { sequences, tokens, writing: true, swapped: false });
  }

  grown(group: number, tokens: Tokens): void {
    this.#update(group, { tokens, writing: true });
  }

  forked(group: number, sequences: readonly SequenceId[], tokens: Tokens): void {
    this.#update(group, { sequences, tokens, writing: false });
  }

  /** The sequence may write on into a block more. */
  extended(sequence: SequenceId): void {
    for (const [group, tracked] of this.#groups) {
      if (!tracked.sequences.includes(sequence)) continue;
      const { held } = this.pool.holding(sequence)!;
      this.#groups.set(group, { ...tracked, tokens: held - this.pool.growthSlots + 1 });
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

  swappedOut(group: number): void {
    this.#update(group, { swapped: true, writing: false });
  }

  swappedIn(group: number): void {
    this.#update(group, { swapped: false });
  }

  #update(group: number, change: Partial<TrackedGroup>): void {
    const tracked = this.#groups.get(group);
    assert(tracked !== undefined, "a group was never admitted");
    this.#groups.set(group, { ...tracked, ...change });
  }

  #check(checks: readonly Invariant[], now: PoolState, refusedFrom: PoolState | null): void {
    requireInvariants(checks, {
      slots: this.slots,
      initial: this.initial,
      now,
      refusedFrom,
      groups: [...this.#groups.values()],
      holding: (sequence: SequenceId) => this.pool.holding(sequence),
    });
  }
}

/** The same for the pool of a prefix cache, whose blocks belong to many requests at a time. */
export function cacheAuditor(pool: Pool, slots: Slots): Auditor {
  return new Auditor(pool, slots, ACROSS_REQUESTS);
}
