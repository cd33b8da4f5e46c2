import { enlarged, nextPowerOfTwo } from "./columns";
import { RingBits } from "./ring-bits";

const FIRST_ROWS: i32 = 64;
const ENTRY_BITS: i32 = 2;
const BEFORE: i32 = 0;
const AFTER: i32 = 1;
const LIST: i32 = 2;
const KEY: i32 = 3;

/** Lists of rows, each row in at most one and each list in the order of the keys that its rows came with. */
@final
export class OrderedLists {
  private entries: StaticArray<i32>;
  /** Where the entries of rows begin: behind the heads of the lists. */
  private readonly rows: i32;
  private readonly lists: i32;
  private readonly occupied: RingBits;

  constructor(lists: i32) {
    this.lists = lists;
    this.rows = lists << ENTRY_BITS;
    this.occupied = new RingBits(lists);
    const entries = new StaticArray<i32>((lists + FIRST_ROWS) << ENTRY_BITS);
    entries.fill(-1);
    for (let head = 0; head < lists << ENTRY_BITS; head += 1 << ENTRY_BITS) {
      entries[head + BEFORE] = head;
      entries[head + AFTER] = head;
    }
    this.entries = entries;
  }

  /** The first row of a list; negative when it is empty. */
  @inline
  first(list: i32): i32 {
    return this.rowOf(this.entries[(list << ENTRY_BITS) + AFTER]);
  }

  /** The last row of a list; negative when it is empty. */
  @inline
  last(list: i32): i32 {
    return this.rowOf(this.entries[(list << ENTRY_BITS) + BEFORE]);
  }

  /** The row behind `row` in its list; negative behind the last. */
  @inline
  after(row: i32): i32 {
    return this.rowOf(this.entries[this.entryOf(row) + AFTER]);
  }

  /** The list that a row is in; −1 for none. */
  @inline
  listOf(row: i32): i32 {
    const entry = this.entryOf(row);
    return entry < this.entries.length ? this.entries[entry + LIST] : -1;
  }

  /** The key that a row in a list came with. */
  @inline
  key(row: i32): i32 {
    return this.entries[this.entryOf(row) + KEY];
  }

  /** The first row of a list with a key above `key`; negative without one. */
  firstAbove(list: i32, key: i32): i32 {
    let row = this.first(list);
    while (row >= 0 && this.key(row) <= key) row = this.after(row);
    return row;
  }

  insert(list: i32, row: i32, key: i32): void {
    const entry = this.entryOf(row);
    if (entry >= this.entries.length) this.enlarge(entry + 1);
    const entries = this.entries;
    assert(entries[entry + LIST] < 0, "a row is in a list already");
    const head = list << ENTRY_BITS;
    let before = entries[head + BEFORE];
    while (before !== head && entries[before + KEY] > key) before = entries[before + BEFORE];
    const after = entries[before + AFTER];
    entries[entry + BEFORE] = before;
    entries[entry + AFTER] = after;
    entries[entry + LIST] = list;
    entries[entry + KEY] = key;
    entries[before + AFTER] = entry;
    entries[after + BEFORE] = entry;
    this.occupied.set(list);
  }

  /** Takes a row out of its list, if it is in one. */
  remove(row: i32): void {
    const entries = this.entries;
    const entry = this.entryOf(row);
    const list = entry < entries.length ? entries[entry + LIST] : -1;
    if (list < 0) return;
    const before = entries[entry + BEFORE];
    const after = entries[entry + AFTER];
    entries[entry + LIST] = -1;
    entries[before + AFTER] = after;
    entries[after + BEFORE] = before;
    // Only the head is on both sides of the last that is left.
    if (before === after) this.occupied.clear(list);
  }

  /** How many lists on from `list`, going round, the next is that has a row, `list` itself included. */
  @inline
  distance(list: i32): i32 {
    return this.occupied.distance(list, this.lists);
  }

  @inline
  private rowOf(entry: i32): i32 {
    return (entry - this.rows) >> ENTRY_BITS;
  }

  @inline
  private entryOf(row: i32): i32 {
    return this.rows + (row << ENTRY_BITS);
  }

  private enlarge(needed: i32): void {
    const length = this.entries.length;
    const longer = enlarged(this.entries, max(nextPowerOfTwo(needed), 2 * length));
    longer.fill(-1, length);
    this.entries = longer;
  }
}
