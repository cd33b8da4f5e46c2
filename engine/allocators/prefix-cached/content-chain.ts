import { enlarged } from "../../core/columns";
import { contentHash } from "./content-hash";
import { HashTable } from "./hash-table";
import { RequestContent } from "./request-content";

/** The empty beginning, parent of every first part. */
export const ROOT: i32 = 0;
/** No such node. */
export const NONE: i32 = -1;

/** Nodes of a run: node n is the (n mod 32)-th of run ⌊n / 32⌋. */
const RUN_BITS: i32 = 5;
const IN_RUN: i32 = (1 << RUN_BITS) - 1;
/** Nodes that a run has room for; they are numbered one after the other. */
export const RUN_NODES: i32 = 1 << RUN_BITS;

/** The run of a node. */
export function runOf(node: i32): i32 {
  return node >> RUN_BITS;
}

/** Fields of a run. */
const PARENT: i32 = 0;
/** Its nodes so far each say `LENGTH` tokens of the content, the first of them from the offset on, each next one where the last ended. */
const CONTENT: i32 = 1;
const OFFSET: i32 = 2;
const LENGTH: i32 = 3;
const NODES: i32 = 4;
/** Runs that go on from it, and cached blocks and requests that refer to its nodes. */
const REFERENCES: i32 = 5;
/** One run that goes on from it, 0 for none: most beginnings are continued in one way only. */
const CHILD: i32 = 6;
/** Runs that go on from it beyond that one; only they are in the hash table. */
const BRANCHES: i32 = 7;
const WIDTH: i32 = 8;

const RUNS_AT_FIRST: i32 = 64;

/**
 * Names beginnings of requests by integers: two requests reach the same node exactly if they have said the same so far. A node is its
 * parent and one part of content; parts end where blocks end. (vLLM chains hashes of token ids and trusts them; here equality
 * is exact, and a hash only finds the way where beginnings part.) Nodes that say one content on and on make a run, which is written down
 * once, and lives while something refers to one of its nodes.
 */
@final
export class ContentChain {
  private readonly branches: HashTable = new HashTable();
  private runs: StaticArray<i32> = new StaticArray<i32>(RUNS_AT_FIRST * WIDTH);
  private runCount: i32 = 1;
  /** Head of the list of ended runs, linked by their parents; 0 when there is none. */
  private ended: i32 = 0;
  /** Living runs, the root not counted. */
  size: i32 = 0;

  /** Where the next `tokens` tokens of `content` lead from `node`, or {@link NONE} if nobody who is remembered has been there. */
  find(node: i32, content: RequestContent, tokens: i32): i32 {
    let next = node;
    for (let left = tokens; left > 0 && next !== NONE; left -= content.length) {
      content.read(left);
      next = this.child(next, content.contentId, content.offset, content.length);
    }
    return next;
  }

  /** The same, making what does not exist. The last node must then be retained. */
  intern(node: i32, content: RequestContent, tokens: i32): i32 {
    let next = node;
    for (let left = tokens; left > 0; left -= content.length) {
      content.read(left);
      next = this.go(next, content.contentId, content.offset, content.length);
    }
    return next;
  }

  /** Where `length` tokens of a content lead from `node`, from its token `offset` on; made if need be, and then to be retained. */
  go(node: i32, contentId: i32, offset: i32, length: i32): i32 {
    const runs = this.runs;
    const at = (node >> RUN_BITS) * WIDTH;
    const place = (node & IN_RUN) + 1;
    if (place <= IN_RUN && this.says(at, place, contentId, offset, length)) {
      if (place === runs[at + NODES]) runs[at + NODES] = place + 1;
      return node + 1;
    }
    const child = this.branchOff(node, contentId, offset, length);
    return child === NONE ? this.create(node, contentId, offset, length) : child;
  }

  /** How many of at most `limit` nodes behind a node say the same content on, so far. */
  @inline
  follow(node: i32, limit: i32): i32 {
    return min(limit, this.runs[(node >> RUN_BITS) * WIDTH + NODES] - 1 - (node & IN_RUN));
  }

  /** The same content goes on behind a node for at most `limit` nodes; returns how many the run has room for. */
  extend(node: i32, limit: i32): i32 {
    const place = node & IN_RUN;
    const added = min(limit, IN_RUN - place);
    const at = (node >> RUN_BITS) * WIDTH + NODES;
    const runs = this.runs;
    if (place + added >= runs[at]) runs[at] = place + added + 1;
    return added;
  }

  /** So many references more to nodes of the run of `node`. */
  @inline
  retain(node: i32, references: i32): void {
    this.runs[(node >> RUN_BITS) * WIDTH + REFERENCES] += references;
  }

