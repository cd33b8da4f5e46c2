import { fail } from "../core/assert.ts";
import { DOUBLE } from "../core/double.ts";
import type { Integrals } from "./integrals.ts";

/** What is added, in amount × time, before the doubles are looked at. */
export const ROOM = 2 ** 51;
const WHOLE_ROOM = ROOM;

/** What is added at once is less: with what doubles keep (2^50), it stays below 2^53, where sums are exact. */
const EXACT_BELOW = 6 * 2 ** 50;

/** Sees to it that integrals to which is added directly have room for it in their doubles: one sum that bounds them all. */
export class Headroom {
  readonly #integrals: readonly Integrals[];
  #left = DOUBLE;
  #taken = DOUBLE;

  constructor(integrals: readonly Integrals[]) {
    this.#integrals = integrals;
    this.#left = WHOLE_ROOM;
  }

  /** At most so much is about to be added to each of the integrals. */
  take(amount: number): void {
    this.#taken = amount;
    this.#left -= amount;
    if (this.#left < 0) this.#make();
  }

  #make(): void {
    if (!(this.#taken < EXACT_BELOW)) fail("an integral is not exact");
    for (const integrals of this.#integrals) integrals.makeRoom();
    this.#left = WHOLE_ROOM - this.#taken;
  }
}
