/** A set of integers 0 ≤ i < capacity that knows its least member: a tree of words whose bits say which words below are not 0. */
export class IntegerSet {
  /** From the members themselves up to a single word. */
  readonly #levels: Int32Array[] = [];

  constructor(capacity: number) {
    let words = capacity;
    do {
      words = Math.ceil(words / 32);
      this.#levels.push(new Int32Array(Math.max(words, 1)));
    } while (words > 1);
  }

  get empty(): boolean {
    return this.#levels[this.#levels.length - 1]![0] === 0;
  }

  /** The least member; null when empty. */
  get min(): number | null {
    let index = 0;
    for (let level = this.#levels.length - 1; level >= 0; level -= 1) {
      const word = this.#levels[level]![index]!;
      if (word === 0) return null;
      index = index * 32 + lowestBit(word);
    }
    return index;
  }

  /** All members, ascending. O(capacity / 32). */
  members(): number[] {
    const members: number[] = [];
    const words = this.#levels[0]!;
    for (let index = 0; index < words.length; index += 1)
      for (let word = words[index]!; word !== 0; word &= word - 1)
        members.push(index * 32 + lowestBit(word));
    return members;
  }

  /** False for any integer ≥ 0 beyond the capacity. */
  has(member: number): boolean {
    return (((this.#levels[0]![member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1;
  }

  add(member: number): void {
    let index = member;
    for (const words of this.#levels) {
      const before = words[index >>> 5]!;
      words[index >>> 5] = before | (1 << (index & 31));
      if (before !== 0) return;
      index >>>= 5;
    }
  }

  delete(member: number): void {
    let index = member;
    for (const words of this.#levels) {
      const after = words[index >>> 5]! & ~(1 << (index & 31));
      words[index >>> 5] = after;
      if (after !== 0) return;
      index >>>= 5;
    }
  }
}

/** Position of the lowest bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
