import { assert } from "../../core/assert.ts";
import { type BlockFields, EQUAL, KEY, WIDTH } from "./block-fields.ts";
import type { ContentChain } from "./content-chain.ts";

/**
 * Which blocks hold the KV of which beginning, for each group of layers (vLLM V1, `BlockHashToBlockMap`). Equal blocks are all
 * kept; the one that was inserted first and is still there is found.
 */
export class BlockCache {
  readonly #chain: ContentChain;
  readonly #groups: number;
  readonly #fields: BlockFields;
  /** Equal blocks form a ring in order of insertion, of which this is the way back. */
  readonly #before: Int32Array;
  /** Of each key: the first block of its ring; 0 for none. */
  #first: Int32Array;

  constructor(fields: BlockFields, groups: number, chain: ContentChain) {
    this.#chain = chain;
    this.#groups = groups;
    this.#fields = fields;
    this.#before = new Int32Array(fields.length / WIDTH);
    this.#first = new Int32Array(this.#before.length * groups);
  }

  /** Distinct contents that are cached, a content once for each group. O(pool). */
  get entries(): number {
    return this.blocks().filter((block) => this.#first[this.#key(block)] === block).length;
  }

  has(block: number): boolean {
    return this.#key(block) !== 0;
  }

  /** All cached blocks, ascending. O(pool). */
  blocks(): number[] {
    return Array.from(this.#before.keys()).filter((block) => this.has(block));
  }

  /** The block of `group` that ends at `node`, or 0. */
  find(node: number, group: number): number {
    const key = node * this.#groups + group;
    return key < this.#first.length ? this.#first[key]! : 0;
  }

  insert(block: number, node: number, group: number): void {
    const at = block * WIDTH + KEY;
    assert(this.#fields[at] === 0, "a block is cached twice");
    const key = node * this.#groups + group;
    if (key >= this.#first.length) this.#reach(key);
    this.#fields[at] = key;
    this.#chain.retain(node);
    const first = this.#first[key]!;
    if (first === 0) this.#first[key] = block;
    else this.#join(block, first);
  }

  /** Forgets what a cached block holds. */
  drop(block: number): void {
    const at = block * WIDTH;
    const key = this.#fields[at + KEY]!;
    this.#fields[at + KEY] = 0;
    if (this.#fields[at + EQUAL] !== 0) this.#leave(block, key);
    else this.#first[key] = 0;
    this.#chain.release(this.#groups === 1 ? key : (key / this.#groups) | 0);
  }

  #key(block: number): number {
    return this.#fields[block * WIDTH + KEY]!;
  }

  /** A block becomes the last of the ring that begins with `first`. */
  #join(block: number, first: number): void {
    const isRing = this.#fields[first * WIDTH + EQUAL] !== 0;
    this.#link(isRing ? this.#before[first]! : first, block);
    this.#link(block, first);
  }

  #leave(block: number, key: number): void {
    const next = this.#fields[block * WIDTH + EQUAL]!;
    const before = this.#before[block]!;
    this.#fields[block * WIDTH + EQUAL] = 0;
    if (next === before) this.#fields[next * WIDTH + EQUAL] = 0;
    else this.#link(before, next);
    if (this.#first[key] === block) this.#first[key] = next;
  }

  #link(block: number, next: number): void {
    this.#fields[block * WIDTH + EQUAL] = next;
    this.#before[next] = block;
  }

  #reach(key: number): void {
    const grown = new Int32Array(2 * key);
    grown.set(this.#first);
    this.#first = grown;
  }
}
