import { nextPowerOfTwo } from "./columns";

const WORD_BITS: i32 = 32;

/** The length of a ring with room for `places`: a power of two, and whole words of {@link RingBits}. */
export function ringLength(places: i32): i32 {
  return nextPowerOfTwo(max(places, WORD_BITS));
}

/** One bit for each place of a ring: tells how far the next place is that has something. */
@final
export class RingBits {
  private readonly places: i32;
  private readonly words: StaticArray<u32>;

  constructor(places: i32) {
    this.places = places;
    this.words = new StaticArray<u32>((places + 31) >>> 5);
  }

  @inline
  set(place: i32): void {
    this.words[place >>> 5] |= (<u32>1) << (place & 31);
  }

  @inline
  clear(place: i32): void {
    this.words[place >>> 5] &= ~((<u32>1) << (place & 31));
  }

  /** Places on from `place`, going round, to the next that is set, looked for among the next `within`; `within` or more when none is. */
  distance(place: i32, within: i32): i32 {
    const words = this.words;
    let word = place >>> 5;
    let bits = words[word] & ((<u32>0xffffffff) << (place & 31));
    for (let left = (within + 31) >>> 5; left >= 0; left -= 1) {
      if (bits !== 0) {
        const found = word * WORD_BITS + <i32>ctz(bits);
        return found >= place ? found - place : found - place + this.places;
      }
      word = word + 1 === words.length ? 0 : word + 1;
      bits = words[word];
    }
    return this.places;
  }
}
