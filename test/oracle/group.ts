import type { Request, Tokens } from "../../src/request.ts";
import type { Holding } from "./shares.ts";

/** One unfinished sequence; an object of its own, so that pools can key tables by it. */
export interface Sequence {
  readonly output: Tokens;
}

/** A request inside the oracle. */
export interface Group {
  readonly id: number;
  readonly request: Request;
  readonly promptTokens: Tokens;
  /** n of the request. */
  readonly width: number;
  /** O of its longest sequence. */
  readonly longest: Tokens;
  /** Unfinished sequences in index order. */
  live: Sequence[];
  /** g: tokens each unfinished sequence has emitted. */
  generated: Tokens;
  /** c: tokens each unfinished sequence has written, in iterations that have ended; 0 while nothing is in memory. */
  written: Tokens;
  forked: boolean;
  admittedNs: number | null;
  firstTokenNs: number | null;
  preemptedNs: number | null;
  preemptedTotalNs: number;
  preemptions: number;
}

/** A request as it enters, its outputs cut to what the model can hold. */
export function newGroup(request: Request, maxModelLen: Tokens): Group {
  const room = maxModelLen - request.promptTokens;
  const outputs = request.outputTokens.map((output) => Math.min(output, room));
  return {
    id: request.id,
    request,
    promptTokens: request.promptTokens,
    width: outputs.length,
    longest: Math.max(...outputs),
    live: outputs.map((output) => ({ output })),
    generated: 0,
    written: 0,
    forked: outputs.length === 1,
    admittedNs: null,
    firstTokenNs: null,
    preemptedNs: null,
    preemptedTotalNs: 0,
    preemptions: 0,
  };
}

export function byArrival(groups: readonly Group[]): Group[] {
  return [...groups].sort((a, b) => a.id - b.id);
}

/** f of one sequence. */
export function finalOf(group: Group, sequence: Sequence): Tokens {
  return group.promptTokens + sequence.output - 1;
}

/** Why the allocator said no: no hole is large enough, or anything else. */
export type No = "hole" | "other";

export interface Growth {
  readonly handedOut: number;
  readonly copiedBlocks: number;
}

export interface PoolState {
  readonly free: number;
  readonly unusable: number;
  readonly largestHole: number;
  /** Free slots that could be hit; absent without a prefix cache. */
  readonly cached?: number;
}

/** What the oracle asks of a pool. Every refusal is a {@link No} and changes nothing. */
export interface Pool {
  readonly blockSize: number | null;
  admit(group: Group): No | null;
  grow(group: Group): Growth | No;
  /** Tokens copied. */
  fork(group: Group): Tokens;
  release(sequence: Sequence): void;
  neverAdmits(group: Group): boolean;
  /** Blocks moved. */
  swapOut(group: Group): number | No;
  swapIn(group: Group): number | No;
  neverReturns(group: Group): boolean;
  /** What the group holds, shared slots once. */
  holdings(group: Group): Holding[];
  /** Slots that the tables of the group's sequences reach, shared ones as often as they are reached. */
  reach(group: Group): number;
  state(): PoolState;
}
