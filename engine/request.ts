import { enlarged } from "./core/columns";
import { Account } from "./metrics/account";

/** Nobody in particular: a request of an open process. */
export const NO_USER: i32 = -1;

/** Numbers of a segment of content: its content, its offset in that, and its length. */
const SEGMENT: i32 = 3;

/**
 * A request inside the engine (src/request.ts, SequenceGroup): its sequences are admitted, preempted and resumed together, so all
 * unfinished ones have written and emitted the same number of tokens. One that has ended is used again for another.
 */
export class Group {
  id: i32 = 0;
  arrivalNs: f64 = 0;
  /** P ≥ 1. */
  promptTokens: i32 = 0;
  /** Lower runs first under priority order. */
  priority: i32 = 0;
  /** Beam search of width n. */
  isBeam: bool = false;
  user: i32 = NO_USER;
  /** What the prompt says, three numbers a segment (content, offset, length), and how many segments; 0: content that nobody shares. */
  content: StaticArray<i32> = new StaticArray<i32>(0);
  segments: i32 = 0;
  /** Where its first output begins, if that is known. */
  hasOutputContent: bool = false;
  outputContentId: i32 = 0;
  outputContentOffset: i32 = 0;
  /** n of the request. */
  width: i32 = 1;
  /** Unfinished sequences: the first so many of {@link sequences} and {@link outputs}, in index order. */
  live: i32 = 1;
  sequences: StaticArray<i32> = new StaticArray<i32>(1);
  outputs: StaticArray<i32> = new StaticArray<i32>(1);
  /** Output tokens of the unfinished sequences that end first and last; of the last one when all have ended. */
  shortestOutput: i32 = 0;
  longestOutput: i32 = 0;
  /** Tokens each unfinished sequence has emitted. */
  generated: i32 = 0;
  /** Whether the sequences beyond the first exist (always true for n = 1). */
  forked: bool = true;
  /** Whether its sequences have names. */
  isNamed: bool = false;
  /** How often it lost its place. */
  preemptions: i32 = 0;
  /** Tokens each sequence may have written before the allocator must be asked, as of the last admission. */
  roomTokens: i32 = 0;
  /** While it runs: c of its sequences less the running set's tick. */
  writtenBase: i32 = 0;
  /** While it runs: its row in the running set; −1 otherwise. */
  row: i32 = -1;
  /** What metrics know of it, from its first admission to its end. */
  account: Account | null = null;

  /** A plain request of one sequence comes. */
  begin(id: i32, arrivalNs: f64, promptTokens: i32, outputTokens: i32): void {
    this.id = id;
    this.arrivalNs = arrivalNs;
    this.promptTokens = promptTokens;
    this.priority = 0;
    this.isBeam = false;
    this.user = NO_USER;
    this.segments = 0;
    this.hasOutputContent = false;
    this.width = 1;
    this.live = 1;
    this.outputs[0] = outputTokens;
    this.shortestOutput = outputTokens;
    this.longestOutput = outputTokens;
    this.generated = 0;
    this.forked = true;
    this.isNamed = false;
    this.preemptions = 0;
    this.roomTokens = 0;
    this.row = -1;
    this.account = null;
  }

  /** It comes to have another sequence, of so many tokens. */
  addOutput(outputTokens: i32): void {
    const at = this.width;
    if (at === this.outputs.length) {
      this.outputs = enlarged(this.outputs, 2 * at);
      this.sequences = enlarged(this.sequences, 2 * at);
    }
    this.outputs[at] = outputTokens;
    this.width = at + 1;
    this.live = at + 1;
    this.forked = false;
    this.shortestOutput = min(this.shortestOutput, outputTokens);
    this.longestOutput = max(this.longestOutput, outputTokens);
  }

  /** Its prompt goes on with `length` tokens of a content, from `offset` on. */
  addSegment(contentId: i32, offset: i32, length: i32): void {
    const at = SEGMENT * this.segments;
    if (at === this.content.length) this.content = enlarged(this.content, 2 * at + SEGMENT);
    this.content[at] = contentId;
    this.content[at + 1] = offset;
    this.content[at + 2] = length;
    this.segments += 1;
  }

  /** Sequences it may come to run at a time: n for a beam search, which drops and forks all the time, else the unfinished ones. */
  @inline
  get seats(): i32 {
    return this.isBeam ? this.width : this.live;
  }

  /** Tokens each unfinished sequence knows: its prompt and what it has emitted. */
  @inline
  get knownTokens(): i32 {
    return this.promptTokens + this.generated;
  }

  /** The sequence at `index` has ended, and those behind it move up. */
  endSequence(index: i32): void {
    const last = this.live - 1;
    for (let at = index; at < last; at += 1) {
      this.sequences[at] = this.sequences[at + 1];
      this.outputs[at] = this.outputs[at + 1];
    }
    this.live = last;
    if (last > 0) this.findExtremes();
  }

  /** Its unfinished sequences are to emit other numbers of tokens. */
  findExtremes(): void {
    let shortest = this.outputs[0];
    let longest = shortest;
    for (let index = 1; index < this.live; index += 1) {
      shortest = min(shortest, this.outputs[index]);
      longest = max(longest, this.outputs[index]);
    }
    this.shortestOutput = shortest;
    this.longestOutput = longest;
  }

  /** f of the sequence at `index`: the KV of the last output token is never written (docs/model.md). */
  @inline
  finalTokens(index: i32): i32 {
    return this.promptTokens + this.outputs[index] - 1;
  }

  /** The same of its longest sequence. */
  @inline
  get longestFinalTokens(): i32 {
    return this.promptTokens + this.longestOutput - 1;
  }
}
