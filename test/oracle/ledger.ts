import { Digest } from "../../src/core/digest.ts";

/** Facts by their code in the fingerprint. */
const CODES = {
  arrived: 1,
  rejected: 2,
  admitted: 3,
  copied: 4,
  forked: 5,
  preempted: 6,
  "swapped-in": 7,
  prefilled: 8,
  "sequence-finished": 9,
  finished: 10,
  failed: 11,
  computed: 12,
} as const;

export type FactKind = keyof typeof CODES;

/** What happened so far: digests of the facts and of the cells handed out, and how often each kind of fact occurred. */
export class Ledger {
  readonly #facts = new Digest();
  readonly #cells = new Digest();
  readonly #counts = new Map<FactKind, number>();

  /** `extras` are the fact's own numbers, in the order in which the fingerprint takes them. */
  fact(kind: FactKind, id: number, atNs: number, ...extras: readonly number[]): void {
    const time = [atNs % 2 ** 32, Math.floor(atNs / 2 ** 32)];
    for (const word of [CODES[kind] + 16 * id, ...time, ...extras]) this.#facts.add(word);
    this.#counts.set(kind, this.count(kind) + 1);
  }

  /** A block id or start address was handed out. */
  cell(cell: number): void {
    this.#cells.add(cell);
  }

  count(kind: FactKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get decisions(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get fingerprint(): string {
    const both = new Digest();
    both.absorb(this.#facts);
    both.absorb(this.#cells);
    return both.hex();
  }
}
