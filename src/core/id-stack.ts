import { assert } from "./assert.ts";

/** A pool of the integers 0 … size − 1, handed out from the top of a stack: first size − 1, then what came back last. */
export class IdStack {
  readonly size: number;
  readonly #ids: Int32Array;
  #count: number;

  constructor(size: number) {
    this.size = size;
    this.#ids = Int32Array.from({ length: size }, (_, index) => index);
    this.#count = size;
  }

  /** How many can still be taken. */
  get count(): number {
    return this.#count;
  }

  pop(): number {
    assert(this.#count > 0, "pop from an empty pool of ids");
    this.#count -= 1;
    return this.#ids[this.#count]!;
  }

  push(id: number): void {
    assert(this.#count < this.size, "more ids came back than were handed out");
    this.#ids[this.#count] = id;
    this.#count += 1;
  }

  /** Bottom to top. O(size). */
  toArray(): number[] {
    return Array.from(this.#ids.subarray(0, this.#count));
  }
}
