import { Digest } from "../core/digest.ts";
import type { Nanoseconds } from "../core/time.ts";

/** Codes of the facts that are decisions; iterations, idling and growth follow from them. */
export const DECISION = {
  arrived: 1,
  rejected: 2,
  admitted: 3,
  copied: 4,
  forked: 5,
  preempted: 6,
  swappedIn: 7,
  prefilled: 8,
  sequenceFinished: 9,
  finished: 10,
  failed: 11,
  computed: 12,
} as const;

type Decision = (typeof DECISION)[keyof typeof DECISION];

/** More than there are codes. */
const KINDS = 16;

/** A time is digested as two words. */
const WORD = 2 ** 32;

/**
 * Digests the decisions of a run, in order: kinds, request ids, times and figures; and apart from them, in their own order, the cells
 * handed out, which iterations that nobody looks at one by one hand out too.
 */
export class Fingerprint {
  decisions = 0;
  /** Takes in the cells handed out. */
  readonly cells = new Digest();
  readonly #decisions = new Digest();

  /** Something was decided about a request; its figures follow by {@link addFigure}. */
  decide(decision: Decision, request: number, atNs: Nanoseconds): void {
    this.decisions += 1;
    this.#decisions.addThree(decision + KINDS * request, atNs, Math.floor(atNs / WORD));
  }

  /** A figure of the last decision. */
  addFigure(figure: number): void {
    this.#decisions.add(figure);
  }

  hex(): string {
    const both = new Digest();
    both.absorb(this.#decisions);
    both.absorb(this.cells);
    return both.hex();
  }
}
