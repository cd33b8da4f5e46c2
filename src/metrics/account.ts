import { DOUBLE } from "../core/double.ts";
import type { Nanoseconds } from "../core/time.ts";
import type { SequenceGroup, Slots, Tokens } from "../request.ts";

const NOT_YET = -1;

/** A part of what a group holds: its only table; or what its sequences share, or the rest of one's table. */
export class Part {
  /** As it was booked. */
  held: Slots = DOUBLE;
  asked: Slots = DOUBLE;
  /** c less what has been written at the ledger's tick. */
  base: Tokens = DOUBLE;
  /** Tokens written in a tick: 0 or 1. */
  pace = DOUBLE;
  final: Tokens = DOUBLE;
}

/** What metrics know of a group from its first admission to its end. */
export class Account {
  arrivalNs: Nanoseconds = DOUBLE;
  /** O of its longest sequence. */
  outputTokens: Tokens = DOUBLE;
  admittedNs: Nanoseconds = DOUBLE;
  firstTokenNs: Nanoseconds = DOUBLE;
  /** Since when it is preempted, if it is; and how long it has been before. */
  preemptedSinceNs: Nanoseconds = DOUBLE;
  preemptedNs: Nanoseconds = DOUBLE;
  /** Parts that it holds: {@link sole}, and those of {@link others} behind it. */
  parts = 0;
  readonly sole = new Part();
  /** Only the first `parts` − 1 count. */
  readonly others: Part[] = [];
  /** Slots that tables reach beyond the parts: what is shared, once for each sequence but the first. */
  sharedAgain: Slots = 0;

  /** A part that it holds besides those it has. */
  nextPart(): Part {
    const at = this.parts - 1;
    this.parts += 1;
    if (at < 0) return this.sole;
    if (at === this.others.length) this.others.push(new Part());
    return this.others[at]!;
  }

  get hasEmitted(): boolean {
    return this.firstTokenNs !== NOT_YET;
  }

  open({ request, longestOutput }: SequenceGroup, atNs: Nanoseconds): void {
    this.arrivalNs = request.arrivalNs;
    this.outputTokens = longestOutput;
    this.admittedNs = atNs;
    this.firstTokenNs = NOT_YET;
    this.preemptedNs = 0;
  }

  resume(atNs: Nanoseconds): void {
    this.preemptedNs += atNs - this.preemptedSinceNs;
  }

  /** The group emits tokens; recomputing them never moves the first. */
  emit(atNs: Nanoseconds): void {
    if (this.firstTokenNs === NOT_YET) this.firstTokenNs = atNs;
  }
}

/** Finds the account of each group that was admitted and has not ended. */
export class Accounts {
  /** Of groups that are gone: used again. */
  readonly #closed: Account[] = [];

  /** A group is admitted, for the first time or again. */
  admit(group: SequenceGroup, atNs: Nanoseconds): Account {
    if (group.record !== null) {
      const account = group.record as Account;
      account.resume(atNs);
      return account;
    }
    const account = this.#closed.pop() ?? new Account();
    account.open(group, atNs);
    group.record = account;
    return account;
  }

  of(group: SequenceGroup): Account {
    return group.record as Account;
  }

  /** A group is gone, and holds nothing. */
  close(group: SequenceGroup): void {
    this.#closed.push(group.record as Account);
    group.record = null;
  }
}
