import { assert } from "../../core/assert.ts";
import { BLOCK, type BlockFields, NULL_BLOCK } from "./block-fields.ts";
import { type ContentChain, RUN_NODES, runOf } from "./content-chain.ts";

const { BITS, OWNERS, KEY } = BLOCK;

/**
 * Which blocks hold the KV of which beginning, for each group of layers (vLLM V1, `BlockHashToBlockMap`). Equal blocks are all
 * kept; the one that was inserted first and is still there is found.
 */
export class BlockCache {
  private readonly chain: ContentChain;
  private readonly groups: number;
  private readonly fields: BlockFields;
  /** Equal blocks form a ring in order of insertion: the next one, 0 while no other is equal, and the way back. */
  private readonly equal: Int32Array;
  private readonly before: Int32Array;
  /** Blocks that have an equal. */
  #repeated = 0;
  /** Of each key: the first block of its ring; 0 for none. */
  #first: Int32Array;

  constructor(fields: BlockFields, groups: number, chain: ContentChain) {
    const blocks = fields.length >> BITS;
    this.chain = chain;
    this.groups = groups;
    this.fields = fields;
    this.equal = new Int32Array(blocks);
    this.before = new Int32Array(blocks);
    this.#first = new Int32Array((blocks + RUN_NODES) * groups);
  }

  /** Distinct contents that can be asked for, a content once for each group. O(pool). */
  get entries(): number {
    const isFirst = (block: number) =>
      this.#key(block) < 0 || this.#first[this.#key(block)] === block;
    return this.blocks().filter(isFirst).length;
  }

  has(block: number): boolean {
    return this.#key(block) !== 0;
  }

  /** All blocks that can be asked for, ascending. O(pool). */
  blocks(): number[] {
    return Array.from(this.equal.keys()).filter((block) => this.has(block));
  }

  /** Writes to `found` the block of `group` that ends at each of the first `count` nodes, or 0; ever `stride` nodes on. */
  findEach(
    nodes: Int32Array,
    stride: number,
    count: number,
    group: number,
    found: Int32Array,
  ): void {
    const first = this.#first;
    const groups = this.groups;
    for (let at = 0; at < count; at += 1) {
      const key = nodes[(at + 1) * stride - 1]! * groups + group;
      found[at] = key < first.length ? first[key]! : NULL_BLOCK;
    }
  }

  /** A block, which has one owner, ends at `node`. */
  insert(block: number, node: number, group: number): void {
    const key = node * this.groups + group;
    this.#reach(node);
    this.chain.retain(node, 1);
    this.#put(block, key);
  }

  /** The same for the blocks of a column from place `from` on to before `until`: they end at `node` and those behind it in its run. */
  insertRun(blocks: Int32Array, from: number, until: number, node: number, group: number): void {
    this.#reach(node);
    this.chain.retain(node, until - from);
    const fields = this.fields;
    const first = this.#first;
    const groups = this.groups;
    let key = node * groups + group;
    for (let at = from; at < until; at += 1) {
      const block = blocks[at]!;
      const record = block << BITS;
      if (first[key] === 0 && fields[record | KEY] === 0) {
        first[key] = block;
        fields[record | KEY] = key;
        fields[record | OWNERS] = 1;
      } else this.#put(block, key);
      key += groups;
    }
  }

  /** Only one request, by its key, can ask for a block, which has it alone. */
  insertOwn(block: number, ownKey: number): void {
    this.fields[(block << BITS) | KEY] = ownKey;
    this.fields[(block << BITS) | OWNERS] = 1;
  }

  /** Forgets what the blocks of a column hold, from place `from` on to before `until`. */
  dropEach(blocks: Int32Array, from: number, until: number): void {
    for (let at = from; at < until; ) {
      const key = this.#key(blocks[at]!);
      if (key > 0) at = this.#dropRun(blocks, at, until);
      else {
        if (key < 0) this.fields[(blocks[at]! << BITS) | KEY] = 0;
        at += 1;
      }
    }
  }

  /** The same for those in front that say parts of one run of content; returns the place behind the last. */
  #dropRun(blocks: Int32Array, from: number, until: number): number {
    const fields = this.fields;
    const first = this.#first;
    const node = this.#nodeOf(blocks[from]!);
    const lowest = runOf(node) * RUN_NODES * this.groups;
    const beyond = lowest + RUN_NODES * this.groups;
    const noneRepeated = this.#repeated === 0;
    let at = from;
    for (; at < until; at += 1) {
      const block = blocks[at]!;
      const key = fields[(block << BITS) | KEY]!;
      if (key < lowest || key >= beyond) break;
      fields[(block << BITS) | KEY] = 0;
      if (noneRepeated || this.equal[block] === 0) first[key] = 0;
      else this.#leave(block, key);
    }
    this.chain.release(node, at - from);
    return at;
  }

  #key(block: number): number {
    return this.fields[(block << BITS) | KEY]!;
  }

  #nodeOf(block: number): number {
    const key = this.#key(block);
    return this.groups === 1 ? key : (key / this.groups) | 0;
  }

  #put(block: number, key: number): void {
    const record = block << BITS;
    assert(this.fields[record | KEY] === 0, "a block is cached twice");
    this.fields[record | KEY] = key;
    this.fields[record | OWNERS] = 1;
    const first = this.#first[key]!;
    if (first === 0) this.#first[key] = block;
    else this.#join(block, first);
  }

  /** A block becomes the last of the ring that begins with `first`. */
  #join(block: number, first: number): void {
    const isRing = this.equal[first] !== 0;
    this.#repeated += isRing ? 1 : 2;
    this.#link(isRing ? this.before[first]! : first, block);
    this.#link(block, first);
  }

  #leave(block: number, key: number): void {
    const next = this.equal[block]!;
    const before = this.before[block]!;
    this.equal[block] = 0;
    this.#repeated -= next === before ? 2 : 1;
    if (next === before) this.equal[next] = 0;
    else this.#link(before, next);
    if (this.#first[key] === block) this.#first[key] = next;
  }

  #link(block: number, next: number): void {
    this.equal[block] = next;
    this.before[next] = block;
  }

  /** Makes room for all nodes of the run of a node. */
  #reach(node: number): void {
    const keys = (runOf(node) + 1) * RUN_NODES * this.groups;
    if (keys <= this.#first.length) return;
    const grown = new Int32Array(2 * keys);
    grown.set(this.#first);
    this.#first = grown;
  }
}
