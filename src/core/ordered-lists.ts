import { fail } from "./assert.ts";
import { enlargedIntegers } from "./columns.ts";
import { nextPowerOfTwo } from "./math.ts";
import { RingBits } from "./ring-bits.ts";

const FIRST_ROWS = 64;

/** An entry is four numbers, one beside the other: its neighbours (where their entries begin), its list (−1 in none) and its key. */
const ENTRY_BITS = 2;
const BEFORE = 0;
const AFTER = 1;
const LIST = 2;
const KEY = 3;

/**
 * Lists of small integers ("rows"), each row in at most one list and each list in the order of the keys (32-bit integers) its rows came
 * with. Newcomers are looked for a place from the end, where they nearly always belong. Each list is a ring that a head of its own closes,
 * so that nobody's neighbours have to be tested.
 */
export class OrderedLists {
  /** The heads of the lists, and behind them the rows. */
  #entries: Int32Array<ArrayBuffer>;
  /** Where the entries of rows begin. */
  private readonly rows: number;
  /** Which lists have a row. */
  private readonly occupied: RingBits;

  constructor(lists: number) {
    this.rows = lists << ENTRY_BITS;
    this.#entries = new Int32Array((lists + FIRST_ROWS) << ENTRY_BITS).fill(-1);
    for (let head = 0; head < this.rows; head += 1 << ENTRY_BITS) {
      this.#entries[head + BEFORE] = head;
      this.#entries[head + AFTER] = head;
    }
    this.occupied = new RingBits(lists);
  }

  /** The first row of a list; negative when it is empty. */
  first(list: number): number {
    return this.#rowOf(this.#entries[(list << ENTRY_BITS) + AFTER]!);
  }

  /** The last row of a list; negative when it is empty. */
  last(list: number): number {
    return this.#rowOf(this.#entries[(list << ENTRY_BITS) + BEFORE]!);
  }

  /** The row behind `row` in its list; negative behind the last. */
  after(row: number): number {
    return this.#rowOf(this.#entries[this.#entryOf(row) + AFTER]!);
  }

  /** The list that a row is in; −1 for none. */
  listOf(row: number): number {
    const entry = this.#entryOf(row);
    return entry < this.#entries.length ? this.#entries[entry + LIST]! : -1;
  }

  /** The key that a row in a list came with. */
  key(row: number): number {
    return this.#entries[this.#entryOf(row) + KEY]!;
  }

  /** The first row of a list with a key above `key`; negative without one. */
  firstAbove(list: number, key: number): number {
    let row = this.first(list);
    while (row >= 0 && this.key(row) <= key) row = this.after(row);
    return row;
  }

  insert(list: number, row: number, key: number): void {
    const entry = this.#entryOf(row);
    if (entry >= this.#entries.length) this.#enlarge(entry + 1);
    const entries = this.#entries;
    if (entries[entry + LIST]! >= 0) fail(`row ${row} is in a list already`);
    const head = list << ENTRY_BITS;
    let before = entries[head + BEFORE]!;
    while (before !== head && entries[before + KEY]! > key) before = entries[before + BEFORE]!;
    const after = entries[before + AFTER]!;
    entries[entry + BEFORE] = before;
    entries[entry + AFTER] = after;
    entries[entry + LIST] = list;
    entries[entry + KEY] = key;
    entries[before + AFTER] = entry;
    entries[after + BEFORE] = entry;
    this.occupied.set(list);
  }

  /** Takes a row out of its list, if it is in one. */
  remove(row: number): void {
    const list = this.listOf(row);
    if (list < 0) return;
    const entries = this.#entries;
    const entry = this.#entryOf(row);
    const before = entries[entry + BEFORE]!;
    const after = entries[entry + AFTER]!;
    entries[entry + LIST] = -1;
    entries[before + AFTER] = after;
    entries[after + BEFORE] = before;
    // Only the head is on both sides of the last that is left.
    if (before === after) this.occupied.clear(list);
  }

  /** How many lists on from `list`, going round, the next is that has a row, `list` itself included; as many as there are when all are empty. */
  distance(list: number): number {
    return this.occupied.distance(list);
  }

  /** Negative for a head. */
  #rowOf(entry: number): number {
    return (entry - this.rows) >> ENTRY_BITS;
  }

  #entryOf(row: number): number {
    return this.rows + (row << ENTRY_BITS);
  }

  #enlarge(needed: number): void {
    const { length } = this.#entries;
    const longer = Math.max(nextPowerOfTwo(needed), 2 * length);
    this.#entries = enlargedIntegers(this.#entries, longer).fill(-1, length);
  }
}
