import { enlargedIntegers } from "../../core/columns.ts";
import { SequenceIds } from "../../core/sequence-ids.ts";
import { BlockRows } from "../block-rows.ts";
import { ROOT } from "./content-chain.ts";

/** Fields of a holder. */
export const WIDTH = 8;
/** Tokens whose KV is in its blocks, or will be after the step they were allocated for. */
export const COMPUTED = 0;
/** Tokens whose blocks are in the cache, as far as it takes them, or were hit. */
export const CACHED = 1;
/** Where those end in the content chain. */
export const NODE = 2;
/** The content that it goes on and on with. */
export const CONTENT = 3;
/** How much further in that content a token stands than in the request. */
export const SHIFT = 4;
/** The first token that stands in it. */
export const FROM = 5;

const FIRST_ROWS = 64;

/**
 * The requests that hold blocks, a row each: their tables, one a group of layers, and what decides about their next block side by side,
 * for with a thousand of them decoding it is memory that takes time.
 */
export class HolderRows {
  /** Row × groups + group. */
  readonly tables = new BlockRows();
  fields = new Int32Array(FIRST_ROWS * WIDTH);
  count = 0;
  readonly #groups: number;
  readonly #ids = new SequenceIds();

  constructor(groups: number) {
    this.#groups = groups;
  }

  /** A row for a request that holds nothing yet. */
  take(): number {
    const row = this.#ids.take();
    const at = row * WIDTH;
    if (at === this.fields.length) this.fields = enlargedIntegers(this.fields, 2 * at);
    this.tables.reserve((row + 1) * this.#groups - 1, 1);
    this.fields[at + COMPUTED] = 0;
    this.fields[at + CACHED] = 0;
    this.fields[at + NODE] = ROOT;
    this.count += 1;
    return row;
  }

  /** The request of a row holds nothing any more. */
  give(row: number): void {
    this.#ids.give(row);
    this.count -= 1;
  }
}
