import { Account, Part } from "./account";

/** Where the slots that somebody holds are, in totals: what each group holds is booked, and taken away as it has become by then. */
@final
export class Ledger {
  reserved: f64 = 0;
  internal: f64 = 0;
  rounding: f64 = 0;
  reached: f64 = 0;
  /** Slots that a sequence is given at a time while it decodes. */
  readonly growthSlots: f64;
  /** Decode iterations that have ended. */
  private tick: f64 = 0;

  constructor(growthSlots: f64) {
    this.growthSlots = growthSlots;
  }

  /** Books a part that the group holds besides those it has. */
  book(account: Account, held: f64, asked: f64, computed: f64, final: f64, pace: f64): void {
    const part = account.nextPart();
    part.held = held;
    part.asked = asked;
    part.final = final;
    this.setPace(part, computed, pace);
    this.count(part, computed, 1);
  }

  /** A group of one part, whose memory is as it was, has now written `written` tokens. */
  @inline
  write(account: Account, written: f64, pace: f64): void {
    const part = account.first;
    this.reserved -= written - this.computed(part);
    this.setPace(part, written, pace);
  }

  /** A sequence's table reaches so many slots that another one's does, too. */
  shareAgain(account: Account, slots: f64): void {
    account.sharedAgain += slots;
    this.reached += slots;
  }

  /** The group holds nothing any more. */
  erase(account: Account): void {
    let part: Part | null = account.first;
    for (; account.parts > 0 && part !== null; part = part.next) {
      this.take(part);
      account.parts -= 1;
    }
    this.reached -= account.sharedAgain;
    account.sharedAgain = 0;
  }

  /** `steps` iterations have ended, before which so many rooms were given, and in which each of `writers` wrote a token. */
  @inline
  advance(steps: f64, writers: f64, rooms: f64, unneeded: f64): void {
    const slots = rooms * this.growthSlots;
    this.reserved += slots - unneeded;
    this.internal += unneeded;
    this.reached += slots;
    if (writers === 0) return;
    this.tick += steps;
    this.reserved -= steps * writers;
  }

  /** What a part has written by now. */
  @inline
  private computed(part: Part): f64 {
    return part.base + part.pace * this.tick;
  }

  @inline
  private setPace(part: Part, computed: f64, pace: f64): void {
    part.base = computed - pace * this.tick;
    part.pace = pace;
  }

  /** Takes away what a part has become by now. */
  private take(part: Part): void {
    const computed = this.computed(part);
    if (computed > part.asked && this.growthSlots > 0) {
      const grown = ceil((computed - part.asked) / this.growthSlots) * this.growthSlots;
      part.held += grown;
      part.asked += grown;
    }
    this.count(part, computed, -1);
  }

  /**
   * Adds a part that has written `computed` tokens to the totals, or takes it away: reserved and internal fragmentation as the
   * PagedAttention paper defines them (Kwon et al., SOSP'23, §3.1), with the allocator's own rounding told apart.
   */
  @inline
  private count(part: Part, computed: f64, times: f64): void {
    const written = computed < part.final ? part.final : computed;
    const useful = part.asked < written ? part.asked : written;
    this.reserved += times * (useful - computed);
    this.internal += times * (part.asked - useful);
    this.rounding += times * (part.held - part.asked);
    this.reached += times * part.held;
  }
}
