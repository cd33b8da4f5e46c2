import { assert } from "../../core/assert.ts";
import type { Tokens } from "../../request.ts";
import { type ContentHash, contentHash } from "./content-hash.ts";
import { HashTable } from "./hash-table.ts";
import type { RequestContent } from "./request-content.ts";

/** The empty beginning, parent of every first part. */
export const ROOT = 0;
/** No such node. */
export const NONE = -1;

/** Nodes of a run: node n is the (n mod 32)-th of run ⌊n / 32⌋. */
const RUN_BITS = 5;
const IN_RUN = (1 << RUN_BITS) - 1;
/** Nodes that a run has room for; they are numbered one after the other. */
export const RUN_NODES = 1 << RUN_BITS;

/** The run of a node. */
export function runOf(node: number): number {
  return node >> RUN_BITS;
}

/** Fields of a run. */
const PARENT = 0;
/** Its nodes so far each say `LENGTH` tokens of the content, the first of them from the offset on, each next one where the last ended. */
const CONTENT = 1;
const OFFSET = 2;
const LENGTH = 3;
const NODES = 4;
/** Runs that go on from it, and cached blocks and requests that refer to its nodes. */
const REFERENCES = 5;
/** One run that goes on from it, 0 for none: most beginnings are continued in one way only. */
const CHILD = 6;
/** Runs that go on from it beyond that one; only they are in the hash table. */
const BRANCHES = 7;
const WIDTH = 8;

const RUNS_AT_FIRST = 64;

/**
 * Names beginnings of requests by integers: two requests reach the same node exactly if they have said the same so far. A node is its
 * parent and one part of content; parts end where blocks end. (vLLM chains hashes of token ids and trusts them; here equality
 * is exact, and a hash only finds the way where beginnings part.) Nodes that say one content on and on make a run, which is written down
 * once, and lives while something refers to one of its nodes.
 */
export class ContentChain {
  private readonly hash: ContentHash;
  readonly #branches = new HashTable();
  #runs = new Int32Array(RUNS_AT_FIRST * WIDTH);
  #runCount = 1;
  /** Head of the list of ended runs, linked by their parents; 0 when there is none. */
  #ended = 0;
  #size = 0;

  constructor(hash: ContentHash = contentHash) {
    this.hash = hash;
  }

  /** Living runs, the root not counted. */
  get size(): number {
    return this.#size;
  }

  /** Where the next `tokens` tokens of `content` lead from `node`, or {@link NONE} if nobody who is remembered has been there. */
  find(node: number, content: RequestContent, tokens: Tokens): number {
    let next = node;
    for (let left = tokens; left > 0 && next !== NONE; left -= content.length) {
      content.read(left);
      next = this.child(next, content.contentId, content.offset, content.length);
    }
    return next;
  }

  /** The same, making what does not exist. The last node must then be retained. */
  intern(node: number, content: RequestContent, tokens: Tokens): number {
    let next = node;
    for (let left = tokens; left > 0; left -= content.length) {
      content.read(left);
      next = this.go(next, content.contentId, content.offset, content.length);
    }
    return next;
  }

  /** Where `length` tokens of a content lead from `node`, from its token `offset` on; made if need be, and then to be retained. */
  go(node: number, contentId: number, offset: Tokens, length: Tokens): number {
    const runs = this.#runs;
    const at = (node >> RUN_BITS) * WIDTH;
    const place = (node & IN_RUN) + 1;
    if (place <= IN_RUN && this.#says(at, place, contentId, offset, length)) {
      if (place === runs[at + NODES]) runs[at + NODES] = place + 1;
      return node + 1;
    }
    const child = this.#branchOff(node, contentId, offset, length);
    return child === NONE ? this.#create(node, contentId, offset, length) : child;
  }

  /** How many of at most `limit` nodes behind a node say the same content on, so far. */
  follow(node: number, limit: number): number {
    const behind = this.#runs[(node >> RUN_BITS) * WIDTH + NODES]! - 1 - (node & IN_RUN);
    return limit < behind ? limit : behind;
  }

