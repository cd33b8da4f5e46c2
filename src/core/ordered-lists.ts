import { fail } from "./assert.ts";
import { RingBits } from "./ring-bits.ts";

const FIRST_CAPACITY = 64;

/**
 * Lists of small integers ("rows"), each row in at most one list and each list in the order of the keys its rows came with. Newcomers
 * are looked for a place from the end, where they nearly always belong.
 */
export class OrderedLists {
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  /** Which lists have a row. */
  readonly #occupied: RingBits;
  #befores = new Int32Array(FIRST_CAPACITY);
  #afters = new Int32Array(FIRST_CAPACITY);
  /** The list of each row; −1 in none. */
  #listOf = new Int32Array(FIRST_CAPACITY).fill(-1);
  #keys = new Float64Array(FIRST_CAPACITY);

  constructor(lists: number) {
    this.#firsts = new Int32Array(lists).fill(-1);
    this.#lasts = new Int32Array(lists).fill(-1);
    this.#occupied = new RingBits(lists);
  }

  /** The first row of a list; −1 when it is empty. */
  first(list: number): number {
    return this.#firsts[list]!;
  }

  last(list: number): number {
    return this.#lasts[list]!;
  }

  /** The row behind `row` in its list; −1 behind the last. */
  after(row: number): number {
    return this.#afters[row]!;
  }

  /** The list that a row is in; −1 for none. */
  listOf(row: number): number {
    return row < this.#listOf.length ? this.#listOf[row]! : -1;
  }

  /** The key that a row in a list came with. */
  key(row: number): number {
    return this.#keys[row]!;
  }

  /** The first row of a list with a key above `key`; −1 without one. */
  firstAbove(list: number, key: number): number {
    let row = this.#firsts[list]!;
    while (row >= 0 && this.#keys[row]! <= key) row = this.#afters[row]!;
    return row;
  }

  insert(list: number, row: number, key: number): void {
    if (row >= this.#listOf.length) this.#enlarge(row);
    if (this.#listOf[row]! >= 0) fail(`row ${row} is in a list already`);
    let before = this.#lasts[list]!;
    while (before >= 0 && this.#keys[before]! > key) before = this.#befores[before]!;
    const after = before < 0 ? this.#firsts[list]! : this.#afters[before]!;
    this.#befores[row] = before;
    this.#afters[row] = after;
    this.#listOf[row] = list;
    this.#keys[row] = key;
    if (before < 0) this.#firsts[list] = row;
    else this.#afters[before] = row;
    if (after < 0) this.#lasts[list] = row;
    else this.#befores[after] = row;
    this.#occupied.set(list);
  }

  /** Takes a row out of its list, if it is in one. */
  remove(row: number): void {
    const list = this.listOf(row);
    if (list < 0) return;
    const before = this.#befores[row]!;
    const after = this.#afters[row]!;
    this.#listOf[row] = -1;
    if (before < 0) this.#firsts[list] = after;
    else this.#afters[before] = after;
    if (after < 0) this.#lasts[list] = before;
    else this.#befores[after] = before;
    if (this.#firsts[list]! < 0) this.#occupied.clear(list);
  }

  /** How many lists on from `list`, going round, the next is that has a row, `list` itself included; as many as there are when all are empty. */
  distance(list: number): number {
    return this.#occupied.distance(list);
  }

  #enlarge(row: number): void {
    const capacity = Math.max(row + 1, 2 * this.#listOf.length);
    const copy = <A extends Int32Array | Float64Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.#befores = copy(this.#befores, new Int32Array(capacity));
    this.#afters = copy(this.#afters, new Int32Array(capacity));
    this.#listOf = copy(this.#listOf, new Int32Array(capacity).fill(-1));
    this.#keys = copy(this.#keys, new Float64Array(capacity));
  }
}
