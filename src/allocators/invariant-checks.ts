import type { SequenceId, Slots, Tokens } from "../request.ts";
import type { Extent, Layout, SequenceHolding } from "./allocator.ts";
import {
  type Census,
  cellAt,
  countCells,
  findCell,
  type PoolState,
  tableSlots,
  visitCells,
} from "./pool-state.ts";

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
  const cell = findCell(census, (owners, timesFree) => Math.min(owners, 1) + timesFree !== 1);
  if (cell === null) return null;
  return `cell ${cell} is named by ${census.owners[cell]} tables and free ${census.timesFree[cell]} times`;
}

/** KV-4: a counter that differs from what an inspection finds. */
export function wrongCounter({
  slots,
  now: { census, layout, usage },
}: InvariantContext): string | null {
  const { cellSlots, cells, merges } = layout;
  const free = countCells(census, (_, timesFree) => timesFree > 0) * cellSlots;
  const largest = layout.free.reduce((most, { count }) => Math.max(most, count), 0) * cellSlots;
  const inspected = {
    free,
    held: countCells(census, (owners) => owners > 0) * cellSlots,
    unusable: slots - cells * cellSlots,
    // Single cells can always be used together.
    largestHole: merges === undefined ? free : largest,
  };
  for (const [name, found] of Object.entries(inspected)) {
    const counted = usage[name as keyof typeof inspected];
    if (counted !== found) return `${name} counts ${counted} slots but is ${found}`;
  }
  return null;
}

/** KV-6: a table that is too short, missing, or left over. */
export function unreachedTokens({ groups, now: { layout } }: InvariantContext): string | null {
  const left = new Set([...layout.tables.keys(), ...(layout.cpu?.tables.keys() ?? [])]);
  for (const { sequences, swapped, tokens } of groups) {
    const tables = swapped ? layout.cpu?.tables : layout.tables;
    for (const sequence of sequences) {
      left.delete(sequence);
      const reached = tableSlots(layout, tables?.get(sequence) ?? []);
      if (reached < tokens)
        return `the table of sequence ${sequence} reaches ${reached} of ${tokens} tokens`;
    }
  }
  const [stray] = left;
  return stray === undefined ? null : `sequence ${stray} has a table but has ended`;
}

/** KV-7: a holding that does not match its table. */
export function wrongHolding({
  groups,
  now: { layout },
  holding,
}: InvariantContext): string | null {
  for (const { sequence, table, tokens } of tablesOnGpu(groups, layout)) {
    const { held, asked, shared } = holding(sequence) ?? HOLDS_NOTHING;
    const reached = tableSlots(layout, table);
    if (held !== reached || asked > held || shared > held || asked < tokens)
      return `sequence ${sequence} with ${tokens} tokens and a table of ${reached} slots holds ${held}, asked for ${asked}, shares ${shared}`;
  }
  return null;
}

/** KV-9: two holes that should be one. */
export function unmergedHoles({ now: { layout } }: InvariantContext): string | null {
  if (layout.merges === undefined) return null;
  const holes = byStart(layout.free);
  for (let index = 1; index < holes.length; index += 1) {
    const [low, high] = [holes[index - 1]!, holes[index]!];
    const adjacent = low.start + low.count === high.start;
    const halves = low.count === high.count && low.start % (2 * low.count) === 0;
    if (adjacent && (halves || layout.merges === "neighbours"))
      return `holes of ${low.count} and ${high.count} cells meet at ${high.start}`;
  }
  return null;
}

/** KV-13: a cell that is shared where it should not be, or the other way round. */
export function wrongSharing({ groups, now, holding }: InvariantContext): string | null {
  const { census, layout } = now;
  for (const { sequences, swapped } of groups) {
    if (swapped) continue;
    const first = layout.tables.get(sequences[0]!) ?? [];
    for (const sequence of sequences) {
      const sharedCells = (holding(sequence) ?? HOLDS_NOTHING).shared / layout.cellSlots;
      let found: string | null = null;
      visitCells(layout.tables.get(sequence) ?? [], (cell, at) => {
        const owners = at < sharedCells ? sequences.length : 1;
        const isRight =
          census.owners[cell] === owners && (at >= sharedCells || cellAt(first, at) === cell);
        if (!isRight)
          found = `cell ${cell}, number ${at} of sequence ${sequence}, should be in ${owners} tables at that place, and is in ${census.owners[cell]}`;
        return isRight;
      });
      if (found !== null) return found;
    }
  }
  return null;
}

/** KV-14: a cell that is about to be written although others read it. */
export function sharedWrite({ groups, now: { census, layout } }: InvariantContext): string | null {
  const writing = groups.filter((group) => group.writing);
  for (const { sequence, table, tokens } of tablesOnGpu(writing, layout)) {
    const cell = cellAt(table, Math.ceil(tokens / layout.cellSlots) - 1);
    if (cell !== undefined && census.owners[cell] !== 1)
      return `sequence ${sequence} writes cell ${cell}, which is in ${census.owners[cell]} tables`;
  }
  return null;
}

function* tablesOnGpu(groups: readonly TrackedGroup[], { tables }: Layout) {
  for (const { sequences, swapped, tokens } of groups)
    if (!swapped)
      for (const sequence of sequences)
        yield { sequence, table: tables.get(sequence) ?? [], tokens };
}

/** Extents in the order of their addresses. */
export function byStart(extents: readonly Extent[]): readonly Extent[] {
  return extents.toSorted((a, b) => a.start - b.start);
}

/** Tables of the CPU pool; none without one. */
export function cpuTables({ layout }: PoolState): Layout["tables"] {
  return layout.cpu?.tables ?? new Map();
}

/** How `part` of a pool changed; null when it is the same. */
export function difference(part: string, before: unknown, after: unknown): string | null {
  if (isSame(before, after)) return null;
  const [was, is] = [before, after].map((value) => JSON.stringify(value).slice(0, 200));
  return `${part} was ${was} and is ${is}`;
}

/** Whether two plain values are equal, keys in any order. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => isSame(a[key as keyof typeof a], b[key as keyof typeof b]));
}

/** The same for lists of extents, of which large pools have many. */
export function extentsDifference(
  part: string,
  before: readonly Extent[],
  after: readonly Extent[],
): string | null {
  let same = before.length === after.length;
  for (let at = 0; same && at < before.length; at += 1)
    same = before[at]!.start === after[at]!.start && before[at]!.count === after[at]!.count;
  return same ? null : difference(part, before, after);
}

/** The same for the tables of a pool. */
export function tablesDifference(
  part: string,
  before: Layout["tables"],
  after: Layout["tables"],
): string | null {
  const other = difference(`${part} of`, [...before.keys()], [...after.keys()]);
  if (other !== null) return other;
  for (const [sequence, table] of before) {
    const found = extentsDifference(part, table, after.get(sequence)!);
    if (found !== null) return found;
  }
  return null;
}
