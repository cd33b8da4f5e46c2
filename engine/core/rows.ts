const FIRST_ROWS: i32 = 64;
const FIRST_STRIDE: i32 = 64;

/**
 * Lists of small integers, one a row, in one column: row r has its length at r × {@link stride}, and its entries behind that. Loops over many rows
 * need nothing but the column, which is replaced when a row or a list outgrows it.
 */
export class Rows {
  column: StaticArray<i32> = new StaticArray<i32>(FIRST_ROWS * FIRST_STRIDE);
  /** Places of a row. */
  stride: i32 = FIRST_STRIDE;
  /** Rows that there is room for. */
  private rows: i32 = FIRST_ROWS;

  /** Makes room for `length` entries in a row. */
  @inline
  reserve(row: i32, length: i32): void {
    if (row >= this.rows || length >= this.stride) this.enlarge(row, length);
  }

  /** Entries of a row. */
  @inline
  length(row: i32): i32 {
    return this.column[row * this.stride];
  }

  @inline
  setLength(row: i32, length: i32): void {
    this.column[row * this.stride] = length;
  }

  /** The place of a row's first entry. */
  @inline
  start(row: i32): i32 {
    return row * this.stride + 1;
  }

  /** The place behind its last one. */
  @inline
  end(row: i32): i32 {
    return this.start(row) + this.length(row);
  }

  /** The entries of a row; O(length). */
  toArray(row: i32): StaticArray<i32> {
    const length = this.length(row);
    const start = this.start(row);
    const entries = new StaticArray<i32>(length);
    for (let at = 0; at < length; at += 1) entries[at] = this.column[start + at];
    return entries;
  }

  private enlarge(row: i32, length: i32): void {
    let rows = this.rows;
    while (rows <= row) rows *= 2;
    let stride = this.stride;
    while (stride <= length) stride *= 2;
    const before = this.column;
    const column = new StaticArray<i32>(rows * stride);
    for (let old = 0; old < this.rows; old += 1) {
      const from = old * this.stride;
      const to = old * stride;
      const places = 1 + before[from];
      for (let at = 0; at < places; at += 1) column[to + at] = before[from + at];
    }
    this.column = column;
    this.stride = stride;
    this.rows = rows;
  }
}
