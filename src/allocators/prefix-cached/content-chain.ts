import { assert } from "../../core/assert.ts";
import type { Tokens } from "../../request.ts";
import { type ContentHash, contentHash } from "./content-hash.ts";
import { HashTable } from "./hash-table.ts";
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
/** Children, cached blocks and requests that refer to it. */
const REFERENCES = 4;
/** One child, 0 for none: most beginnings are continued in one way only. */
const CHILD = 5;
/** Children beyond that one; only they are in the hash table. */
const BRANCHES = 6;
const HASH = 7;
const WIDTH = 8;

const NODES_AT_FIRST = 256;

/**
 * Names beginnings of requests by integers: two requests reach the same node exactly if they have said the same so far. A node is its
 * parent and one part of content; parts end where blocks end. (vLLM chains hashes of token ids and trusts them; here equality
 * is exact, and a hash only finds the way where beginnings part.) A node lives while something refers to it.
 */
export class ContentChain {
  readonly #hash: ContentHash;
  readonly #branches = new HashTable();
  #nodes = new Int32Array(NODES_AT_FIRST * WIDTH);
  #nodeCount = 1;
  /** Head of the list of ended nodes, linked by their parents; 0 when there is none. */
  #ended = 0;
  #size = 0;

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
      next = this.#child(next, content);
    }
    return next;
  }

  /** The same, making what does not exist. The last node must then be retained. */
  intern(node: number, content: RequestContent, tokens: Tokens): number {
    let next = node;
    for (let left = tokens; left > 0; left -= content.length) {
      content.read(left);
      const child = this.#child(next, content);
      next = child === NONE ? this.#create(next, content) : child;
    }
    return next;
  }

  retain(node: number): void {
    this.#nodes[node * WIDTH + REFERENCES]! += 1;
  }

  /** One reference less; a node without any ends, and with it what of its beginning nobody else refers to. */
  release(node: number): void {
    const nodes = this.#nodes;
    assert(nodes[node * WIDTH + REFERENCES]! > 0, "a content node is released twice");
    let last = node;
    while (last !== ROOT && --nodes[last * WIDTH + REFERENCES]! === 0) {
      const parent = nodes[last * WIDTH + PARENT]!;
      this.#end(last, parent);
      last = parent;
    }
  }

  #child(parent: number, part: RequestContent): number {
    const nodes = this.#nodes;
    const child = nodes[parent * WIDTH + CHILD]!;
    if (child !== 0 && this.#says(child, part)) return child;
    return nodes[parent * WIDTH + BRANCHES] === 0 ? NONE : this.#branch(parent, part);
  }

  #branch(parent: number, part: RequestContent): number {
    const hash = this.#hash(parent, part.contentId, part.offset, part.length);
    let slot = this.#branches.seek(hash, hash);
    while (slot >= 0) {
      const node = this.#branches.at(slot);
      if (this.#nodes[node * WIDTH + PARENT] === parent && this.#says(node, part)) return node;
      slot = this.#branches.seek(hash, slot + 1);
    }
    return NONE;
  }

  #says(node: number, part: RequestContent): boolean {
    const nodes = this.#nodes;
    const at = node * WIDTH;
    return (
      nodes[at + CONTENT] === part.contentId &&
      nodes[at + OFFSET] === part.offset &&
      nodes[at + LENGTH] === part.length
    );
  }

  #create(parent: number, part: RequestContent): number {
    const node = this.#newNode();
    const nodes = this.#nodes;
    const at = node * WIDTH;
    nodes[at + PARENT] = parent;
    nodes[at + CONTENT] = part.contentId;
    nodes[at + OFFSET] = part.offset;
    nodes[at + LENGTH] = part.length;
    nodes[at + REFERENCES] = 0;
    nodes[at + CHILD] = 0;
    nodes[at + BRANCHES] = 0;
    this.retain(parent);
    this.#size += 1;
    if (nodes[parent * WIDTH + CHILD] === 0) {
      nodes[parent * WIDTH + CHILD] = node;
    } else {
      this.#addBranch(node, parent, part);
    }
    return node;
  }

  #addBranch(node: number, parent: number, part: RequestContent): void {
    const hash = this.#hash(parent, part.contentId, part.offset, part.length);
    this.#nodes[node * WIDTH + HASH] = hash;
    this.#nodes[parent * WIDTH + BRANCHES]! += 1;
    this.#branches.add(hash, node);
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

  #end(node: number, parent: number): void {
    const nodes = this.#nodes;
    if (nodes[parent * WIDTH + CHILD] === node) {
      nodes[parent * WIDTH + CHILD] = 0;
    } else {
      nodes[parent * WIDTH + BRANCHES]! -= 1;
      this.#branches.remove(nodes[node * WIDTH + HASH]!, node);
    }
    nodes[node * WIDTH + PARENT] = this.#ended;
    this.#ended = node;
    this.#size -= 1;
  }
}
