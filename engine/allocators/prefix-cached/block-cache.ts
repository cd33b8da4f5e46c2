import { enlarged } from "../../core/columns";
import { BLOCK_BITS, BlockFields, KEY, NULL_BLOCK, OWNERS } from "./block-fields";
import { ContentChain, RUN_NODES, runOf } from "./content-chain";

/**
 * Which blocks hold the KV of which beginning, for each group of layers (vLLM V1, `BlockHashToBlockMap`). Equal blocks are all
 * kept; the one that was inserted first and is still there is found.
 */
@final
export class BlockCache {
  private readonly chain: ContentChain;
  private readonly groups: i32;
  private readonly fields: BlockFields;
  /** Equal blocks form a ring in order of insertion: the next one, 0 while no other is equal, and the way back. */
  private readonly equal: StaticArray<i32>;
  private readonly before: StaticArray<i32>;
  /** Blocks that have an equal. */
  private repeated: i32 = 0;
  /** Of each key: the first block of its ring; 0 for none. */
  private first: StaticArray<i32>;

  constructor(fields: BlockFields, groups: i32, chain: ContentChain) {
    const blocks = fields.length >> BLOCK_BITS;
    this.chain = chain;
    this.groups = groups;
    this.fields = fields;
    this.equal = new StaticArray<i32>(blocks);
    this.before = new StaticArray<i32>(blocks);
    this.first = new StaticArray<i32>((blocks + RUN_NODES) * groups);
  }

  /** Distinct contents that can be asked for, a content once for each group. O(pool). */
  get entries(): i32 {
    let entries = 0;
    for (let block = 0; block < this.equal.length; block += 1) {
      const key = this.key(block);
      if (key < 0 || (key > 0 && this.first[key] === block)) entries += 1;
    }
    return entries;
  }

  /** Whether a block can be asked for. */
  @inline
  has(block: i32): bool {
    return this.key(block) !== 0;
  }

  /** Writes to `found` the block of `group` that ends at each of the first `count` nodes, or 0; ever `stride` nodes on. */
  findEach(
    nodes: StaticArray<i32>,
    stride: i32,
    count: i32,
    group: i32,
    found: StaticArray<i32>,
  ): void {
    const first = this.first;
    const length = first.length;
    const groups = this.groups;
    for (let at = 0; at < count; at += 1) {
      const key = nodes[(at + 1) * stride - 1] * groups + group;
      found[at] = key < length ? first[key] : NULL_BLOCK;
    }
  }

  /** A block, which has one owner, ends at `node`. */
  insert(block: i32, node: i32, group: i32): void {
    const key = node * this.groups + group;
    this.reach(node);
    this.chain.retain(node, 1);
    this.put(block, key);
  }

  /** The same for the blocks of a column from place `from` on to before `until`: they end at `node` and those behind it in its run. */
  insertRun(blocks: StaticArray<i32>, from: i32, until: i32, node: i32, group: i32): void {
    this.reach(node);
    this.chain.retain(node, until - from);
    const fields = this.fields;
    const first = this.first;
    const groups = this.groups;
    let key = node * groups + group;
    for (let at = from; at < until; at += 1) {
      const block = blocks[at];
      const record = block << BLOCK_BITS;
      if (first[key] === 0 && fields[record | KEY] === 0) {
        first[key] = block;
        fields[record | KEY] = key;
        fields[record | OWNERS] = 1;
      } else this.put(block, key);
      key += groups;
    }
  }

  /** Only one request, by its key, can ask for a block, which has it alone. */
  insertOwn(block: i32, ownKey: i32): void {
    this.fields[(block << BLOCK_BITS) | KEY] = ownKey;
    this.fields[(block << BLOCK_BITS) | OWNERS] = 1;
  }

  /** Forgets what the blocks of a column hold, from place `from` on to before `until`. */
  dropEach(blocks: StaticArray<i32>, from: i32, until: i32): void {
    for (let at = from; at < until; ) {
      const key = this.key(blocks[at]);
      if (key > 0) at = this.dropRun(blocks, at, until);
      else {
        if (key < 0) this.fields[(blocks[at] << BLOCK_BITS) | KEY] = 0;
        at += 1;
      }
    }
  }

  /** The same for those in front that say parts of one run of content; returns the place behind the last. */
  private dropRun(blocks: StaticArray<i32>, from: i32, until: i32): i32 {
    const fields = this.fields;
    const first = this.first;
    const equal = this.equal;
    const node = this.nodeOf(blocks[from]);
    const lowest = runOf(node) * RUN_NODES * this.groups;
    const beyond = lowest + RUN_NODES * this.groups;
    const noneRepeated = this.repeated === 0;
    let at = from;
    for (; at < until; at += 1) {
      const block = blocks[at];
      const key = fields[(block << BLOCK_BITS) | KEY];
      if (key < lowest || key >= beyond) break;
      fields[(block << BLOCK_BITS) | KEY] = 0;
      if (noneRepeated || equal[block] === 0) first[key] = 0;
      else this.leave(block, key);
    }
    this.chain.release(node, at - from);
    return at;
  }

  @inline
  private key(block: i32): i32 {
    return this.fields[(block << BLOCK_BITS) | KEY];
  }

  @inline
  private nodeOf(block: i32): i32 {
    const key = this.key(block);
    return this.groups === 1 ? key : key / this.groups;
  }

  private put(block: i32, key: i32): void {
    const record = block << BLOCK_BITS;
    assert(this.fields[record | KEY] === 0, "a block is cached twice");
    this.fields[record | KEY] = key;
    this.fields[record | OWNERS] = 1;
    const first = this.first[key];
    if (first === 0) this.first[key] = block;
    else this.join(block, first);
  }

  /** A block becomes the last of the ring that begins with `first`. */
  private join(block: i32, first: i32): void {
    const isRing = this.equal[first] !== 0;
    this.repeated += isRing ? 1 : 2;
    this.link(isRing ? this.before[first] : first, block);
    this.link(block, first);
  }

  private leave(block: i32, key: i32): void {
    const next = this.equal[block];
    const before = this.before[block];
    this.equal[block] = 0;
    this.repeated -= next === before ? 2 : 1;
    if (next === before) this.equal[next] = 0;
    else this.link(before, next);
    if (this.first[key] === block) this.first[key] = next;
  }

  @inline
  private link(block: i32, next: i32): void {
    this.equal[block] = next;
    this.before[next] = block;
  }

  /** Makes room for all nodes of the run of a node. */
  @inline
  private reach(node: i32): void {
    const keys = (runOf(node) + 1) * RUN_NODES * this.groups;
    if (keys > this.first.length) this.first = enlarged(this.first, 2 * keys);
  }
}
