import type { SequenceId, Slots, Tokens } from "../request.ts";
import type { Census } from "./census.ts";
import type { Extents, SequenceHolding, Tables } from "./pool.ts";
import type { PoolState } from "./pool-state.ts";

/** A group as its owner sees it, without asking the allocator. */
export interface TrackedGroup {
  /** Unfinished sequences that must have a table. */
  readonly sequences: readonly SequenceId[];
  /** Tokens each of them was last given room for. */
  readonly tokens: Tokens;
  /** Whether the last of those tokens may be written now: not after a fork or a swap, before the group has grown. */
  readonly writing: boolean;
  readonly swapped: boolean;
}

/** What an invariant may look at. */
export interface InvariantContext {
  /** Size of the pool, from the config. */
  readonly slots: Slots;
  readonly initial: PoolState;
  readonly now: PoolState;
  /** The state before the last operation if that was refused, else null. */
  readonly refusedFrom: PoolState | null;
  readonly groups: readonly TrackedGroup[];
  /** The allocator's own answer; null for a sequence that holds nothing on the GPU. */
  readonly holding: (sequence: SequenceId) => SequenceHolding | null;
}

const HOLDS_NOTHING: SequenceHolding = { held: 0, asked: 0, shared: 0 };

/** KV-2 and KV-12: the extent that leaves a pool of `cells` cells. */
export function outsideOf({ outside }: Census, cells: number): string | null {
  return outside && `${outside.count} cells from ${outside.start} in a pool of ${cells}`;
}

/** KV-3 and KV-12: a cell that is in no place, or in two. */
export function misplacedCell(census: Census): string | null {
  const { misplaced, owners, timesFree } = census;
  if (misplaced < 0) return null;
  return `cell ${census.start(misplaced)} is named by ${owners[misplaced]} tables and free ${timesFree[misplaced]} times`;
}

/** KV-4: a counter that differs from what an inspection finds. */
export function wrongCounter({
  slots,
  now: { census, layout, usage },
}: InvariantContext): string | null {
  const { cellSlots, cells, merges } = layout;
  const free = census.freeCells * cellSlots;
  const held = census.heldCells * cellSlots;
  // Single cells can always be used together.
  const largest = merges === undefined ? free : largestExtent(layout.free) * cellSlots;
  return (
    wrongCount("free", usage.free, free) ??
    wrongCount("held", usage.held, held) ??
    wrongCount("unusable", usage.unusable, slots - cells * cellSlots) ??
    wrongCount("largestHole", usage.largestHole, largest)
  );
}

function largestExtent({ length, counts }: Extents): number {
  let largest = 0;
  for (let extent = 0; extent < length; extent += 1)
    largest = Math.max(largest, counts === null ? 1 : counts[extent]!);
  return largest;
}

function wrongCount(name: string, counted: Slots, found: Slots): string | null {
  return counted === found ? null : `${name} counts ${counted} slots but is ${found}`;
}

/** KV-5: a cell whose owners are not as many as the allocator counts. */
export function miscountedCell({ now: { census, layout } }: InvariantContext): string | null {
  const { count, owners } = census;
  const counts = layout.referenceCounts;
  for (let piece = 0; piece < count; piece += 1) {
    if (counts === null ? owners[piece]! <= 1 : owners[piece] === counts[piece]) continue;
    const counted = counts === null ? "may have one owner" : `counts ${counts[piece]}`;
    return `cell ${census.start(piece)} is named by ${owners[piece]} tables but ${counted}`;
  }
  return null;
}

/** KV-6: a table that is too short, missing, or left over. */
export function unreachedTokens({ groups, now }: InvariantContext): string | null {
  const { layout, census, cpuCensus } = now;
  let found = 0;
  for (const { sequences, swapped, tokens } of groups) {
    const tables = swapped ? layout.cpu?.tables : layout.tables;
    for (const sequence of sequences) {
      const table = (swapped ? cpuCensus : census)?.tableOf(sequence) ?? NO_TABLE;
      const reached = tables === undefined ? 0 : cellsOf(tables, table) * layout.cellSlots;
      if (reached < tokens)
        return `the table of sequence ${sequence} reaches ${reached} of ${tokens} tokens`;
      if (table !== NO_TABLE) found += 1;
    }
  }
  const there = layout.tables.count + (layout.cpu?.tables.count ?? 0);
  return found === there ? null : strayTable(groups, now);
}

function strayTable(groups: readonly TrackedGroup[], { layout: { tables, cpu } }: PoolState) {
  const left = new Set(tables.sequences.subarray(0, tables.count));
  for (const sequence of cpu?.tables.sequences.subarray(0, cpu.tables.count) ?? [])
    left.add(sequence);
  for (const { sequences } of groups) for (const sequence of sequences) left.delete(sequence);
  const [stray] = left;
  return stray === undefined
    ? "a sequence has a table on the GPU and one on the CPU"
    : `sequence ${stray} has a table but has ended`;
}

