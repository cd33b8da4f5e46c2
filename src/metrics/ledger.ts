import type { Pool } from "../allocators/allocator.ts";
import type { Growth } from "../core/growth.ts";
import { finalTokens, type SequenceGroup, type Slots, type Tokens } from "../request.ts";
import { holdingShares } from "./shares.ts";

/** What all groups hold together, in slots. */
export interface LedgerTotals {
  tokenStates: Slots;
  reserved: Slots;
  internal: Slots;
  rounding: Slots;
  /** Slots that the sequences' tables reach, a shared slot once for each sequence. */
  reached: Slots;
}

/** A part of what a group holds: its only table; or what its sequences share, or the rest of one's table. */
class Part {
  /** As it was booked. */
  held: Slots = 0;
  asked: Slots = 0;
  /** c less what has been written at the tick. */
  base: Tokens = 0;
  /** Tokens written in a tick: 0 or 1. */
  pace = 0;
  final: Tokens = 0;
}

/** What a group holds. Used again for another group once the group is gone. */
class Booking {
  /** Only the first {@link count} parts count. */
  readonly parts: Part[] = [new Part()];
  count = 0;
  /** Slots that tables reach beyond the parts: what is shared, once for each sequence but the first. */
  sharedAgain: Slots = 0;
}

/**
 * Keeps the waste table's totals without visiting anybody who does nothing: a booking is made anew when a group's memory or sequences
 * change. Between that each decode iteration turns one reserved slot of each writer into a token state, and who uses up its room is
 * given {@link Pool.growthSlots}, so that what a booking has become follows from the tick.
 */
export class Ledger {
  readonly totals: LedgerTotals = {
    tokenStates: 0,
    reserved: 0,
    internal: 0,
    rounding: 0,
    reached: 0,
  };
  readonly #pool: Pool;
  /** By {@link SequenceGroup.record}. */
  readonly #bookings: Booking[] = [];
  /** Decode iterations that have ended. */
  #tick = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Books a group anew, with c = `written` in its sequences; `decodes`: it will write a token every decode iteration. */
  book(group: SequenceGroup, written: Tokens, decodes: boolean): void {
    const { record, sequences } = group;
    if (record === this.#bookings.length) this.#bookings.push(new Booking());
    const booking = this.#bookings[record]!;
    if (booking.count > 0) this.#takeAway(booking);
    // Before the fork a paged group has one table, which all its sequences will go on from.
    if (sequences.length === 1 || this.#pool.holding(sequences[1]!) === null)
      this.#bookTable(booking, group, written, decodes ? 1 : 0);
    else this.#bookTables(booking, group, written, decodes ? 1 : 0);
  }

  /** A group whose memory is as it was has now written c = `written`; `decodes` as in {@link book}. */
  write(group: SequenceGroup, written: Tokens, decodes: boolean): void {
    const booking = this.#bookings[group.record]!;
    if (booking.count > 1) return this.book(group, written, decodes);
    const part = booking.parts[0]!;
    this.#turnIntoStates(written - this.#computed(part));
    this.#setPace(part, written, decodes ? 1 : 0);
  }

  /** The group holds nothing any more. */
  erase({ record }: SequenceGroup): void {
    const booking = this.#bookings[record];
    if (booking !== undefined) this.#takeAway(booking);
  }

  /** Decoding sequences were given room without being booked anew. */
  grow({ grown, unneeded }: Growth): void {
    const slots = grown.total * this.#pool.growthSlots;
    this.totals.reserved += slots - unneeded.total;
    this.totals.internal += unneeded.total;
    this.totals.reached += slots;
  }

  /** `steps` iterations have ended in which `writers` sequences wrote a token each. */
  advance(steps: number, writers: number): void {
    if (writers === 0) return;
    this.#tick += steps;
    this.#turnIntoStates(steps * writers);
  }

  /** What is written was reserved. */
  #turnIntoStates(tokens: Tokens): void {
    this.totals.tokenStates += tokens;
    this.totals.reserved -= tokens;
  }

  /** What a part has written by now. */
  #computed({ base, pace }: Part): Tokens {
    return base + pace * this.#tick;
  }

  #setPace(part: Part, computed: Tokens, pace: number): void {
    part.base = computed - pace * this.#tick;
    part.pace = pace;
  }

  /** The group has one table. */
  #bookTable(booking: Booking, group: SequenceGroup, written: Tokens, pace: number): void {
    const holding = this.#pool.holding(group.sequences[0]!);
    if (holding === null) return;
    const final = finalTokens(group.promptTokens, group.longestOutput);
    this.#addPart(booking, holding.held, holding.asked, written, final, pace);
  }

  /** What the sequences share is one part; each holds the rest of its table alone. */
  #bookTables(booking: Booking, group: SequenceGroup, written: Tokens, pace: number): void {
    const { sequences, outputs, promptTokens, forked } = group;
    for (let index = 0; index < sequences.length; index += 1) {
      const { held, asked, shared } = this.#pool.holding(sequences[index]!)!;
      const computed = forked || index === 0 ? written : 0;
      if (index > 0) {
        booking.sharedAgain += shared;
        this.totals.reached += shared;
      } else if (shared > 0) {
        const longest = finalTokens(promptTokens, group.longestOutput);
        this.#addPart(booking, shared, shared, Math.min(written, shared), longest, 0);
      }
      const own = Math.max(0, computed - shared);
      const final = finalTokens(promptTokens, outputs[index]!) - shared;
      this.#addPart(booking, held - shared, asked - shared, own, final, pace);
    }
  }

  #addPart(
    booking: Booking,
    held: Slots,
    asked: Slots,
    computed: Tokens,
    final: Tokens,
    pace: number,
  ): void {
    if (booking.count === booking.parts.length) booking.parts.push(new Part());
    const part = booking.parts[booking.count]!;
    booking.count += 1;
    part.held = held;
    part.asked = asked;
    part.final = final;
    this.#setPace(part, computed, pace);
    const { totals } = this;
    const shares = holdingShares({ held, asked, computed, final });
    totals.tokenStates += shares.tokenStates;
    totals.reserved += shares.reserved;
    totals.internal += shares.internal;
    totals.rounding += shares.rounding;
    totals.reached += held;
  }

  /** Takes away what a booking has become by now, which leaves it empty. */
  #takeAway(booking: Booking): void {
    for (let index = 0; index < booking.count; index += 1) this.#takePart(booking.parts[index]!);
    this.totals.reached -= booking.sharedAgain;
    booking.count = 0;
    booking.sharedAgain = 0;
  }

  #takePart(part: Part): void {
    const computed = this.#computed(part);
    const grown = this.#grownBy(part, computed);
    const held = part.held + grown;
    const { totals } = this;
    const shares = holdingShares({ held, asked: part.asked + grown, computed, final: part.final });
    totals.tokenStates -= shares.tokenStates;
    totals.reserved -= shares.reserved;
    totals.internal -= shares.internal;
    totals.rounding -= shares.rounding;
    totals.reached -= held;
  }

  /** Slots that a part was given since it was booked, to hold `computed` tokens. */
  #grownBy({ asked }: Part, computed: Tokens): Slots {
    const slots = this.#pool.growthSlots;
    return computed <= asked || slots === 0 ? 0 : Math.ceil((computed - asked) / slots) * slots;
  }
}