  /** The same content goes on behind a node for at most `limit` nodes; returns how many the run has room for. */
  extend(node: number, limit: number): number {
    const place = node & IN_RUN;
    const added = limit < IN_RUN - place ? limit : IN_RUN - place;
    const at = (node >> RUN_BITS) * WIDTH + NODES;
    if (place + added >= this.#runs[at]!) this.#runs[at] = place + added + 1;
    return added;
  }

  /** So many references more to nodes of the run of `node`. */
  retain(node: number, references: number): void {
    this.#runs[(node >> RUN_BITS) * WIDTH + REFERENCES]! += references;
  }

  /** So many references less; a run without any ends, and with it what of its beginning nobody else refers to. */
  release(node: number, references: number): void {
    const runs = this.#runs;
    let run = node >> RUN_BITS;
    let less = references;
    for (;;) {
      const left = runs[run * WIDTH + REFERENCES]! - less;
      assert(left >= 0, "a content node is released twice");
      runs[run * WIDTH + REFERENCES] = left;
      if (left > 0) return;
      run = this.#end(run);
      less = 1;
      // The root has no end.
      if (run === ROOT) return;
    }
  }

  /** Somebody who referred to one node refers to another from now on. */
  move(from: number, to: number): void {
    if (from >> RUN_BITS === to >> RUN_BITS) return;
    if (to !== ROOT) this.retain(to, 1);
    if (from !== ROOT) this.release(from, 1);
  }

  /** Where `length` tokens of one content, from its token `offset` on, lead from `node`; NONE if nobody has gone there. */
  child(node: number, contentId: number, offset: Tokens, length: Tokens): number {
    const at = (node >> RUN_BITS) * WIDTH;
    const place = (node & IN_RUN) + 1;
    if (place < this.#runs[at + NODES]! && this.#says(at, place, contentId, offset, length))
      return node + 1;
    return this.#branchOff(node, contentId, offset, length);
  }

  /** The first node of the run that goes on so from `node`. */
  #branchOff(node: number, contentId: number, offset: Tokens, length: Tokens): number {
    const runs = this.#runs;
    const at = (node >> RUN_BITS) * WIDTH;
    const child = runs[at + CHILD]!;
    const childAt = child * WIDTH;
    if (child !== 0 && runs[childAt + PARENT] === node)
      if (this.#says(childAt, 0, contentId, offset, length)) return child << RUN_BITS;
    return runs[at + BRANCHES] === 0 ? NONE : this.#branch(node, contentId, offset, length);
  }

  #branch(parent: number, contentId: number, offset: Tokens, length: Tokens): number {
    const hash = this.hash(parent, contentId, offset, length);
    let slot = this.#branches.seek(hash, hash);
    while (slot >= 0) {
      const at = this.#branches.at(slot) * WIDTH;
      if (this.#runs[at + PARENT] === parent && this.#says(at, 0, contentId, offset, length))
        return this.#branches.at(slot) << RUN_BITS;
      slot = this.#branches.seek(hash, slot + 1);
    }
    return NONE;
  }

  /** Whether the node at `place` of a run says, or would say, this. */
  #says(at: number, place: number, contentId: number, offset: Tokens, length: Tokens): boolean {
    const runs = this.#runs;
    return (
      runs[at + CONTENT] === contentId &&
      runs[at + LENGTH] === length &&
      runs[at + OFFSET]! + place * length === offset
    );
  }

  #create(parent: number, contentId: number, offset: Tokens, length: Tokens): number {
    const at = (parent >> RUN_BITS) * WIDTH;
    const run = this.#newRun(parent, contentId, offset, length);
    this.retain(parent, 1);
    this.#size += 1;
    const runs = this.#runs;
    if (runs[at + CHILD] === 0) runs[at + CHILD] = run;
    else {
      runs[at + BRANCHES]! += 1;
      this.#branches.add(this.hash(parent, contentId, offset, length), run);
    }
    return run << RUN_BITS;
  }

  #newRun(parent: number, contentId: number, offset: Tokens, length: Tokens): number {
    const run = this.#freeRun();
    const runs = this.#runs;
    const at = run * WIDTH;
    runs[at + PARENT] = parent;
    runs[at + CONTENT] = contentId;
    runs[at + OFFSET] = offset;
    runs[at + LENGTH] = length;
    runs[at + NODES] = 1;
    runs[at + REFERENCES] = 0;
    runs[at + CHILD] = 0;
    runs[at + BRANCHES] = 0;
    return run;
  }

  #freeRun(): number {
    if (this.#ended !== 0) {
      const run = this.#ended;
      this.#ended = this.#runs[run * WIDTH + PARENT]!;
      return run;
    }
    if (this.#runCount * WIDTH === this.#runs.length) {
      const grown = new Int32Array(2 * this.#runs.length);
      grown.set(this.#runs);
      this.#runs = grown;
    }
    this.#runCount += 1;
    return this.#runCount - 1;
  }

  /** Returns the run that it went on from, which has a reference less to come. */
  #end(run: number): number {
    const runs = this.#runs;
    const at = run * WIDTH;
    const parent = runs[at + PARENT]!;
    const parentAt = (parent >> RUN_BITS) * WIDTH;
    if (runs[parentAt + CHILD] === run) runs[parentAt + CHILD] = 0;
    else {
      runs[parentAt + BRANCHES]! -= 1;
      const hash = this.hash(parent, runs[at + CONTENT]!, runs[at + OFFSET]!, runs[at + LENGTH]!);
      this.#branches.remove(hash, run);
    }
    runs[at + PARENT] = this.#ended;
    this.#ended = run;
    this.#size -= 1;
    return parent >> RUN_BITS;
  }
}
