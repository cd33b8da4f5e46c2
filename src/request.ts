import { DOUBLE } from "./core/double.ts";
import type { Nanoseconds } from "./core/time.ts";

/** A number of tokens, ≥ 0. */
export type Tokens = number;

/** A number of KV slots, ≥ 0; one slot holds the KV of one token in all layers. */
export type Slots = number;

/** Names a live sequence inside one run; small, and used again after the sequence has ended. */
export type SequenceId = number;

/**
 * Part of a prompt: `length` ≥ 1 tokens of the content `contentId`, from its token `offset` on. Equal parts are equal text.
 * Workloads name contents by 32-bit integers ≥ 0; negative ones stand for content that no other request shares.
 */
export interface Segment {
  readonly contentId: number;
  readonly offset: Tokens;
  readonly length: Tokens;
}

/** Where an output begins: in the content `contentId`, at its token `offset`. */
export type ContentStart = Pick<Segment, "contentId" | "offset">;

/** One request as it arrives. */
export interface Request {
  /** 0, 1, 2 … in order of arrival. */
  readonly id: number;
  readonly arrivalNs: Nanoseconds;
  /** P ≥ 1. */
  readonly promptTokens: Tokens;
  /** O ≥ 1 of each sequence; more than one entry is parallel sampling. Policies must not read it. */
  readonly outputTokens: readonly Tokens[];
  /** Lower runs first under priority order. */
  readonly priority: number;
  /** What the prompt says, where the workload knows; null is content that no other request shares. */
  readonly content: readonly Segment[] | null;
  /** What its first sequence's output says, where the workload knows; null is content that no other request shares. */
  readonly outputContent: ContentStart | null;
  /** Beam search of width n; absent for sampling. */
  readonly isBeam?: boolean;
  /** Closed loop: the user who sent it; conversations: the number of its conversation; otherwise null. */
  readonly user: number | null;
}

/** A request of which nothing is known but its lengths: nobody's in particular, and of content that nobody shares. */
export function plainRequest(
  id: number,
  arrivalNs: Nanoseconds,
  promptTokens: Tokens,
  outputTokens: readonly Tokens[],
): Request {
  return new PlainRequest(id, arrivalNs, promptTokens, outputTokens);
}

class PlainRequest implements Request {
  readonly id: number = DOUBLE;
  readonly arrivalNs: Nanoseconds = DOUBLE;
  readonly promptTokens: Tokens;
  readonly outputTokens: readonly Tokens[];
  readonly priority = 0;
  readonly content = null;
  readonly outputContent = null;
  readonly user = null;

  constructor(
    id: number,
    arrivalNs: Nanoseconds,
    promptTokens: Tokens,
    outputTokens: readonly Tokens[],
  ) {
    this.id = id;
    this.arrivalNs = arrivalNs;
    this.promptTokens = promptTokens;
    this.outputTokens = outputTokens;
  }
}

/** Whether {@link plainRequest} with a single output says all about a request. */
export function isPlain({
  outputTokens,
  priority,
  content,
  outputContent,
  user,
}: Request): boolean {
  const saysNothing = content === null && outputContent === null;
  return outputTokens.length === 1 && priority === 0 && saysNothing && user === null;
}

/** The same request with other outputs. */
export function withOutputs(request: Request, outputTokens: readonly Tokens[]): Request {
  const { id, arrivalNs, promptTokens } = request;
  if (isPlain(request)) return plainRequest(id, arrivalNs, promptTokens, outputTokens);
  return { ...request, outputTokens };
}

/** No sequences, and nothing that they say. */
const NONE: readonly number[] = [];

/** The longest of one output length or more; with one, which is most common, nothing is compared. */
export function longest(outputTokens: readonly Tokens[]): Tokens {
  return outputTokens.length === 1 ? outputTokens[0]! : Math.max(...outputTokens);
}

function shortest(outputTokens: readonly Tokens[]): Tokens {
  return outputTokens.length === 1 ? outputTokens[0]! : Math.min(...outputTokens);
}

/** f = P + O − 1: the KV of the last output token is never written (docs/model.md). */
export function finalTokens(promptTokens: Tokens, outputTokens: Tokens): Tokens {
  return promptTokens + outputTokens - 1;
}

/**
 * A request inside the engine: its sequences are admitted, preempted and resumed together, so all unfinished ones
 * have written and emitted the same number of tokens.
 */
export class SequenceGroup {
  readonly request: Request;
  readonly id: number = DOUBLE;
  readonly promptTokens: Tokens;
  /** n of the request. */
  readonly width: number;
  /** Unfinished sequences, in index order; before the fork only the first one holds a table in a paged pool. */
  sequences: readonly SequenceId[];
  /** Output length of each entry of `sequences`; changed by {@link setOutputs}. */
  outputs: readonly Tokens[];
  /** Number of unfinished sequences. */
  live: number;
  /** Output tokens of the unfinished sequences that end first and last; of the last one when all have ended. */
  shortestOutput: Tokens;
  longestOutput: Tokens;
  /** Tokens each unfinished sequence has emitted. */
  generated: Tokens;
  /** Whether the sequences beyond the first exist (always true for n = 1). */
  forked: boolean;
  /** How often it lost its place. */
  preemptions: number;
  /** Tokens each sequence may have written before the allocator must be asked, as of the last admission. */
  roomTokens: Tokens;
  /** While it runs: c of its sequences less the running set's tick (scheduler/running-set.ts). */
  writtenBase: Tokens;
  /** While it runs: its row in the running set; −1 otherwise. */
  row: number;
  /** What metrics know of it, from its first admission to its end. */
  record: object | null;

  constructor(request: Request) {
    const { id, promptTokens, outputTokens } = request;
    this.request = request;
    this.id = id;
    this.promptTokens = promptTokens;
    this.width = outputTokens.length;
    this.sequences = NONE;
    this.outputs = outputTokens;
    this.live = outputTokens.length;
    this.shortestOutput = shortest(outputTokens);
    this.longestOutput = longest(outputTokens);
    this.generated = 0;
    this.forked = outputTokens.length === 1;
    this.preemptions = 0;
    this.roomTokens = 0;
    this.writtenBase = 0;
    this.row = -1;
    this.record = null;
  }

  /** Sequences it may come to run at a time: n for a beam search, which drops and forks all the time, else the unfinished ones. */
  get seats(): number {
    return this.request.isBeam === true ? this.width : this.live;
  }

  /** Tokens each unfinished sequence knows: its prompt and what it has emitted. */
  get knownTokens(): Tokens {
    return this.promptTokens + this.generated;
  }

  /** The sequence at `index` has ended; returns its name. */
  endSequence(index: number): SequenceId {
    const ended = this.sequences[index]!;
    this.sequences = without(this.sequences, index);
    this.setOutputs(without(this.outputs, index));
    return ended;
  }

  /** Its unfinished sequences will have emitted so many tokens each. */
  setOutputs(outputs: readonly Tokens[]): void {
    this.outputs = outputs;
    this.live = outputs.length;
    if (outputs.length === 0) return;
    this.shortestOutput = shortest(outputs);
    this.longestOutput = longest(outputs);
  }

  /** Its sequences have no names any more. */
  unname(): void {
    this.sequences = NONE;
  }

  /** It was preempted. */
  suspend(): void {
    this.preemptions += 1;
  }
}

function without(list: readonly number[], index: number): readonly number[] {
  return list.length === 1 ? NONE : list.toSpliced(index, 1);
}
