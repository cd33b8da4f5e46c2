import { Group } from "../request";
import { FreeUnits } from "./free-units";
import { Pool } from "./pool";

/** What became of a question: memory was given, or why not. */
export const GRANTED: i32 = 0;
/** Too little is free. */
export const TOTAL: i32 = 1;
/** Enough is free, but not in one piece. */
export const HOLE: i32 = 2;
/** What is free must stay free. */
export const WATERMARK: i32 = 3;
/** Not even an empty pool would do. */
export const NEVER: i32 = 4;

/** The allocator's last answer: it reports work to be priced, never a duration. A refusal has changed nothing. */
@final
export class Answer {
  reason: i32 = GRANTED;
  /** Of a refusal: slots that must be placed, after the allocator's rounding; those that are free; and of the whole pool. */
  need: f64 = 0;
  free: i32 = 0;
  largestHole: i32 = 0;
  pool: i32 = 0;
  /** Of a grant: tokens whose KV must be copied inside the GPU before the next iteration. */
  copiedTokens: i32 = 0;
  /** Tokens that each sequence may have written in all before the allocator must be asked again. */
  roomTokens: i32 = 0;
  /** Blocks that a swap moved. */
  blocks: i32 = 0;

  grant(roomTokens: i32, copiedTokens: i32): bool {
    this.reason = GRANTED;
    this.roomTokens = roomTokens;
    this.copiedTokens = copiedTokens;
    return true;
  }

  refuse(reason: i32, need: f64, free: i32, largestHole: i32, pool: i32): bool {
    this.reason = reason;
    this.need = need;
    this.free = free;
    this.largestHole = largestHole;
    this.pool = pool;
    return false;
  }
}

/**
 * Hands out the pool. A refusal is a value and changes nothing; misuse (an unknown sequence, a double release) throws. Groups are passed
 * so that all sequences of a request are served together; what is reserved for their whole lives is the only thing that may depend on
 * output lengths. Each question tells whether it was granted; {@link answer} says more until the next one.
 */
export abstract class Allocator extends Pool {
  readonly answer: Answer;
  /** Whether groups can be swapped out. */
  swaps: bool = false;

  /** `answer`: whose answers it gives; null for its own. */
  constructor(units: FreeUnits, unitSlots: i32, answer: Answer | null = null) {
    super(units, unitSlots);
    this.answer = answer === null ? new Answer() : answer;
  }

  /** Room for the whole prompt (and what was generated before a recompute), or for the reservations. */
  abstract admit(group: Group): bool;
  /** Room for `tokens` tokens in all in each sequence of the group, the whole group or nothing. */
  abstract grow(group: Group, tokens: i32): bool;
  /** The prompt of the first sequence (`tokens` written) becomes the prompt of all sequences of the group. */
  abstract fork(group: Group, tokens: i32): void;
  /** The sequence has ended; what it alone held is free again. */
  abstract release(sequence: i32): void;
  /** Whether even an empty pool would refuse to admit the group. */
  abstract wouldNever(group: Group): bool;
  /**
   * {@link Pool.growthSlots} more for each sequence of the runs of `sequences` from number `from` on to before `until`, in that order. Not
   * refused: the caller makes sure that so much is free, and that no sequence writes next what it shares.
   */
  abstract extend(sequences: StaticArray<i32>, runs: StaticArray<i32>, from: i32, until: i32): void;
  /** Moves the group to the CPU pool and back; shared blocks once, sharing survives. Only where {@link swaps}. */
  abstract swapOut(group: Group): bool;
  /** Needs room for the next token of each sequence too; the caller then asks to grow. */
  abstract swapIn(group: Group): bool;
  /** Whether an empty GPU pool would refuse the group's return. */
  abstract wouldNeverReturn(group: Group): bool;
}