  /** So many references less; a run without any ends, and with it what of its beginning nobody else refers to. */
  release(node: i32, references: i32): void {
    const runs = this.runs;
    let run = node >> RUN_BITS;
    let less = references;
    for (;;) {
      const left = runs[run * WIDTH + REFERENCES] - less;
      assert(left >= 0, "a content node is released twice");
      runs[run * WIDTH + REFERENCES] = left;
      if (left > 0) return;
      run = this.end(run);
      less = 1;
      // The root has no end.
      if (run === ROOT) return;
    }
  }

  /** Somebody who referred to one node refers to another from now on. */
  move(from: i32, to: i32): void {
    if (from >> RUN_BITS === to >> RUN_BITS) return;
    if (to !== ROOT) this.retain(to, 1);
    if (from !== ROOT) this.release(from, 1);
  }

  /** Where `length` tokens of one content, from its token `offset` on, lead from `node`; NONE if nobody has gone there. */
  child(node: i32, contentId: i32, offset: i32, length: i32): i32 {
    const at = (node >> RUN_BITS) * WIDTH;
    const place = (node & IN_RUN) + 1;
    if (place < this.runs[at + NODES] && this.says(at, place, contentId, offset, length))
      return node + 1;
    return this.branchOff(node, contentId, offset, length);
  }

  /** The first node of the run that goes on so from `node`. */
  private branchOff(node: i32, contentId: i32, offset: i32, length: i32): i32 {
    const runs = this.runs;
    const at = (node >> RUN_BITS) * WIDTH;
    const child = runs[at + CHILD];
    const childAt = child * WIDTH;
    if (child !== 0 && runs[childAt + PARENT] === node)
      if (this.says(childAt, 0, contentId, offset, length)) return child << RUN_BITS;
    return runs[at + BRANCHES] === 0 ? NONE : this.branch(node, contentId, offset, length);
  }

  private branch(parent: i32, contentId: i32, offset: i32, length: i32): i32 {
    const hash = contentHash(parent, contentId, offset, length);
    const branches = this.branches;
    let slot = branches.seek(hash, hash);
    while (slot >= 0) {
      const run = branches.at(slot);
      const at = run * WIDTH;
      if (this.runs[at + PARENT] === parent && this.says(at, 0, contentId, offset, length))
        return run << RUN_BITS;
      slot = branches.seek(hash, slot + 1);
    }
    return NONE;
  }

  /** Whether the node at `place` of a run says, or would say, this. */
  @inline
  private says(at: i32, place: i32, contentId: i32, offset: i32, length: i32): bool {
    const runs = this.runs;
    return (
      runs[at + CONTENT] === contentId &&
      runs[at + LENGTH] === length &&
      runs[at + OFFSET] + place * length === offset
    );
  }

  private create(parent: i32, contentId: i32, offset: i32, length: i32): i32 {
    const at = (parent >> RUN_BITS) * WIDTH;
    const run = this.newRun(parent, contentId, offset, length);
    this.retain(parent, 1);
    this.size += 1;
    const runs = this.runs;
    if (runs[at + CHILD] === 0) runs[at + CHILD] = run;
    else {
      runs[at + BRANCHES] += 1;
      this.branches.add(contentHash(parent, contentId, offset, length), run);
    }
    return run << RUN_BITS;
  }

  private newRun(parent: i32, contentId: i32, offset: i32, length: i32): i32 {
    const run = this.freeRun();
    const runs = this.runs;
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

  private freeRun(): i32 {
    if (this.ended !== 0) {
      const run = this.ended;
      this.ended = this.runs[run * WIDTH + PARENT];
      return run;
    }
    if (this.runCount * WIDTH === this.runs.length)
      this.runs = enlarged(this.runs, 2 * this.runs.length);
    this.runCount += 1;
    return this.runCount - 1;
  }

  /** Returns the run that it went on from, which has a reference less to come. */
  private end(run: i32): i32 {
    const runs = this.runs;
    const at = run * WIDTH;
    const parent = runs[at + PARENT];
    const parentAt = (parent >> RUN_BITS) * WIDTH;
    if (runs[parentAt + CHILD] === run) runs[parentAt + CHILD] = 0;
    else {
      runs[parentAt + BRANCHES] -= 1;
      const hash = contentHash(parent, runs[at + CONTENT], runs[at + OFFSET], runs[at + LENGTH]);
      this.branches.remove(hash, run);
    }
    runs[at + PARENT] = this.ended;
    this.ended = run;
    this.size -= 1;
    return parent >> RUN_BITS;
  }
}
