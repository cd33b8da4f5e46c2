/**
 * A running 64-bit digest of integers, in two lanes of 32-bit arithmetic (the finalizer constants of MurmurHash3,
 * Appleby 2011). It tells runs apart; it is no protection against somebody who wants a collision.
 */
export class Digest {
  #a = 0x9747b28c | 0;
  #b = 0x3c6ef372 | 0;

  /** Mixes in an integer with |value| < 2^53. */
  add(value: number): void {
    const low = value | 0;
    const high = Math.floor(value / 2 ** 32) | 0;
    this.#a = mix(this.#a ^ low, 0x85ebca6b);
    this.#b = mix(this.#b ^ high ^ this.#a, 0xc2b2ae35);
  }

  /** The digest so far as 16 hexadecimal digits; more may be added afterwards. */
  hex(): string {
    return word(mix(this.#a ^ this.#b, 0x27d4eb2f)) + word(mix(this.#b, 0x165667b1));
  }
}

function mix(value: number, multiplier: number): number {
  const product = Math.imul(value ^ (value >>> 15), multiplier);
  return (product ^ (product >>> 13)) + 0x9e3779b9 + (product << 6);
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
