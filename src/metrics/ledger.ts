import type { SequenceHolding } from "../allocators/allocator.ts";
import {
  finalTokens,
  type SequenceGroup,
  type SequenceId,
  type Slots,
  type Tokens,
} from "../request.ts";
import { type HoldingShares, holdingShares } from "./shares.ts";

/** What all groups hold together, in slots. */
export interface LedgerTotals {
  tokenStates: Slots;
  reserved: Slots;
  internal: Slots;
  rounding: Slots;
  /** Slots that the sequences' tables reach, a shared slot once for each sequence. */
  reached: Slots;
}

interface Entry extends LedgerTotals {
  /** Tokens the group writes each decode iteration, shared ones never. */
  readonly writers: number;
  /** Decode iterations that had ended when the entry was made. */
  readonly atTick: number;
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
    this.erase(group);
    const entry = this.#measure(group, written, decodes);
    this.#entries.set(group.id, entry);
    addTotals(this.totals, entry);
  }

  /** The group holds nothing any more. */
  erase(group: SequenceGroup): void {
    const entry = this.#entries.get(group.id);
    if (entry === undefined) return;
    this.#entries.delete(group.id);
    const written = entry.writers * (this.#tick - entry.atTick);
    this.totals.tokenStates -= entry.tokenStates + written;
    this.totals.reserved -= entry.reserved - written;
    this.totals.internal -= entry.internal;
    this.totals.rounding -= entry.rounding;
    this.totals.reached -= entry.reached;
  }

  /** `steps` iterations have ended in which `writers` sequences wrote a token each. */
  advance(steps: number, writers: number): void {
    if (writers === 0) return;
    this.#tick += steps;
    this.totals.tokenStates += steps * writers;
    this.totals.reserved -= steps * writers;
  }

  #measure(group: SequenceGroup, written: Tokens, decodes: boolean): Entry {
    const finals = group.outputs.map((output) => finalTokens(group.promptTokens, output));
    const longest = Math.max(...finals);
    const holdings = group.sequences.map((sequence) => this.#holding(sequence));
    const alone = holdings.every((holding, index) => index === 0 || holding === null);
    const shared = holdings[0]?.shared ?? 0;
    const totals: LedgerTotals = {
      tokenStates: 0,
      reserved: 0,
      internal: 0,
      rounding: 0,
      reached: 0,
    };
    if (shared > 0)
      addShares(totals, {
        held: shared,
        asked: shared,
        computed: Math.min(written, shared),
        final: longest,
      });
    holdings.forEach((holding, index) => {
      if (holding === null) return;
      const computed = group.forked || index === 0 ? written : 0;
      const final = alone ? longest : finals[index]!;
      totals.reached += holding.held;
      addShares(totals, {
        held: holding.held - shared,
        asked: holding.asked - shared,
        computed: Math.max(0, computed - shared),
        final: final - shared,
      });
    });
    return { ...totals, writers: decodes ? group.live : 0, atTick: this.#tick };
  }
}

function addShares(totals: LedgerTotals, holding: Parameters<typeof holdingShares>[0]): void {
  const shares: HoldingShares = holdingShares(holding);
  totals.tokenStates += shares.tokenStates;
  totals.reserved += shares.reserved;
  totals.internal += shares.internal;
  totals.rounding += shares.rounding;
}

function addTotals(totals: LedgerTotals, entry: LedgerTotals): void {
  totals.tokenStates += entry.tokenStates;
  totals.reserved += entry.reserved;
  totals.internal += entry.internal;
  totals.rounding += entry.rounding;
  totals.reached += entry.reached;
}
