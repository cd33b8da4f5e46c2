import { enlargedIntegers } from "../core/columns.ts";
import type { SequenceId } from "../request.ts";
import type { Extent, Extents, PoolLayout, Tables } from "./pool.ts";

/**
 * Who has each cell of one pool: the pool seen from its tables and its free list. Cells between two ends of extents fare alike, so they
 * are one piece and counted together; where the allocator counts owners by cell, each cell is a piece. Its memory is used again.
 */
export class Census {
  /** Pieces of the pool; the columns below may be longer. */
  count = 0;
  /** Table entries that name each piece. */
  owners = new Int32Array(64);
  /** Free extents that cover each piece. */
  timesFree = new Int32Array(64);
  /** Cells that tables name at all, and free ones. */
  heldCells = 0;
  freeCells = 0;
  /** The most table entries that name one cell. */
  mostOwners = 0;
  /** The first piece that is neither named by a table nor free once; -1 when all are one of the two. */
  misplaced = -1;
  /** The first extent found that does not lie inside the pool; null when all do. */
  outside: Extent | null = null;
  #byCell = true;
  /** Unless each cell is a piece: the first cell of each, and behind them the pool's end. */
  #starts = new Int32Array(64);
  /** By sequence, the number of its table; -1 without one. */
  #tableNumbers = new Int32Array(16);

  /** The first cell of a piece; for the number behind the last one, the pool's end. */
  start(piece: number): number {
    return this.#byCell ? piece : this.#starts[piece]!;
  }

  /** The piece that a cell is in. */
  pieceAt(cell: number): number {
    if (this.#byCell) return cell;
    const starts = this.#starts;
    let low = 0;
    let high = this.count;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= cell) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The number of a sequence's table; -1 without one. */
  tableOf(sequence: SequenceId): number {
    return this.#tableNumbers[sequence] ?? -1;
  }

  /** Counts a pool, `byCell` or by pieces that are as large as can be. O(pool). */
  take({ cells, tables, free }: PoolLayout, byCell: boolean): void {
    this.#byCell = byCell;
    this.count = cells;
    if (!byCell) this.#cut(cells, [tables.extents, free]);
    if (this.count > this.owners.length) {
      this.owners = new Int32Array(2 * this.count);
      this.timesFree = new Int32Array(2 * this.count);
    }
    this.owners.fill(0, 0, this.count);
    this.timesFree.fill(0, 0, this.count);
    const outsideTables = this.#cover(this.owners, tables.extents, cells);
    const outsideFree = this.#cover(this.timesFree, free, cells);
    this.outside = outsideTables ?? outsideFree;
    this.#addUp();
    this.#numberTables(tables);
  }

  /** Counts in `times` how often the extents cover each piece; returns the first one that does not lie inside the pool. */
  #cover(times: Int32Array, { length, starts, counts }: Extents, cells: number): Extent | null {
    let outside: Extent | null = null;
    for (let extent = 0; extent < length; extent += 1) {
      const start = starts[extent]!;
      const count = counts === null ? 1 : counts[extent]!;
      if (!liesInside(start, count, cells)) outside ??= { start, count };
      else if (count === 1 && this.#byCell) times[start]! += 1;
      else
        for (let piece = this.pieceAt(start); this.start(piece) < start + count; piece += 1)
          times[piece]! += 1;
    }
    return outside;
  }

  #addUp(): void {
    const { count, owners, timesFree } = this;
    const starts = this.#byCell ? null : this.#starts;
    let heldCells = 0;
    let freeCells = 0;
    let mostOwners = 0;
    let misplaced = -1;
    for (let piece = 0; piece < count; piece += 1) {
      const cells = starts === null ? 1 : starts[piece + 1]! - starts[piece]!;
      const named = owners[piece]!;
      const free = timesFree[piece]!;
      if (named > 0) heldCells += cells;
      if (named > mostOwners) mostOwners = named;
      if (free > 0) freeCells += cells;
      if (free !== (named === 0 ? 1 : 0) && misplaced < 0) misplaced = piece;
    }
    this.misplaced = misplaced;
    this.heldCells = heldCells;
    this.freeCells = freeCells;
    this.mostOwners = mostOwners;
  }

  /** Cuts the pool into pieces so that no extent ends inside of one. */
  #cut(cells: number, lists: readonly Extents[]): void {
    const most = lists.reduce((sum, { length }) => sum + 2 * length, 2);
    if (most > this.#starts.length) this.#starts = new Int32Array(2 * most);
    const cuts = this.#starts;
    cuts[0] = 0;
    cuts[1] = cells;
    let length = 2;
    for (const { length: extents, starts, counts } of lists)
      for (let extent = 0; extent < extents; extent += 1) {
        const start = starts[extent]!;
        const count = counts === null ? 1 : counts[extent]!;
        if (!liesInside(start, count, cells)) continue;
        cuts[length] = start;
        cuts[length + 1] = start + count;
        length += 2;
      }
    cuts.subarray(0, length).sort();
    this.count = keepDifferent(cuts, length) - 1;
  }

  #numberTables({ count, sequences }: Tables): void {
    this.#tableNumbers.fill(-1);
    for (let table = 0; table < count; table += 1) {
      const sequence = sequences[table]!;
      if (sequence >= this.#tableNumbers.length) {
        const { length } = this.#tableNumbers;
        this.#tableNumbers = enlargedIntegers(this.#tableNumbers, 2 * sequence).fill(-1, length);
      }
      this.#tableNumbers[sequence] = table;
    }
  }
}

function liesInside(start: number, count: number, cells: number): boolean {
  return start >= 0 && count >= 1 && start + count <= cells;
}

/** Keeps one of equal neighbours among the first `length` numbers; returns how many are left. */
function keepDifferent(numbers: Int32Array, length: number): number {
  let kept = 1;
  for (let at = 1; at < length; at += 1) {
    if (numbers[at] === numbers[kept - 1]) continue;
    numbers[kept] = numbers[at]!;
    kept += 1;
  }
  return kept;
}
