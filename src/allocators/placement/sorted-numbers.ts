import { fail } from "../../core/assert.ts";

/** Numbers of one chunk: moving half of it costs about as much as finding it. */
const CHUNK_NUMBERS = 256;

/** A sorted set of numbers, in chunks that are short enough to be shifted in place. */
export class SortedNumbers {
  readonly #chunks: Float64Array[] = [new Float64Array(CHUNK_NUMBERS)];
  readonly #counts: number[] = [0];

  /** The largest number; null when empty. */
  get last(): number | null {
    const chunk = this.#chunks.length - 1;
    const count = this.#counts[chunk]!;
    return count === 0 ? null : this.#chunks[chunk]![count - 1]!;
  }

  /** The smallest number that is at least `bound`; null without one. */
  firstAtLeast(bound: number): number | null {
    const chunk = this.#chunkFor(bound);
    const position = this.#positionIn(chunk, bound);
    return position === this.#counts[chunk]! ? null : this.#chunks[chunk]![position]!;
  }

  /** Adds a number that is not there yet. */
  add(number: number): void {
    let chunk = this.#chunkFor(number);
    if (this.#counts[chunk] === CHUNK_NUMBERS) {
      this.#split(chunk);
      chunk = this.#chunkFor(number);
    }
    const position = this.#positionIn(chunk, number);
    const count = this.#counts[chunk]!;
    const numbers = this.#chunks[chunk]!;
    numbers.copyWithin(position + 1, position, count);
    numbers[position] = number;
    this.#counts[chunk] = count + 1;
  }

  /** Takes out a number that is there. */
  delete(number: number): void {
    const chunk = this.#chunkFor(number);
    const position = this.#positionIn(chunk, number);
    const count = this.#counts[chunk]!;
    const numbers = this.#chunks[chunk]!;
    if (position >= count || numbers[position] !== number) fail(`${number} is not in the set`);
    numbers.copyWithin(position, position + 1, count);
    this.#counts[chunk] = count - 1;
    if (count === 1 && this.#chunks.length > 1) {
      this.#chunks.splice(chunk, 1);
      this.#counts.splice(chunk, 1);
    }
  }

  /** The first chunk whose last number is at least `bound`; the last chunk without one. */
  #chunkFor(bound: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#chunks[middle]![this.#counts[middle]! - 1]! >= bound) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #positionIn(chunk: number, bound: number): number {
    const numbers = this.#chunks[chunk]!;
    let low = 0;
    let high = this.#counts[chunk]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[middle]! >= bound) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #split(chunk: number): void {
    const half = CHUNK_NUMBERS / 2;
    const upper = new Float64Array(CHUNK_NUMBERS);
    upper.set(this.#chunks[chunk]!.subarray(half));
    this.#chunks.splice(chunk + 1, 0, upper);
    this.#counts.splice(chunk, 1, half, CHUNK_NUMBERS - half);
  }
}
