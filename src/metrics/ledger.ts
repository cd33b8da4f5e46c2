import type { SequenceHolding } from "../allocators/allocator.ts";
import {
  finalTokens,
  type SequenceGroup,
  type SequenceId,
  type Slots,
  type Tokens,
} from "../request.ts";
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

/** A group's part of the totals, as of one tick. */
class Entry implements LedgerTotals {
  tokenStates = 0;
  reserved = 0;
  internal = 0;
  rounding = 0;
  reached = 0;
  /** Sequences that write a token each decode iteration. */
  writers = 0;
  /** Decode iterations that had ended when the entry was made. */
  atTick = 0;
}

/**
 * Keeps the waste table's totals without visiting anybody who does nothing: an entry is made again when a group's memory
 * or sequences change, and between that each decode iteration only turns one reserved slot of each writer into a token state.
 */
export class Ledger {
  readonly totals: LedgerTotals = {
    tokenStates: 0,
    reserved: 0,
    internal: 0,
    rounding: 0,
    reached: 0,
  };
  readonly #entries = new Map<number, Entry>();
  readonly #holding: (sequence: SequenceId) => SequenceHolding | null;
  #tick = 0;

  constructor(holding: (sequence: SequenceId) => SequenceHolding | null) {
    this.#holding = holding;
  }

  /** Books a group anew, with c = `written` in its sequences; `decodes`: it will write a token every decode iteration. */
  book(group: SequenceGroup, written: Tokens, decodes: boolean): void {
    let entry = this.#entries.get(group.id);
    if (entry !== undefined) this.#withdraw(entry);
    else {
      entry = new Entry();
      this.#entries.set(group.id, entry);
    }
    entry.atTick = this.#tick;
    entry.writers = decodes ? group.live : 0;
    this.#measure(entry, group, written);
    addTo(this.totals, entry);
  }

  /** The group holds nothing any more. */
  erase(group: SequenceGroup): void {
    const entry = this.#entries.get(group.id);
    if (entry === undefined) return;
    this.#entries.delete(group.id);
    this.#withdraw(entry);
  }

  /** `steps` iterations have ended in which `writers` sequences wrote a token each. */
  advance(steps: number, writers: number): void {
    if (writers === 0) return;
    this.#tick += steps;
    this.totals.tokenStates += steps * writers;
    this.totals.reserved -= steps * writers;
  }

  #withdraw(entry: Entry): void {
    const { totals } = this;
    const written = entry.writers * (this.#tick - entry.atTick);
    totals.tokenStates -= entry.tokenStates + written;
    totals.reserved -= entry.reserved - written;
    totals.internal -= entry.internal;
    totals.rounding -= entry.rounding;
    totals.reached -= entry.reached;
    entry.tokenStates = entry.reserved = entry.internal = entry.rounding = entry.reached = 0;
  }

  /** What the sequences share is one holding; each holds the rest of its table alone. */
  #measure(entry: Entry, group: SequenceGroup, written: Tokens): void {
    const { sequences, outputs, promptTokens, forked } = group;
    const longest = finalTokens(
      promptTokens,
      outputs.length === 1 ? outputs[0]! : Math.max(...outputs),
    );
    // Before the fork a paged group has one table, which all its sequences will go on from.
    const together = sequences.length > 1 && this.#holding(sequences[1]!) === null;
    for (let index = 0; index < sequences.length; index += 1) {
      const holding = this.#holding(sequences[index]!);
      if (holding === null) return;
      const { held, asked, shared } = holding;
      const computed = forked || index === 0 ? written : 0;
      const final = together ? longest : finalTokens(promptTokens, outputs[index]!);
      if (index === 0 && shared > 0)
        addHolding(entry, shared, shared, Math.min(written, shared), longest);
      addHolding(
        entry,
        held - shared,
        asked - shared,
        Math.max(0, computed - shared),
        final - shared,
      );
      entry.reached += held;
    }
  }
}

function addHolding(
  totals: LedgerTotals,
  held: Slots,
  asked: Slots,
  computed: Tokens,
  final: Tokens,
): void {
  const shares = holdingShares({ held, asked, computed, final });
  totals.tokenStates += shares.tokenStates;
  totals.reserved += shares.reserved;
  totals.internal += shares.internal;
  totals.rounding += shares.rounding;
}

function addTo(totals: LedgerTotals, entry: LedgerTotals): void {
  totals.tokenStates += entry.tokenStates;
  totals.reserved += entry.reserved;
  totals.internal += entry.internal;
  totals.rounding += entry.rounding;
  totals.reached += entry.reached;
}
