const FIRST_ROWS = 64;
const FIRST_STRIDE = 64;

/**
 * Free stacks and block tables in one column of numbers: who carries blocks from the ones to the others goes over a single array. In
 * front lie the stacks, whose use is somebody else's; then, for each row, the length of its table; for each row a mark, 0 at first, whose
 * meaning is not known here; and the tables, with room for {@link stride} blocks each. All but the stacks move when the column grows.
 */
export class BlockColumn {
  cells: Int32Array;
  /** Rows that there is room for. */
  rows = 0;
  /** Where what is kept by row begins. */
  readonly lengths: number;
  marks = 0;
  tables = 0;
  /** Blocks that a table has room for. */
  stride = 0;

  /** `stacks`: how many numbers lie in front. */
  constructor(stacks: number) {
    this.lengths = stacks;
    this.cells = new Int32Array(stacks);
    this.#grow(FIRST_ROWS, FIRST_STRIDE);
  }

  /** Makes room for `length` blocks in a row's table. */
  reserve(row: number, length: number): void {
    let { rows, stride } = this;
    while (rows <= row) rows *= 2;
    while (stride < length) stride *= 2;
    if (rows > this.rows || stride > this.stride) this.#grow(rows, stride);
  }

  /** Adds a block at the end of a row's table. */
  push(row: number, block: number): void {
    const length = this.length(row);
    this.reserve(row, length + 1);
    this.cells[this.start(row) + length] = block;
    this.cells[this.lengths + row] = length + 1;
  }

  length(row: number): number {
    return row < this.rows ? this.cells[this.lengths + row]! : 0;
  }

  mark(row: number): number {
    return row < this.rows ? this.cells[this.marks + row]! : 0;
  }

  /** Where a row's table begins. */
  start(row: number): number {
    return this.tables + row * this.stride;
  }

  /** The blocks of a row's table; O(length). */
  toArray(row: number): number[] {
    const from = this.start(row);
    return Array.from(this.cells.subarray(from, from + this.length(row)));
  }

  #grow(rows: number, stride: number): void {
    const old = { cells: this.cells, rows: this.rows, marks: this.marks, tables: this.tables };
    const { lengths } = this;
    const marks = lengths + rows;
    const tables = marks + rows;
    const cells = new Int32Array(tables + rows * stride);
    cells.set(old.cells.subarray(0, lengths + old.rows));
    cells.set(old.cells.subarray(old.marks, old.marks + old.rows), marks);
    for (let row = 0; row < old.rows; row += 1) {
      const from = this.start(row);
      cells.set(old.cells.subarray(from, from + this.length(row)), tables + row * stride);
    }
    this.cells = cells;
    this.rows = rows;
    this.marks = marks;
    this.tables = tables;
    this.stride = stride;
  }
}
