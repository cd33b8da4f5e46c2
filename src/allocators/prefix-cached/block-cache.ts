import { assert } from "../../core/assert.ts";
import type { ContentChain } from "./content-chain.ts";

/**
 * Which blocks hold the KV of which beginning, for each group of layers (vLLM V1, `BlockHashToBlockMap`). Equal blocks are all
 * kept; the one that was inserted first and is still there is found.
 */
export class BlockCache {
  readonly #chain: ContentChain;
  readonly #groups: number;
  /** Of each block: its node × groups + its group; 0 when it is not cached. */
  readonly #keys: Int32Array;
  /** Equal blocks form a ring in order of insertion. */
  readonly #next: Int32Array;
  readonly #before: Int32Array;
  /** Of each key: the first block of its ring; 0 for none. */
  #first: Int32Array;
  #entries = 0;

  constructor(blocks: number, groups: number, chain: ContentChain) {
    this.#chain = chain;
    this.#groups = groups;
    this.#keys = new Int32Array(blocks);
    this.#next = new Int32Array(blocks);
    this.#before = new Int32Array(blocks);
    this.#first = new Int32Array(blocks * groups);
  }

  /** Distinct contents that are cached, a content once for each group. */
  get entries(): number {
    return this.#entries;
  }

  has(block: number): boolean {
    return this.#keys[block] !== 0;
  }

  /** All cached blocks, ascending. O(pool). */
  blocks(): number[] {
    const blocks: number[] = [];
    for (let block = 0; block < this.#keys.length; block += 1)
      if (this.has(block)) blocks.push(block);
    return blocks;
  }

  /** The block of `group` that ends at `node`, or 0. */
  find(node: number, group: number): number {
    const key = node * this.#groups + group;
    return key < this.#first.length ? this.#first[key]! : 0;
  }

  insert(block: number, node: number, group: number): void {
    assert(this.#keys[block] === 0, "a block is cached twice");
    const key = node * this.#groups + group;
    this.#reach(key);
    this.#keys[block] = key;
    this.#chain.retain(node);
    const first = this.#first[key]!;
    const last = first === 0 ? block : this.#before[first]!;
    const after = first === 0 ? block : first;
    if (first === 0) {
      this.#first[key] = block;
      this.#entries += 1;
    }
    this.#link(last, block);
    this.#link(block, after);
  }

  /** Forgets what a cached block holds. */
  drop(block: number): void {
    const key = this.#keys[block]!;
    const next = this.#next[block]!;
    this.#keys[block] = 0;
    this.#link(this.#before[block]!, next);
    if (next === block) {
      this.#first[key] = 0;
      this.#entries -= 1;
    } else if (this.#first[key] === block) {
      this.#first[key] = next;
    }
    this.#chain.release((key / this.#groups) | 0);
  }

  #link(block: number, next: number): void {
    this.#next[block] = next;
    this.#before[next] = block;
  }

  #reach(key: number): void {
    if (key < this.#first.length) return;
    const grown = new Int32Array(2 * key);
    grown.set(this.#first);
    this.#first = grown;
  }
}
