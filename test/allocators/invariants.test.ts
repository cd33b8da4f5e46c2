import { describe, expect, it } from "vitest";
import type { InvariantContext } from "../../src/allocators/invariant-checks.ts";
import { invariants } from "../../src/allocators/invariants.ts";
import { ExtentColumns, TableColumns } from "../../src/allocators/layout.ts";
import type { Extent, Extents, Layout, PoolUsage, Tables } from "../../src/allocators/pool.ts";
import { poolState } from "../../src/allocators/pool-state.ts";

const SLOTS = 22;

const usage: PoolUsage = {
  slots: SLOTS,
  free: 8,
  held: 12,
  unusable: 2,
  largestHole: 8,
  cached: 0,
};

/** Blocks of 4 slots: two sequences share block 0 and write blocks 3 and 1; 2 and 4 are free. Sequence 7 is on the CPU. */
const layout: Layout = {
  cellSlots: 4,
  cells: 5,
  tables: tablesOf({ 0: [0, 3], 1: [0, 1] }),
  free: singles(4, 2),
  referenceCounts: Int32Array.of(2, 1, 0, 1, 0),
  cpu: { cells: 2, tables: tablesOf({ 7: [1] }), free: singles(0) },
};

const holding = () => ({ held: 8, asked: 8, shared: 4 });
const groups = [
  { sequences: [0, 1], tokens: 6, writing: true, swapped: false },
  { sequences: [7], tokens: 3, writing: false, swapped: true },
];

/** One chunk of 6 slots for sequence 0 in a pool of 16. */
const chunks = {
  slots: 16,
  usage: { slots: 16, free: 10, held: 6, unusable: 0, largestHole: 8, cached: 0 },
  layout: {
    cellSlots: 1,
    cells: 16,
    tables: chunkOf(0, 2, 6),
    free: extentColumns([cells(0, 2), cells(8, 8)]),
    merges: "neighbours",
    referenceCounts: null,
    cpu: null,
  } satisfies Layout,
  holding: () => ({ held: 6, asked: 6, shared: 0 }),
  groups: [{ sequences: [0], tokens: 6, writing: true, swapped: false }],
};

interface Change extends Partial<Omit<InvariantContext, "initial" | "now" | "refusedFrom">> {
  readonly layout?: Partial<Layout>;
  readonly usage?: Partial<PoolUsage>;
  readonly refused?: boolean;
}

/** A breach of each invariant by the smallest change of a sound pool, and what is said of it. */
const breaches: Readonly<Record<string, readonly [Change, string]>> = {
  "KV-1": [{ slots: 23 }, "8 free + 12 held + 2 unusable slots of 22 in a pool of 23"],
  "KV-2": [{ layout: { free: singles(4, 5) } }, "1 cells from 5 in a pool of 5"],
  "KV-3": [{ layout: { free: singles(4, 2, 2) } }, "cell 2 is named by 0 tables and free 2 times"],
  "KV-4": [{ usage: { largestHole: 4 } }, "largestHole counts 4 slots but is 8"],
  "KV-5": [
    { layout: { referenceCounts: Int32Array.of(1, 1, 0, 1, 0) } },
    "cell 0 is named by 2 tables but counts 1",
  ],
  "KV-6": [
    { groups: [{ ...groups[0]!, tokens: 9 }, groups[1]!] },
    "the table of sequence 0 reaches 8 of 9 tokens",
  ],
  "KV-7": [{ holding: () => ({ held: 8, asked: 9, shared: 4 }) }, "asked for 9"],
  "KV-8": [{ layout: { merges: "buddies" } }, "sequence 0 lies in 2 extents"],
  "KV-9": [
    { ...chunks, layout: { ...chunks.layout, free: extentColumns([cells(8, 4), cells(12, 4)]) } },
    "holes of 4 and 4 cells meet at 12",
  ],
  "KV-10": [{ layout: { tables: tablesOf({}), free: singles(0, 1, 2, 3) } }, "usage was"],
  "KV-11": [{ refused: true, layout: { free: singles(2, 4) } }, "free was"],
  "KV-12": [
    { layout: { cpu: { ...layout.cpu!, free: singles() } } },
    "cell 0 is named by 0 tables and free 0 times",
  ],
  "KV-13": [
    { holding: () => ({ held: 8, asked: 8, shared: 0 }) },
    "cell 0, number 0 of sequence 0, should be in 1 tables at that place, and is in 2",
  ],
  "KV-14": [
    { groups: [{ ...groups[0]!, tokens: 4 }, groups[1]!] },
    "sequence 0 writes cell 0, which is in 2 tables",
  ],
};

describe("invariants", () => {
  it("are numbered from KV-1 on", () => {
    const ids = invariants.map(({ id }) => id);
    expect(ids).toEqual(invariants.map((_, index) => `KV-${index + 1}`));
  });

  it.each(invariants)("$id $title: holds in sound pools", ({ check }) => {
    expect(check(context({}))).toBeNull();
    expect(check(context({ refused: true }))).toBeNull();
    expect(check(context(chunks))).toBeNull();
  });

  it.each(invariants)("$id $title: is broken by a breach, which it tells", ({ id, check }) => {
    const [change, found] = breaches[id]!;
    expect(check(context(change))).toContain(found);
  });

  it("let free blocks of a buddy system lie side by side unless they are halves of one", () => {
    const maximal = invariants.find(({ id }) => id === "KV-9")!;
    const found = (...holes: Extent[]) => {
      const free = extentColumns(holes);
      return maximal.check(
        context({ ...chunks, layout: { ...chunks.layout, merges: "buddies", free } }),
      );
    };
    expect(found(cells(0, 8), cells(8, 4), cells(12, 2))).toBeNull();
    expect(found(cells(4, 4), cells(8, 4))).toBeNull();
    expect(found(cells(12, 4), cells(8, 4))).toBe("holes of 4 and 4 cells meet at 12");
  });
});

function cells(start: number, count: number): Extent {
  return { start, count };
}

function extentColumns(extents: readonly Extent[]): Extents {
  const columns = new ExtentColumns();
  for (const { start, count } of extents) columns.add(start, count);
  return columns;
}

function singles(...starts: number[]): Extents {
  const columns = new ExtentColumns();
  for (const start of starts) columns.addCell(start);
  return columns;
}

/** Tables of single cells, by sequence. */
function tablesOf(tables: Readonly<Record<number, readonly number[]>>): Tables {
  const columns = new TableColumns();
  for (const [sequence, blocks] of Object.entries(tables)) {
    for (const block of blocks) columns.extents.addCell(block);
    columns.close(Number(sequence));
  }
  return columns;
}

function chunkOf(sequence: number, start: number, count: number): Tables {
  const columns = new TableColumns();
  columns.extents.add(start, count);
  columns.close(sequence);
  return columns;
}

/** The sound pool of blocks, with a change. */
function context(change: Change): InvariantContext {
  const sound = poolState({ inspect: () => layout, usage });
  return {
    slots: SLOTS,
    groups,
    holding,
    ...change,
    now: poolState({
      inspect: () => ({ ...layout, ...change.layout }),
      usage: { ...usage, ...change.usage },
    }),
    initial: poolState({
      inspect: () => ({ ...layout, tables: tablesOf({}), free: singles(0, 1, 2, 3, 4) }),
      usage: { ...usage, free: 20, held: 0, largestHole: 20 },
    }),
    refusedFrom: change.refused ? sound : null,
  };
}