/** KV-7: a holding that does not match its table. */
export function wrongHolding({ groups, now, holding }: InvariantContext): string | null {
  const { census, layout } = now;
  for (const { sequences, swapped, tokens } of groups) {
    if (swapped) continue;
    for (const sequence of sequences) {
      const { held, asked, shared } = holding(sequence) ?? HOLDS_NOTHING;
      const reached = cellsOf(layout.tables, census.tableOf(sequence)) * layout.cellSlots;
      if (held !== reached || asked > held || shared > held || asked < tokens)
        return `sequence ${sequence} with ${tokens} tokens and a table of ${reached} slots holds ${held}, asked for ${asked}, shares ${shared}`;
    }
  }
  return null;
}

/** KV-8: a table in several extents where it must be one. */
export function scatteredTable({ now: { layout } }: InvariantContext): string | null {
  if (layout.merges === undefined) return null;
  const { count, sequences, offsets } = layout.tables;
  for (let table = 0; table < count; table += 1) {
    const extents = offsets[table + 1]! - offsets[table]!;
    if (extents !== 1) return `sequence ${sequences[table]} lies in ${extents} extents`;
  }
  return null;
}

/** KV-9: two holes that should be one. */
export function unmergedHoles({ now: { layout, census } }: InvariantContext): string | null {
  if (layout.merges === undefined) return null;
  const { count, timesFree } = census;
  for (let piece = 1; piece < count; piece += 1) {
    if (timesFree[piece - 1] === 0 || timesFree[piece] === 0) continue;
    const start = census.start(piece - 1);
    const meet = census.start(piece);
    const [low, high] = [meet - start, census.start(piece + 1) - meet];
    const halves = low === high && start % (2 * low) === 0;
    if (halves || layout.merges === "neighbours")
      return `holes of ${low} and ${high} cells meet at ${meet}`;
  }
  return null;
}

/** KV-13: a cell that is shared where it should not be, or the other way round. */
export function wrongSharing({ groups, now, holding }: InvariantContext): string | null {
  for (const { sequences, swapped } of groups) {
    if (swapped) continue;
    for (const sequence of sequences) {
      const { shared } = holding(sequence) ?? HOLDS_NOTHING;
      // Where no cell has two owners, only a sequence that should share one can be wrong.
      if (now.census.mostOwners <= 1 && (shared === 0 || sequences.length === 1)) continue;
      const found = wronglyShared(now, sequences, sequence, shared / now.layout.cellSlots);
      if (found !== null) return found;
    }
  }
  return null;
}

function wronglyShared(
  { census, layout: { tables } }: PoolState,
  siblings: readonly SequenceId[],
  sequence: SequenceId,
  sharedCells: number,
): string | null {
  const table = census.tableOf(sequence);
  if (table === NO_TABLE) return null;
  const first = census.tableOf(siblings[0]!);
  const { starts, counts } = tables.extents;
  let at = 0;
  for (let extent = tables.offsets[table]!; extent < tables.offsets[table + 1]!; extent += 1) {
    const end = starts[extent]! + (counts === null ? 1 : counts[extent]!);
    let piece = census.pieceAt(starts[extent]!);
    for (let cell = starts[extent]!; cell < end; ) {
      const owners = at < sharedCells ? siblings.length : 1;
      const isInPlace = at >= sharedCells || cellAt(tables, first, at) === cell;
      if (census.owners[piece] !== owners || !isInPlace)
        return `cell ${cell}, number ${at} of sequence ${sequence}, should be in ${owners} tables at that place, and is in ${census.owners[piece]}`;
      piece += 1;
      at += census.start(piece) - cell;
      cell = census.start(piece);
    }
  }
  return null;
}

/** KV-14: a cell that is about to be written although others read it. */
export function sharedWrite({ groups, now: { census, layout } }: InvariantContext): string | null {
  if (census.mostOwners <= 1) return null;
  for (const { sequences, swapped, writing, tokens } of groups) {
    if (!writing || swapped) continue;
    const place = Math.ceil(tokens / layout.cellSlots) - 1;
    for (const sequence of sequences) {
      const cell = cellAt(layout.tables, census.tableOf(sequence), place);
      if (cell === undefined) continue;
      const owners = census.owners[census.pieceAt(cell)];
      if (owners !== 1)
        return `sequence ${sequence} writes cell ${cell}, which is in ${owners} tables`;
    }
  }
  return null;
}

/** The number of no table. */
const NO_TABLE = -1;

/** Cells of a table; 0 without one. */
function cellsOf({ offsets, extents: { counts } }: Tables, table: number): number {
  if (table === NO_TABLE) return 0;
  const from = offsets[table]!;
  const until = offsets[table + 1]!;
  if (counts === null) return until - from;
  let cells = 0;
  for (let extent = from; extent < until; extent += 1) cells += counts[extent]!;
  return cells;
}

/** The cell at a place of a table; undefined beyond its end, and without one. */
function cellAt(tables: Tables, table: number, place: number): number | undefined {
  if (place >= cellsOf(tables, table)) return undefined;
  const { starts, counts } = tables.extents;
  let extent = tables.offsets[table]!;
  if (counts === null) return starts[extent + place]!;
  let left = place;
  for (; left >= counts[extent]!; extent += 1) left -= counts[extent]!;
  return starts[extent]! + left;
}
