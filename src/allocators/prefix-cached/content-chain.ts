import { assert } from "../../core/assert.ts";
import type { Tokens } from "../../request.ts";
import { type ContentHash, contentHash } from "./content-hash.ts";
import type { RequestContent } from "./request-content.ts";

/** The empty beginning, parent of every first part. */
export const ROOT = 0;
/** No such node. */
export const NONE = -1;

/** Fields of a node. */
const PARENT = 0;
const CONTENT = 1;
const OFFSET = 2;
const LENGTH = 3;
const HASH = 4;
const REFERENCES = 5;
const WIDTH = 6;

const NODES_AT_FIRST = 256;

/**
 * Names beginnings of requests by integers: two requests reach the same node exactly if they have said the same so far. A node is its
 * parent and one part of content; parts end where blocks end. (vLLM chains hashes of token ids and trusts them; here equality is exact.)
 * A node lives while a child, a cached block or a request refers to it.
 */
export class ContentChain {
  readonly #hash: ContentHash;
  #nodes = new Int32Array(NODES_AT_FIRST * WIDTH);
  #nodeCount = 1;
  /** Head of the list of ended nodes, linked by their parents; 0 when there is none. */
  #ended = 0;
  #size = 0;
  /** Open addressing with linear probing, at most half full: hash and node of each slot; node 0 marks an empty one. */
  #slots = new Int32Array(4 * NODES_AT_FIRST);
  #mask = 2 * NODES_AT_FIRST - 1;

  constructor(hash: ContentHash = contentHash) {
    this.#hash = hash;
  }

  /** Living nodes, the root not counted. */
  get size(): number {
    return this.#size;
  }

  /** Where the next `tokens` tokens of `content` lead from `node`, or {@link NONE} if nobody has been there. */
  find(node: number, content: RequestContent, tokens: Tokens): number {
    let next = node;
    for (let left = tokens; left > 0 && next !== NONE; left -= content.length) {
      content.read(left);
      const { contentId, offset, length } = content;
      const hash = this.#hash(next, contentId, offset, length);
      next = this.#child(hash, next, contentId, offset, length);
    }
    return next;
  }

  /** The same, making what does not exist. The last node must then be retained. */
  intern(node: number, content: RequestContent, tokens: Tokens): number {
    let next = node;
    for (let left = tokens; left > 0; left -= content.length) {
      content.read(left);
      const { contentId, offset, length } = content;
      const hash = this.#hash(next, contentId, offset, length);
      const child = this.#child(hash, next, contentId, offset, length);
      next = child === NONE ? this.#create(hash, next, contentId, offset, length) : child;
    }
    return next;
  }

  retain(node: number): void {
    this.#nodes[node * WIDTH + REFERENCES]! += 1;
  }

  /** One reference less; a node without any ends, and with it what of its beginning nobody else refers to. */
  release(node: number): void {
    const nodes = this.#nodes;
    let at = node * WIDTH;
    assert(nodes[at + REFERENCES]! > 0, "a content node is released twice");
    while (at !== ROOT && --nodes[at + REFERENCES]! === 0) {
      const parent = nodes[at + PARENT]!;
      this.#end(at / WIDTH);
      at = parent * WIDTH;
    }
  }

  #child(hash: number, parent: number, contentId: number, offset: Tokens, length: Tokens): number {
    const slots = this.#slots;
    const nodes = this.#nodes;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const node = slots[2 * slot + 1]!;
      if (node === 0) return NONE;
      if (slots[2 * slot] !== hash) continue;
      const at = node * WIDTH;
      if (nodes[at + PARENT] !== parent || nodes[at + CONTENT] !== contentId) continue;
      if (nodes[at + OFFSET] === offset && nodes[at + LENGTH] === length) return node;
    }
  }

  #create(hash: number, parent: number, contentId: number, offset: Tokens, length: Tokens): number {
    const node = this.#newNode();
    const nodes = this.#nodes;
    const at = node * WIDTH;
    nodes[at + PARENT] = parent;
    nodes[at + CONTENT] = contentId;
    nodes[at + OFFSET] = offset;
    nodes[at + LENGTH] = length;
    nodes[at + HASH] = hash;
    nodes[at + REFERENCES] = 0;
    this.retain(parent);
    this.#size += 1;
    if (4 * this.#size > this.#slots.length) this.#growSlots();
    this.#place(hash, node);
    return node;
  }

  #newNode(): number {
    if (this.#ended !== 0) {
      const node = this.#ended;
      this.#ended = this.#nodes[node * WIDTH + PARENT]!;
      return node;
    }
    if (this.#nodeCount * WIDTH === this.#nodes.length) {
      const grown = new Int32Array(2 * this.#nodes.length);
      grown.set(this.#nodes);
      this.#nodes = grown;
    }
    this.#nodeCount += 1;
    return this.#nodeCount - 1;
  }

  #end(node: number): void {
    const at = node * WIDTH;
    const slots = this.#slots;
    let slot = this.#nodes[at + HASH]! & this.#mask;
    while (slots[2 * slot + 1] !== node) slot = (slot + 1) & this.#mask;
    this.#vacate(slot);
    this.#nodes[at + PARENT] = this.#ended;
    this.#ended = node;
    this.#size -= 1;
  }

  /** Empties a slot and moves up what was displaced past it, so that no probe stops too early. */
  #vacate(slot: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = slot;
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const displacement = (next - slots[2 * next]!) & mask;
      if (displacement < ((next - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * next]!;
      slots[2 * hole + 1] = slots[2 * next + 1]!;
      hole = next;
    }
    slots[2 * hole + 1] = 0;
  }

  #place(hash: number, node: number): void {
    const slots = this.#slots;
    let slot = hash & this.#mask;
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = node;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    this.#mask = this.#slots.length / 2 - 1;
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) this.#place(old[slot]!, old[slot + 1]!);
    }
  }
}
