import { enlarged } from "../core/columns";

/** Which free extents must be one where they are neighbours: none, any, or the two halves of a block. */
export const NONE: i32 = 0;
export const NEIGHBOURS: i32 = 1;
export const BUDDIES: i32 = 2;

/** A list of extents whose memory is used again: all of them single cells, or none counted as such. */
@final
export class ExtentColumns {
  length: i32 = 0;
  starts: StaticArray<i32> = new StaticArray<i32>(64);
  /** Cells of each extent; not written while all are single cells. */
  counts: StaticArray<i32> = new StaticArray<i32>(64);
  areSingle: bool = true;

  clear(): void {
    this.length = 0;
    this.areSingle = true;
  }

  /** Adds an extent to others that were added so. */
  add(start: i32, count: i32): void {
    this.reserve(1);
    this.areSingle = false;
    this.starts[this.length] = start;
    this.counts[this.length] = count;
    this.length += 1;
  }

  /** Adds single cells: those of `cells` from place `from` to before `until`, each less `less`. */
  addCells(cells: StaticArray<i32>, from: i32, until: i32, less: i32 = 0): void {
    this.reserve(until - from);
    const starts = this.starts;
    const length = this.length;
    for (let at = from; at < until; at += 1) starts[length + at - from] = cells[at] - less;
    this.length = length + until - from;
  }

  /** Adds a single cell. */
  addCell(cell: i32): void {
    this.reserve(1);
    this.starts[this.length] = cell;
    this.length += 1;
  }

  private reserve(more: i32): void {
    const length = this.length + more;
    if (length <= this.starts.length) return;
    this.starts = enlarged(this.starts, 2 * length);
    this.counts = enlarged(this.counts, 2 * length);
  }
}

/** Who has which cells of a pool, in memory that is used again. */
@final
export class PoolColumns {
  cells: i32 = 0;
  /** Table number i is that of `sequences[i]`, and has extents `offsets[i]` to before `offsets[i + 1]` in token order. */
  tables: i32 = 0;
  sequences: StaticArray<i32> = new StaticArray<i32>(16);
  offsets: StaticArray<i32> = new StaticArray<i32>(17);
  readonly held: ExtentColumns = new ExtentColumns();
  readonly free: ExtentColumns = new ExtentColumns();

  /** Empty, for a pool of so many cells. */
  clear(cells: i32): void {
    this.cells = cells;
    this.tables = 0;
    this.held.clear();
    this.free.clear();
  }

  /** All that was added to {@link held} since the last table is the table of `sequence`. */
  close(sequence: i32): void {
    if (this.tables === this.sequences.length) {
      this.sequences = enlarged(this.sequences, 2 * this.tables);
      this.offsets = enlarged(this.offsets, 2 * this.tables + 1);
    }
    this.sequences[this.tables] = sequence;
    this.tables += 1;
    this.offsets[this.tables] = this.held.length;
  }
}

/** A whole pool as its allocator describes it, for tests and `--paranoid`: src/allocators/pool.ts, Layout. */
@final
export class Layout {
  /** Slots of one cell: the block size; 1 for contiguous allocators. */
  cellSlots: i32 = 1;
  /** Which adjacent free extents must be one. */
  merges: i32 = NONE;
  readonly gpu: PoolColumns = new PoolColumns();
  /** Owners of each cell by the allocator's own count; empty where a cell has at most one owner. */
  owners: StaticArray<i32> = new StaticArray<i32>(0);
  /** The CPU pool, with the tables that were swapped out, of no cells without one. */
  readonly cpu: PoolColumns = new PoolColumns();
  private readonly fields: StaticArray<usize> = new StaticArray<usize>(23);

  /** A column for the owners of so many cells, to be written anew. */
  ownersOf(cells: i32): StaticArray<i32> {
    if (this.owners.length !== cells) this.owners = new StaticArray<i32>(cells);
    return this.owners;
  }

  /** Where everything lies, in the order in which src/allocators/engine-pool.ts reads it. */
  address(): StaticArray<usize> {
    const fields = this.fields;
    fields[0] = this.cellSlots;
    fields[1] = this.merges;
    fields[2] = this.owners.length > 0 ? changetype<usize>(this.owners) : 0;
    this.addressPool(this.gpu, 3);
    this.addressPool(this.cpu, 13);
    return fields;
  }

  private addressPool(pool: PoolColumns, at: i32): void {
    const fields = this.fields;
    fields[at] = pool.cells;
    fields[at + 1] = pool.tables;
    fields[at + 2] = changetype<usize>(pool.sequences);
    fields[at + 3] = changetype<usize>(pool.offsets);
    this.addressExtents(pool.held, at + 4);
    this.addressExtents(pool.free, at + 7);
  }

  private addressExtents(extents: ExtentColumns, at: i32): void {
    const fields = this.fields;
    fields[at] = extents.length;
    fields[at + 1] = changetype<usize>(extents.starts);
    fields[at + 2] = extents.areSingle ? 0 : changetype<usize>(extents.counts);
  }
}
