import { extentList, tableLists } from "./layout.ts";
import type { Extents, Tables } from "./pool.ts";
import type { PoolState } from "./pool-state.ts";

/** What the usage, tables and free cells of a pool are that were others before; null when all is the same. */
export function stateDifference(before: PoolState, after: PoolState): string | null {
  const [was, is] = [before.layout, after.layout];
  return (
    usageDifference(before, after) ??
    tablesDifference("tables", was.tables, is.tables) ??
    extentsDifference("free", was.free, is.free) ??
    (was.cpu && is.cpu && tablesDifference("CPU tables", was.cpu.tables, is.cpu.tables)) ??
    (was.cpu && is.cpu && extentsDifference("free CPU cells", was.cpu.free, is.cpu.free))
  );
}

/** The same of a pool without tables, the order of its free extents aside. */
export function drainedDifference(before: PoolState, after: PoolState): string | null {
  const [was, is] = [before.census, after.census];
  let same = was.count === is.count;
  for (let piece = 0; same && piece < was.count; piece += 1)
    same = was.start(piece) === is.start(piece) && was.timesFree[piece] === is.timesFree[piece];
  return (
    usageDifference(before, after) ??
    (same ? null : changed("free", extentList(before.layout.free), extentList(after.layout.free)))
  );
}

function usageDifference({ usage: before }: PoolState, { usage: after }: PoolState): string | null {
  const same =
    before.slots === after.slots &&
    before.free === after.free &&
    before.held === after.held &&
    before.unusable === after.unusable &&
    before.largestHole === after.largestHole &&
    before.cached === after.cached;
  return same ? null : changed("usage", before, after);
}

function tablesDifference(part: string, before: Tables, after: Tables): string | null {
  const { count } = before;
  const same =
    count === after.count &&
    isSameColumn(before.sequences, after.sequences, count) &&
    isSameColumn(before.offsets, after.offsets, count + 1) &&
    isSameList(before.extents, after.extents);
  return same ? null : changedTable(part, tableLists(before), tableLists(after));
}

type TableLists = ReturnType<typeof tableLists>;

/** Of tables that are not the same: the first that changed, or who has one. */
function changedTable(part: string, before: TableLists, after: TableLists): string {
  for (const [sequence, table] of before) {
    const other = after.get(sequence);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(table))
      return changed(part, table, other);
  }
  return changed(`${part} of`, [...before.keys()], [...after.keys()]);
}

function extentsDifference(part: string, before: Extents, after: Extents): string | null {
  return isSameList(before, after) ? null : changed(part, extentList(before), extentList(after));
}

function isSameList(before: Extents, after: Extents): boolean {
  const { length, counts } = before;
  if (length !== after.length || !isSameColumn(before.starts, after.starts, length)) return false;
  if (counts === null || after.counts === null) return counts === after.counts;
  return isSameColumn(counts, after.counts, length);
}

function isSameColumn(before: Int32Array, after: Int32Array, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (before[at] !== after[at]) return false;
  return true;
}

function changed(part: string, before: unknown, after: unknown): string {
  const [was, is] = [before, after].map((value) => JSON.stringify(value).slice(0, 200));
  return `${part} was ${was} and is ${is}`;
}
