const NOT_YET: f64 = -1;

/** A part of what a group holds: its only table; or what its sequences share, or the rest of one's table. */
@final
export class Part {
  /** As it was booked. */
  held: f64 = 0;
  asked: f64 = 0;
  /** c less what has been written at the ledger's tick. */
  base: f64 = 0;
  /** Tokens written in a tick: 0 or 1. */
  pace: f64 = 0;
  final: f64 = 0;
  next: Part | null = null;
}

/** What metrics know of a group from its first admission to its end. */
@final
export class Account {
  arrivalNs: f64 = 0;
  /** O of its longest sequence. */
  outputTokens: f64 = 0;
  admittedNs: f64 = 0;
  firstTokenNs: f64 = NOT_YET;
  /** Since when it is preempted, if it is; and how long it has been before. */
  preemptedSinceNs: f64 = 0;
  preemptedNs: f64 = 0;
  /** Parts that it holds, from the first on. */
  parts: i32 = 0;
  readonly first: Part = new Part();
  /** Slots that tables reach beyond the parts: what is shared, once for each sequence but the first. */
  sharedAgain: f64 = 0;
  /** Of one that is used no more: another such. */
  nextClosed: Account | null = null;

  open(arrivalNs: f64, outputTokens: f64, atNs: f64): void {
    this.arrivalNs = arrivalNs;
    this.outputTokens = outputTokens;
    this.admittedNs = atNs;
    this.firstTokenNs = NOT_YET;
    this.preemptedNs = 0;
  }

  @inline
  resume(atNs: f64): void {
    this.preemptedNs += atNs - this.preemptedSinceNs;
  }

  get hasEmitted(): bool {
    return this.firstTokenNs !== NOT_YET;
  }

  /** The group emits tokens; recomputing them never moves the first. */
  @inline
  emit(atNs: f64): void {
    if (!this.hasEmitted) this.firstTokenNs = atNs;
  }

  /** A part that it holds besides those it has. */
  nextPart(): Part {
    let part = this.first;
    for (let at = 0; at < this.parts; at += 1) {
      let next = part.next;
      if (next === null) {
        next = new Part();
        part.next = next;
      }
      part = next;
    }
    this.parts += 1;
    return part;
  }
}

/** Accounts of groups that are gone, to be used again. */
@final
export class Accounts {
  private closed: Account | null = null;

  take(): Account {
    const account = this.closed;
    if (account === null) return new Account();
    this.closed = account.nextClosed;
    return account;
  }

  give(account: Account): void {
    account.nextClosed = this.closed;
    this.closed = account;
  }
}
