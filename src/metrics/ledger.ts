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

/** A part of what a group holds, as of the tick of its booking: what its sequences share, or the rest of one's table. */
class Part {
  held: Slots = 0;
  asked: Slots = 0;
  computed: Tokens = 0;
  final: Tokens = 0;
  /** Whether a sequence writes into it; others' tokens were all there before. */
  isWritten = false;
}

/** What a group holds. Used again for another group once the group is gone. */
class Booking {
  /** Decode iterations that had ended when it was made. */
  tick = 0;
  /** Whether the group writes a token every decode iteration. */
  decodes = false;
  /** Only the first {@link count} parts count. */
  readonly parts: Part[] = [];
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
  #tick = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Books a group anew, with c = `written` in its sequences; `decodes`: it will write a token every decode iteration. */
  book(group: SequenceGroup, written: Tokens, decodes: boolean): void {
    const { record } = group;
    while (record >= this.#bookings.length) this.#bookings.push(new Booking());
    const booking = this.#bookings[record]!;
    this.#addTo(booking, -1);
    booking.tick = this.#tick;
    booking.decodes = decodes;
    booking.count = 0;
    booking.sharedAgain = 0;
    this.#measure(booking, group, written);
    this.#addTo(booking, 1);
  }

  /** The group holds nothing any more. */
  erase({ record }: SequenceGroup): void {
    const booking = this.#bookings[record];
    if (booking === undefined) return;
    this.#addTo(booking, -1);
    booking.count = 0;
    booking.sharedAgain = 0;
  }

  /** Decoding sequences were given room without being booked anew. */
  grow({ grownTotal, unneededTotal }: Growth): void {
    const slots = grownTotal * this.#pool.growthSlots;
    this.totals.reserved += slots - unneededTotal;
    this.totals.internal += unneededTotal;
    this.totals.reached += slots;
  }

  /** `steps` iterations have ended in which `writers` sequences wrote a token each. */
  advance(steps: number, writers: number): void {
    if (writers === 0) return;
    this.#tick += steps;
    this.totals.tokenStates += steps * writers;
    this.totals.reserved -= steps * writers;
  }

  /** Adds, or takes away, what a booking has become by now. */
  #addTo(booking: Booking, sign: 1 | -1): void {
    const { totals } = this;
    totals.reached += sign * booking.sharedAgain;
    for (let index = 0; index < booking.count; index += 1) {
      const part = booking.parts[index]!;
      const written = booking.decodes && part.isWritten ? this.#tick - booking.tick : 0;
      const computed = part.computed + written;
      const grown = written === 0 ? 0 : this.#grownBy(part, computed);
      const { final } = part;
      const [held, asked] = [part.held + grown, part.asked + grown];
      const shares = holdingShares({ held, asked, computed, final });
      totals.tokenStates += sign * shares.tokenStates;
      totals.reserved += sign * shares.reserved;
      totals.internal += sign * shares.internal;
      totals.rounding += sign * shares.rounding;
      totals.reached += sign * held;
    }
  }

  /** Slots that a part was given since it was booked, to hold `computed` tokens. */
  #grownBy({ asked }: Part, computed: Tokens): Slots {
    const slots = this.#pool.growthSlots;
    return computed <= asked || slots === 0 ? 0 : Math.ceil((computed - asked) / slots) * slots;
  }

  /** What the sequences share is one part; each holds the rest of its table alone. */
  #measure(booking: Booking, group: SequenceGroup, written: Tokens): void {
    const { sequences, outputs, promptTokens, forked } = group;
    const longest = finalTokens(promptTokens, group.longestOutput);
    // Before the fork a paged group has one table, which all its sequences will go on from.
    const together = sequences.length > 1 && this.#pool.holding(sequences[1]!) === null;
    for (let index = 0; index < sequences.length; index += 1) {
      const holding = this.#pool.holding(sequences[index]!);
      if (holding === null) return;
      const { held, asked, shared } = holding;
      const computed = forked || index === 0 ? written : 0;
      const final = together ? longest : finalTokens(promptTokens, outputs[index]!);
      if (index > 0) booking.sharedAgain += shared;
      else if (shared > 0)
        addPart(booking, shared, shared, Math.min(written, shared), longest, false);
      addPart(
        booking,
        held - shared,
        asked - shared,
        Math.max(0, computed - shared),
        final - shared,
        true,
      );
    }
  }
}

function addPart(
  booking: Booking,
  held: Slots,
  asked: Slots,
  computed: Tokens,
  final: Tokens,
  isWritten: boolean,
): void {
  const part = booking.parts[booking.count] ?? new Part();
  booking.parts[booking.count] = part;
  part.held = held;
  part.asked = asked;
  part.computed = computed;
  part.final = final;
  part.isWritten = isWritten;
  booking.count += 1;
}
