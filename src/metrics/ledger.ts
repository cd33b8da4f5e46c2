import type { Pool } from "../allocators/allocator.ts";
import { DOUBLE } from "../core/double.ts";
import type { Growth } from "../core/growth.ts";
import { finalTokens, type SequenceGroup, type Slots, type Tokens } from "../request.ts";
import type { Account, Part } from "./account.ts";
import { holdingShares } from "./shares.ts";

/** What all groups hold together, in slots; token states are the rest of what they reach. */
export class LedgerTotals {
  reserved: Slots = DOUBLE;
  internal: Slots = DOUBLE;
  rounding: Slots = DOUBLE;
  /** Slots that the sequences' tables reach, a shared slot once for each sequence. */
  reached: Slots = DOUBLE;

  constructor() {
    this.reserved = 0;
    this.internal = 0;
    this.rounding = 0;
    this.reached = 0;
  }
}

/**
 * Keeps the waste table's totals without visiting anybody who does nothing: a group's parts are booked anew when its memory or sequences
 * change. Between that each decode iteration turns one reserved slot of each writer into a token state, and who uses up its room is
 * given {@link Pool.growthSlots}, so that what a part has become follows from the tick.
 */
export class Ledger {
  readonly totals: LedgerTotals;
  private readonly pool: Pool;
  /** Slots that a sequence is given at a time while it decodes. */
  #growthSlots: Slots = DOUBLE;
  /** Decode iterations that have ended. */
  #tick = DOUBLE;

  constructor(pool: Pool) {
    this.totals = new LedgerTotals();
    this.pool = pool;
    this.#growthSlots = pool.growthSlots;
    this.#tick = 0;
  }

  /** Books a group anew, with c = `written` in its sequences; `decodes`: it will write a token every decode iteration. */
  book(account: Account, group: SequenceGroup, written: Tokens, decodes: boolean): void {
    if (account.parts > 0) this.erase(account);
    const { sequences } = group;
    // Before the fork a paged group has one table, which all its sequences will go on from.
    if (sequences.length > 1 && this.pool.holding(sequences[1]!) !== null)
      return this.#bookTables(account, group, written, decodes ? 1 : 0);
    const holding = this.pool.holding(sequences[0]!);
    if (holding === null) return;
    const final = finalTokens(group.promptTokens, group.longestOutput);
    account.parts = 1;
    this.#bookPart(account.sole, holding.held, holding.asked, written, final, decodes ? 1 : 0);
  }

  /** A group whose memory is as it was has now written c = `written`; `decodes` as in {@link book}. */
  write(account: Account, group: SequenceGroup, written: Tokens, decodes: boolean): void {
    if (account.parts > 1) return this.book(account, group, written, decodes);
    const part = account.sole;
    this.totals.reserved -= written - this.#computed(part);
    this.#setPace(part, written, decodes ? 1 : 0);
  }

  /** The group holds nothing any more. */
  erase(account: Account): void {
    if (account.parts === 0) return;
    this.#takePart(account.sole);
    if (account.parts > 1) this.#takeOthers(account);
    account.parts = 0;
  }

  /** Decoding sequences were given room without being booked anew. */
  grow({ grown, unneeded }: Growth): void {
    if (grown.total === 0) return;
    const slots = grown.total * this.#growthSlots;
    this.totals.reserved += slots - unneeded.total;
    this.totals.internal += unneeded.total;
    this.totals.reached += slots;
  }

  /** `steps` iterations have ended in which `writers` sequences wrote a token each: what is written was reserved. */
  advance(steps: number, writers: number): void {
    if (writers === 0) return;
    this.#tick += steps;
    this.totals.reserved -= steps * writers;
  }

  /** What a part has written by now. */
  #computed({ base, pace }: Part): Tokens {
    return base + pace * this.#tick;
  }

  #setPace(part: Part, computed: Tokens, pace: number): void {
    part.base = computed - pace * this.#tick;
    part.pace = pace;
  }

  /** What the sequences share is one part; each holds the rest of its table alone. */
  #bookTables(account: Account, group: SequenceGroup, written: Tokens, pace: number): void {
    const { sequences, outputs, promptTokens, forked } = group;
    for (let index = 0; index < sequences.length; index += 1) {
      const { held, asked, shared } = this.pool.holding(sequences[index]!)!;
      const computed = forked || index === 0 ? written : 0;
      if (index > 0) {
        account.sharedAgain += shared;
        this.totals.reached += shared;
      } else if (shared > 0) {
        const longest = finalTokens(promptTokens, group.longestOutput);
        const first = Math.min(written, shared);
        this.#bookPart(account.nextPart(), shared, shared, first, longest, 0);
      }
      const own = Math.max(0, computed - shared);
      const final = finalTokens(promptTokens, outputs[index]!) - shared;
      this.#bookPart(account.nextPart(), held - shared, asked - shared, own, final, pace);
    }
  }

  #bookPart(
    part: Part,
    held: Slots,
    asked: Slots,
    computed: Tokens,
    final: Tokens,
    pace: number,
  ): void {
    part.held = held;
    part.asked = asked;
    part.final = final;
    this.#setPace(part, computed, pace);
    this.#count(part, computed, 1);
  }

  /** Takes away what a part has become by now. */
  #takePart(part: Part): void {
    const computed = this.#computed(part);
    const grown = this.#grownBy(part, computed);
    part.held += grown;
    part.asked += grown;
    this.#count(part, computed, -1);
  }

  /** Adds a part that has written `computed` tokens to the totals, or takes it away. */
  #count({ held, asked, final }: Part, computed: Tokens, times: 1 | -1): void {
    const { totals } = this;
    const { reserved, internal, rounding } = holdingShares({ held, asked, computed, final });
    totals.reserved += times * reserved;
    totals.internal += times * internal;
    totals.rounding += times * rounding;
    totals.reached += times * held;
  }

  #takeOthers(account: Account): void {
    for (let index = 0; index < account.parts - 1; index += 1)
      this.#takePart(account.others[index]!);
    this.totals.reached -= account.sharedAgain;
    account.sharedAgain = 0;
  }

  /** Slots that a part was given since it was booked, to hold `computed` tokens. */
  #grownBy({ asked }: Part, computed: Tokens): Slots {
    const slots = this.#growthSlots;
    return computed <= asked || slots === 0 ? 0 : Math.ceil((computed - asked) / slots) * slots;
  }
}
