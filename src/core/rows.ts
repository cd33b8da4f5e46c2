const FIRST_ROWS = 64;
const FIRST_STRIDE = 64;

/**
 * Lists of small integers, one a row, in one column: row r has its length at r × {@link stride}, and its entries behind that. Loops over many rows
 * need nothing but the column, which is replaced when a row or a list outgrows it.
 */
export class Rows {
  column = new Int32Array(FIRST_ROWS * FIRST_STRIDE);
  /** Places of a row. */
  stride = FIRST_STRIDE;
  /** Rows that there is room for. */
  #rows = FIRST_ROWS;

  /** Makes room for `length` entries in a row. */
  reserve(row: number, length: number): void {
    if (row >= this.#rows || length >= this.stride) this.#enlarge(row, length);
  }

  /** Entries of a row. */
  length(row: number): number {
    return this.column[row * this.stride]!;
  }

  setLength(row: number, length: number): void {
    this.column[row * this.stride] = length;
  }

  /** The place of a row's first entry. */
  start(row: number): number {
    return row * this.stride + 1;
  }

  /** The place behind its last one. */
  end(row: number): number {
    return this.start(row) + this.length(row);
  }

  /** The entries of a row; O(length). */
  toArray(row: number): number[] {
    return Array.from(this.column.subarray(this.start(row), this.end(row)));
  }

  #enlarge(row: number, length: number): void {
    let rows = this.#rows;
    while (rows <= row) rows *= 2;
    let { stride } = this;
    while (stride <= length) stride *= 2;
    const column = new Int32Array(rows * stride);
    for (let old = 0; old < this.#rows; old += 1) {
      const from = old * this.stride;
      column.set(this.column.subarray(from, from + 1 + this.length(old)), old * stride);
    }
    this.column = column;
    this.stride = stride;
    this.#rows = rows;
  }
}
