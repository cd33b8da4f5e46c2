import { nextPowerOfTwo } from "./math.ts";

const WORD_BITS = 32;

/** The length of a ring with room for `places`: a power of two, and whole words of {@link RingBits}. */
export function ringLength(places: number): number {
  return nextPowerOfTwo(Math.max(places, WORD_BITS));
}

/** One bit for each place of a ring: tells how far the next place is that has something. */
export class RingBits {
  private readonly places: number;
  private readonly words: Int32Array;

  constructor(places: number) {
    this.places = places;
    this.words = new Int32Array((places + 31) >>> 5);
  }

  set(place: number): void {
    this.words[place >>> 5]! |= 1 << (place & 31);
  }

  clear(place: number): void {
    this.words[place >>> 5]! &= ~(1 << (place & 31));
  }

  /**
   * How many places on from `place`, going round, the next is that is set, `place` itself included; the whole ring when none is. Looked for
   * among the next `within` only: `within` or more when none of them is.
   */
  distance(place: number, within: number = this.places): number {
    const words = this.words;
    let word = place >>> 5;
    let bits = words[word]! & (-1 << (place & 31));
    for (let left = (within + 31) >>> 5; left >= 0; left -= 1) {
      if (bits !== 0) {
        const found = word * 32 + 31 - Math.clz32(bits & -bits);
        return found >= place ? found - place : found - place + this.places;
      }
      word = word + 1 === words.length ? 0 : word + 1;
      bits = words[word]!;
    }
    return this.places;
  }
}
