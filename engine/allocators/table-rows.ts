import { enlarged } from "../core/columns";

const FIRST_ROWS: i32 = 64;
const FIRST_ROOM: i32 = 64;

/** Where the blocks of a table are, and whether it has ever shared any. */
export const NOWHERE: i32 = 0;
export const GPU: i32 = 1;
export const CPU: i32 = 2;
export const SHARES: i32 = 4;

/** A table of blocks for each sequence, all in one column. */
export abstract class TableRows {
  /** The tables by sequence, each with room for so many blocks; how many there are; and what they are. */
  tables: StaticArray<i32> = new StaticArray<i32>(FIRST_ROWS * FIRST_ROOM);
  lengths: StaticArray<i32> = new StaticArray<i32>(FIRST_ROWS);
  protected marks: StaticArray<i32> = new StaticArray<i32>(FIRST_ROWS);
  rows: i32 = FIRST_ROWS;
  room: i32 = FIRST_ROOM;
  /** At least as many entries as any table has ever had. */
  protected longest: i32 = 0;

  /** {@link NOWHERE}, {@link GPU} or {@link CPU}. */
  @inline
  place(sequence: i32): i32 {
    return sequence < this.rows ? this.marks[sequence] & (GPU | CPU) : NOWHERE;
  }

  /** Whether a sequence has ever shared any of its blocks. */
  @inline
  hasShared(sequence: i32): bool {
    return sequence < this.rows && (this.marks[sequence] & SHARES) !== 0;
  }

  /** Length of a sequence's table. */
  @inline
  entries(sequence: i32): i32 {
    return sequence < this.rows ? this.lengths[sequence] : 0;
  }

  /** Where a sequence's table begins. */
  @inline
  start(sequence: i32): i32 {
    return sequence * this.room;
  }

  /** Makes room for a table on the GPU, empty so far. */
  protected begin(sequence: i32, entries: i32): void {
    if (sequence >= this.rows || entries > this.room) this.reserve(sequence, entries);
    assert(this.marks[sequence] === NOWHERE, "a sequence has a table already");
    this.marks[sequence] = GPU;
    this.longest = max(this.longest, entries);
  }

  protected requireOnGpu(sequence: i32): void {
    assert(this.place(sequence) === GPU, "a sequence has no table on the GPU");
  }

  /** Makes room for a row of so many blocks. */
  protected reserve(row: i32, length: i32): void {
    let rows = this.rows;
    let room = this.room;
    while (rows <= row) rows *= 2;
    while (room < length) room *= 2;
    const tables = new StaticArray<i32>(rows * room);
    for (let old = 0; old < this.rows; old += 1)
      for (let at = 0; at < this.lengths[old]; at += 1)
        tables[old * room + at] = this.tables[old * this.room + at];
    this.tables = tables;
    this.lengths = rows > this.rows ? enlarged(this.lengths, rows) : this.lengths;
    this.marks = rows > this.rows ? enlarged(this.marks, rows) : this.marks;
    this.rows = rows;
    this.room = room;
  }
}
