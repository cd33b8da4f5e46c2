const FIRST_ROWS = 64;
const FIRST_ROOM = 64;

/** Behind the room of each table: no block. */
const WALL = -1;

/**
 * Free stacks and block tables in one column of numbers: who carries blocks from the ones to the others goes over a single array. In
 * front lie the stacks, whose use is somebody else's; then, for each row, the place where the next block of its table goes; for each row
 * a mark, 0 at first, whose meaning is not known here; and the tables, each with room for as many blocks and a number below 0 behind it,
 * which tells without another look that it is full. All but the stacks move when the column grows.
 */
export class BlockColumn {
  cells: Int32Array;
  /** Rows that there is room for. */
  rows = 0;
  /** Where what is kept by row begins. */
  readonly ends: number;
  marks = 0;
  tables = 0;
  /** From one table to the next. */
  stride = 0;

  /** `stacks`: how many numbers lie in front. */
  constructor(stacks: number) {
    this.ends = stacks;
    this.cells = new Int32Array(stacks);
    this.#grow(FIRST_ROWS, FIRST_ROOM);
  }

  /** Blocks that each table has room for. */
  get room(): number {
    return this.stride - 1;
  }

  /** Makes room for `length` blocks in a row's table. */
  reserve(row: number, length: number): void {
    let { rows, room } = this;
    while (rows <= row) rows *= 2;
    while (room < length) room *= 2;
    if (rows > this.rows || room > this.room) this.#grow(rows, room);
  }

  /** Adds a block at the end of a row's table. */
  push(row: number, block: number): void {
    this.reserve(row, this.length(row) + 1);
    const end = this.cells[this.ends + row]!;
    this.cells[end] = block;
    this.cells[this.ends + row] = end + 1;
  }

  length(row: number): number {
    return row < this.rows ? this.cells[this.ends + row]! - this.start(row) : 0;
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

  #grow(rows: number, room: number): void {
    const { ends } = this;
    const marks = ends + rows;
    const tables = marks + rows;
    const stride = room + 1;
    const cells = new Int32Array(tables + rows * stride);
    cells.set(this.cells.subarray(0, ends));
    cells.set(this.cells.subarray(this.marks, this.marks + this.rows), marks);
    for (let row = 0; row < rows; row += 1) {
      const from = this.start(row);
      const length = this.length(row);
      const start = tables + row * stride;
      cells.set(this.cells.subarray(from, from + length), start);
      cells[ends + row] = start + length;
      cells[start + room] = WALL;
    }
    this.cells = cells;
    this.rows = rows;
    this.marks = marks;
    this.tables = tables;
    this.stride = stride;
  }
}
