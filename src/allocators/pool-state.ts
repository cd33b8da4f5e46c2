import type { Slots } from "../request.ts";
import type { Allocator, Extent, Layout, PoolUsage } from "./allocator.ts";

/** Who has each cell of one pool: the pool seen from its tables and its free list. */
export interface Census {
  /** Table entries that name each cell. */
  readonly owners: Int32Array;
  /** Free extents that cover each cell. */
  readonly timesFree: Int32Array;
  /** The first extent found that does not lie inside the pool; null when all do. */
  readonly outside: Extent | null;
}

/** A pool at one moment; nothing in it changes when the allocator goes on. */
export interface PoolState {
  readonly layout: Layout;
  readonly usage: PoolUsage;
  readonly census: Census;
  /** Null without a CPU pool. */
  readonly cpuCensus: Census | null;
}

/** Records the state of an allocator. O(pool). */
export function poolState(allocator: Pick<Allocator, "inspect" | "usage">): PoolState {
  const seen = allocator.inspect();
  const layout = {
    ...seen,
    referenceCounts: seen.referenceCounts && Int32Array.from(seen.referenceCounts),
  };
  return {
    layout,
    usage: { ...allocator.usage },
    census: takeCensus(layout),
    cpuCensus: layout.cpu && takeCensus(layout.cpu),
  };
}

/** Cells that satisfy `test`. */
export function countCells(
  { owners, timesFree }: Census,
  test: (owners: number, timesFree: number) => boolean,
): number {
  let count = 0;
  for (let cell = 0; cell < owners.length; cell += 1)
    if (test(owners[cell]!, timesFree[cell]!)) count += 1;
  return count;
}

/** The first cell that satisfies `test`; null without one. */
export function findCell(
  { owners, timesFree }: Census,
  test: (owners: number, timesFree: number, cell: number) => boolean,
): number | null {
  for (let cell = 0; cell < owners.length; cell += 1)
    if (test(owners[cell]!, timesFree[cell]!, cell)) return cell;
  return null;
}

/** Calls `visit` with the cells of a table in token order, until it returns false. */
export function visitCells(
  table: readonly Extent[],
  visit: (cell: number, at: number) => boolean,
): void {
  let at = 0;
  for (const { start, count } of table)
    for (let cell = start; cell < start + count; cell += 1, at += 1) if (!visit(cell, at)) return;
}

/** The cell at a place of a table; undefined beyond its end. */
export function cellAt(table: readonly Extent[], place: number): number | undefined {
  let before = 0;
  for (const { start, count } of table) {
    if (place < before + count) return start + place - before;
    before += count;
  }
  return undefined;
}

/** Slots that a table reaches. */
export function tableSlots(layout: Layout, table: readonly Extent[]): Slots {
  return table.reduce((cells, { count }) => cells + count, 0) * layout.cellSlots;
}

function takeCensus({ cells, tables, free }: Pick<Layout, "cells" | "tables" | "free">): Census {
  const census = { owners: new Int32Array(cells), timesFree: new Int32Array(cells) };
  let outside: Extent | null = null;
  const cover = (counts: Int32Array, extent: Extent): void => {
    const end = extent.start + extent.count;
    if (extent.start < 0 || extent.count < 1 || end > cells) outside ??= extent;
    else for (let cell = extent.start; cell < end; cell += 1) counts[cell]! += 1;
  };
  for (const table of tables.values()) for (const extent of table) cover(census.owners, extent);
  for (const extent of free) cover(census.timesFree, extent);
  return { ...census, outside };
}
