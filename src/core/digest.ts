/**
 * A running 64-bit digest of integers: two independent lanes of MurmurHash3's body (Appleby 2011). It tells runs apart; it is no
 * protection against somebody who wants a collision.
 */
export class Digest {
  #a = 0x9747b28c | 0;
  #b = 0x3c6ef372 | 0;

  /** Mixes in an integer, 0 ≤ value < 2^53. */
  add(value: number): void {
    const low = value | 0;
    const high = value < 2 ** 31 ? 0 : Math.floor(value / 2 ** 32);
    this.#a = lane(this.#a, low ^ Math.imul(high, 0x85ebca6b), 0xcc9e2d51, 0x1b873593);
    this.#b = lane(this.#b, (low + Math.imul(high, 0x9e3779b1)) | 0, 0x239b961b, 0xab0e9789);
  }

  /** Mixes in all that another digest has taken so far. */
  absorb(other: Digest): void {
    this.add(other.#a >>> 0);
    this.add(other.#b >>> 0);
  }

  /** The digest so far as 16 hexadecimal digits; more may be added afterwards. */
  hex(): string {
    return word(finish(this.#a)) + word(finish(this.#b));
  }
}

function lane(state: number, value: number, first: number, second: number): number {
  const product = Math.imul(value, first);
  const mixed = state ^ Math.imul((product << 15) | (product >>> 17), second);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(state: number): number {
  const once = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
