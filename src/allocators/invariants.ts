import {
  byStart,
  cpuTables,
  difference,
  extentsDifference,
  type InvariantContext,
  misplacedCell,
  outsideOf,
  sharedWrite,
  tablesDifference,
  unmergedHoles,
  unreachedTokens,
  wrongCounter,
  wrongHolding,
  wrongSharing,
} from "./invariant-checks.ts";
import { findCell } from "./pool-state.ts";

/** A truth about every allocator after every operation. */
export interface Invariant {
  readonly id: `KV-${number}`;
  readonly title: string;
  /** A sentence or two for the documentation. */
  readonly statement: string;
  /** Null when it holds, else what was found. */
  readonly check: (context: InvariantContext) => string | null;
}

/** All that holds in any allocator at any time: the contract suite, `--paranoid` and docs/invariants.md use this array. */
export const invariants: readonly Invariant[] = [
  {
    id: "KV-1",
    title: "conservation",
    statement: "Free, held and unusable slots add up to the pool, whose size never changes.",
    check({ slots, now: { usage } }) {
      const { free, held, unusable } = usage;
      const holds = free + held + unusable === slots && usage.slots === slots;
      return holds
        ? null
        : `${free} free + ${held} held + ${unusable} unusable slots of ${usage.slots} in a pool of ${slots}`;
    },
  },
  {
    id: "KV-2",
    title: "bounds",
    statement:
      "Every extent of a table or of the free list has cells, all of them inside the pool.",
    check: ({ now: { census, layout } }) => outsideOf(census, layout.cells),
  },
  {
    id: "KV-3",
    title: "one place",
    statement: "Every cell is either named by a table or free, and free once.",
    check: ({ now: { census } }) => misplacedCell(census),
  },
  {
    id: "KV-4",
    title: "counters",
    statement:
      "The counters of free, held, unusable slots and of the largest hole are what an inspection finds.",
    check: wrongCounter,
  },
  {
    id: "KV-5",
    title: "reference counts",
    statement:
      "A cell counts as many owners as tables name it; where owners are not counted, tables of different sequences are disjoint.",
    check({ now: { census, layout } }) {
      const counts = layout.referenceCounts;
      const cell = findCell(census, (owners, _, at) =>
        counts === null ? owners > 1 : owners !== counts[at],
      );
      if (cell === null) return null;
      const counted = counts === null ? "may have one owner" : `counts ${counts[cell]}`;
      return `cell ${cell} is named by ${census.owners[cell]} tables but ${counted}`;
    },
  },
  {
    id: "KV-6",
    title: "reach",
    statement:
      "The table of every unfinished sequence reaches all tokens that it was given room for, and no other sequence has a table.",
    check: unreachedTokens,
  },
  {
    id: "KV-7",
    title: "holdings",
    statement:
      "What a sequence holds is the slots of its table; what was asked for and what is shared are parts of it, and its tokens fit into what was asked for.",
    check: wrongHolding,
  },
  {
    id: "KV-8",
    title: "contiguity",
    statement: "In a pool that is not handed out in single cells, a table is one extent.",
    check({ now: { layout } }) {
      if (layout.merges === undefined) return null;
      for (const [sequence, table] of layout.tables)
        if (table.length !== 1) return `sequence ${sequence} lies in ${table.length} extents`;
      return null;
    },
  },
  {
    id: "KV-9",
    title: "maximal holes",
    statement:
      "No two adjacent holes are apart; under a buddy system, no two free halves of one block are.",
    check: unmergedHoles,
  },
  {
    id: "KV-10",
    title: "drained pool",
    statement: "A pool without tables is free in the same extents as when it was new.",
    check({ initial, now }) {
      if (now.layout.tables.size > 0) return null;
      return (
        difference("usage", initial.usage, now.usage) ??
        extentsDifference("free", byStart(initial.layout.free), byStart(now.layout.free))
      );
    },
  },
  {
    id: "KV-11",
    title: "refusals",
    statement: "An operation that is refused changes nothing.",
    check({ refusedFrom: before, now }) {
      if (before === null) return null;
      return (
        difference("usage", before.usage, now.usage) ??
        tablesDifference("tables", before.layout.tables, now.layout.tables) ??
        extentsDifference("free", before.layout.free, now.layout.free) ??
        tablesDifference("CPU tables", cpuTables(before), cpuTables(now)) ??
        extentsDifference(
          "free CPU cells",
          before.layout.cpu?.free ?? [],
          now.layout.cpu?.free ?? [],
        )
      );
    },
  },
  {
    id: "KV-12",
    title: "CPU pool",
    statement:
      "In the CPU pool too, extents lie inside and every cell is either named by a table or free once.",
    check({ now: { cpuCensus: census } }) {
      return census && (outsideOf(census, census.owners.length) ?? misplacedCell(census));
    },
  },
  {
    id: "KV-13",
    title: "sharing",
    statement:
      "The shared part of a group is the same cells in all its sequences, in the same order; every other cell has one owner.",
    check: wrongSharing,
  },
  {
    id: "KV-14",
    title: "sole writer",
    statement: "The cell that a sequence is about to write is in no other table.",
    check: sharedWrite,
  },
];
