const FIRST_FACTOR = 0x9e3779b1;
const SECOND_FACTOR = 0x85ebca6b;

/** A constant of this module, unlike a property of a global object, is not looked up each time. */
const { imul } = Math;

const mixedFirst = (state: number, word: number): number =>
  imul(((state << 5) | (state >>> 27)) ^ word, FIRST_FACTOR);

const mixedSecond = (state: number, word: number): number =>
  imul((((state << 15) | (state >>> 17)) + word) | 0, SECOND_FACTOR);

/**
 * A running 64-bit digest of 32-bit words: two independent lanes that turn, take in the word and multiply by an odd number, so that one
 * changed word always changes both. It tells runs apart; it is no protection against somebody who wants a collision.
 */
export class Digest {
  first = 0x9747b28c | 0;
  second = 0x3c6ef372 | 0;

  /** Mixes in a whole number ≥ 0; of one beyond 32 bits the lower 32. */
  add(word: number): void {
    const low = word | 0;
    this.first = mixedFirst(this.first, low);
    this.second = mixedSecond(this.second, low);
  }

  /** Mixes in all that another digest has taken so far. */
  absorb(other: Pick<Digest, "first" | "second">): void {
    this.add(other.first);
    this.add(other.second);
  }

  /** The digest so far as 16 hexadecimal digits; more may be added afterwards. */
  hex(): string {
    return digits(finish(this.first)) + digits(finish(this.second));
  }
}

/** MurmurHash3's last steps (Appleby 2011): every bit of the state moves every bit of the result. */
function finish(state: number): number {
  const once = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

function digits(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
