import { enlargedIntegers } from "../core/columns.ts";
import type { SequenceId } from "../request.ts";
import type { Extent, Extents, PoolLayout, Tables } from "./pool.ts";

/** A list of extents whose memory is used again. */
export class ExtentColumns implements Extents {
  length = 0;
  starts = new Int32Array(64);
  #counts = new Int32Array(64);
  /** All are single cells so far; their counts are not written. */
  #single = true;

  get counts(): Int32Array | null {
    return this.#single ? null : this.#counts;
  }

  clear(): void {
    this.length = 0;
    this.#single = true;
  }

  add(start: number, count: number): void {
    this.#reserve(1);
    if (this.#single) this.#counts.fill(1, 0, this.length);
    this.#single = false;
    this.starts[this.length] = start;
    this.#counts[this.length] = count;
    this.length += 1;
  }

  /** Adds a single cell. */
  addCell(cell: number): void {
    this.#reserve(1);
    this.starts[this.length] = cell;
    if (!this.#single) this.#counts[this.length] = 1;
    this.length += 1;
  }

  /** Adds single cells: those of `cells` from place `from` to before `until`. */
  addCells(cells: Int32Array, from: number, until: number): void {
    const added = until - from;
    this.#reserve(added);
    const { starts, length } = this;
    for (let at = 0; at < added; at += 1) starts[length + at] = cells[from + at]!;
    if (!this.#single) this.#counts.fill(1, length, length + added);
    this.length += added;
  }

  /** Becomes a copy of `extents`. */
  copy({ length, starts, counts }: Extents): void {
    this.length = 0;
    this.#reserve(length);
    this.length = length;
    this.#single = counts === null;
    this.starts.set(starts.subarray(0, length));
    if (counts !== null) this.#counts.set(counts.subarray(0, length));
  }

  #reserve(more: number): void {
    const length = this.length + more;
    if (length <= this.starts.length) return;
    this.starts = enlargedIntegers(this.starts, 2 * length);
    this.#counts = enlargedIntegers(this.#counts, 2 * length);
  }
}

/** Tables whose memory is used again. */
export class TableColumns implements Tables {
  count = 0;
  sequences = new Int32Array(16);
  offsets = new Int32Array(17);
  readonly extents = new ExtentColumns();

  clear(): void {
    this.count = 0;
    this.extents.clear();
  }

  /** All that was added to {@link extents} since the last table is the table of `sequence`. */
  close(sequence: SequenceId): void {
    this.#reserve(this.count + 1);
    this.sequences[this.count] = sequence;
    this.count += 1;
    this.offsets[this.count] = this.extents.length;
  }

  /** Becomes a copy of `tables`. */
  copy({ count, sequences, offsets, extents }: Tables): void {
    this.#reserve(count);
    this.count = count;
    this.sequences.set(sequences.subarray(0, count));
    this.offsets.set(offsets.subarray(0, count + 1));
    this.extents.copy(extents);
  }

  #reserve(count: number): void {
    if (count <= this.sequences.length) return;
    this.sequences = enlargedIntegers(this.sequences, 2 * count);
    this.offsets = enlargedIntegers(this.offsets, 2 * count + 1);
  }
}

/** A pool's tables and free cells, in memory that is used again. */
export class PoolColumns implements PoolLayout {
  cells = 0;
  readonly tables = new TableColumns();
  readonly free = new ExtentColumns();

  /** Empty, for a pool of so many cells. */
  clear(cells: number): void {
    this.cells = cells;
    this.tables.clear();
    this.free.clear();
  }

  /** Becomes a copy of `pool`. */
  copy({ cells, tables, free }: PoolLayout): void {
    this.cells = cells;
    this.tables.copy(tables);
    this.free.copy(free);
  }
}

/** Extents as a list of their own: those from number `from` to before `until`. */
export function extentList(
  { length, starts, counts }: Extents,
  from = 0,
  until = length,
): Extent[] {
  return Array.from({ length: until - from }, (_, at) => ({
    start: starts[from + at]!,
    count: counts === null ? 1 : counts[from + at]!,
  }));
}

/** Tables as lists of their own, by sequence. */
export function tableLists({
  count,
  sequences,
  offsets,
  extents,
}: Tables): Map<SequenceId, Extent[]> {
  const lists = new Map<SequenceId, Extent[]>();
  for (let table = 0; table < count; table += 1)
    lists.set(sequences[table]!, extentList(extents, offsets[table], offsets[table + 1]));
  return lists;
}
