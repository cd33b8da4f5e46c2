const FIRST_FACTOR: i32 = 0x9e3779b1;
const SECOND_FACTOR: i32 = 0x85ebca6b;

/**
 * A running 64-bit digest of 32-bit words: two independent lanes that turn, take in the word and multiply by an odd number, so that one
 * changed word always changes both. It tells runs apart; it is no protection against somebody who wants a collision.
 */
@final
export class Digest {
  first: i32 = 0x9747b28c;
  second: i32 = 0x3c6ef372;

  @inline
  static mixedFirst(lane: i32, word: i32): i32 {
    return (rotl(lane, 5) ^ word) * FIRST_FACTOR;
  }

  @inline
  static mixedSecond(lane: i32, word: i32): i32 {
    return (rotl(lane, 15) + word) * SECOND_FACTOR;
  }

  @inline
  add(word: i32): void {
    this.first = Digest.mixedFirst(this.first, word);
    this.second = Digest.mixedSecond(this.second, word);
  }

  /** Mixes in three words, one after the other. */
  @inline
  addThree(one: i32, two: i32, three: i32): void {
    const first = Digest.mixedFirst(Digest.mixedFirst(this.first, one), two);
    const second = Digest.mixedSecond(Digest.mixedSecond(this.second, one), two);
    this.first = Digest.mixedFirst(first, three);
    this.second = Digest.mixedSecond(second, three);
  }

  /** Mixes in the words of a column from the place before `from` down to `until`. */
  addDown(words: StaticArray<i32>, from: i32, until: i32): void {
    let first = this.first;
    let second = this.second;
    for (let at = from - 1; at >= until; at -= 1) {
      const word = words[at];
      first = Digest.mixedFirst(first, word);
      second = Digest.mixedSecond(second, word);
    }
    this.first = first;
    this.second = second;
  }
}
