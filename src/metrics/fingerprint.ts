import { Digest } from "../core/digest.ts";
import type { Fact } from "../facts.ts";

/** Codes of the facts that are decisions; iterations and idling follow from them. */
const CODES = {
  arrived: 1,
  rejected: 2,
  admitted: 3,
  grew: 4,
  forked: 5,
  preempted: 6,
  "swapped-in": 7,
  prefilled: 8,
  "sequence-finished": 9,
  finished: 10,
  failed: 11,
  computed: 12,
} as const;

type Decision = Exclude<Fact, { kind: "iterated" | "idled" | "extended" }>;

/** Digests the decisions of a run: kinds, request ids, times and figures, with the cells handed out in between. */
export class Fingerprint {
  decisions = 0;
  readonly #digest = new Digest();

  /** A cell was handed out. */
  place(cell: number): void {
    this.#digest.add(cell);
  }

  add(fact: Decision): void {
    this.decisions += 1;
    this.#digest.add(CODES[fact.kind]);
    this.#digest.add("group" in fact ? fact.group.id : fact.request.id);
    this.#digest.add(fact.atNs);
    this.#addFigures(fact);
  }

  hex(): string {
    return this.#digest.hex();
  }

  #addFigures(fact: Decision): void {
    switch (fact.kind) {
      case "admitted":
        this.#digest.add(fact.cachedTokens);
        break;
      case "grew":
      case "forked":
        this.#digest.add(fact.copiedTokens);
        break;
      case "preempted":
        this.#digest.add(fact.mode === "recompute" ? 0 : 1);
        this.#digest.add(fact.lostTokens);
        this.#digest.add(fact.swappedBlocks);
        break;
      case "swapped-in":
        this.#digest.add(fact.swappedBlocks);
        break;
      case "prefilled":
      case "computed":
        this.#digest.add(fact.tokens);
        break;
      case "sequence-finished":
        this.#digest.add(fact.index);
        break;
      default:
    }
  }
}
