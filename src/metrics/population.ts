import type { Nanoseconds } from "../core/time.ts";
import type { Fact } from "../facts.ts";
import { Integrator, type WindowEnd } from "./integrator.ts";

const RUNNING = 0;
const SEQUENCES = 1;
const WAITING = 2;
const SWAPPED = 3;

/** How many requests run, wait or are swapped out, over visible time. */
export class Population {
  readonly integrator: Integrator;
  /** In the order running, sequences, waiting, swapped. */
  readonly counts = [0, 0, 0, 0];

  constructor(fromNs: Nanoseconds, until: WindowEnd) {
    this.integrator = new Integrator(4, fromNs, until);
  }

  /** Requests admitted and not swapped out, preempted or ended. */
  get running(): number {
    return this.counts[RUNNING]!;
  }

  get waiting(): number {
    return this.counts[WAITING]!;
  }

  advanceTo(atNs: Nanoseconds): void {
    this.integrator.addConstant({ ns: atNs, ticks: 0 }, this.counts);
  }

  /** The mean of a count over the window is its integral over the window's length. */
  windowTotals(): { running: bigint; sequences: bigint; waiting: bigint; swapped: bigint } {
    return {
      running: this.integrator.windowTotal(RUNNING),
      sequences: this.integrator.windowTotal(SEQUENCES),
      waiting: this.integrator.windowTotal(WAITING),
      swapped: this.integrator.windowTotal(SWAPPED),
    };
  }

  apply(fact: Exclude<Fact, { kind: "iterated" | "idled" | "extended" }>): void {
    this.advanceTo(fact.atNs);
    switch (fact.kind) {
      case "arrived":
        this.#change(0, 0, 1, 0);
        break;
      case "rejected":
        this.#change(0, 0, -1, 0);
        break;
      case "admitted":
        this.#change(1, fact.group.live, -1, 0);
        break;
      case "preempted":
        if (fact.mode === "swap") this.#change(-1, -fact.group.live, 0, 1);
        else this.#change(-1, -fact.group.live, 1, 0);
        break;
      case "swapped-in":
        this.#change(1, fact.group.live, 0, -1);
        break;
      case "sequence-finished":
        this.#change(0, -1, 0, 0);
        break;
      case "finished":
        this.#change(-1, 0, 0, 0);
        break;
      case "failed":
        if (fact.wasWaiting) this.#change(0, 0, -1, 0);
        else this.#change(-1, -fact.group.live, 0, 0);
        break;
      default:
    }
  }

  #change(running: number, sequences: number, waiting: number, swapped: number): void {
    this.counts[RUNNING]! += running;
    this.counts[SEQUENCES]! += sequences;
    this.counts[WAITING]! += waiting;
    this.counts[SWAPPED]! += swapped;
  }
}
