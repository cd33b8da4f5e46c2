import { drainedDifference, stateDifference } from "./differences.ts";
import {
  type InvariantContext,
  miscountedCell,
  misplacedCell,
  outsideOf,
  scatteredTable,
  sharedWrite,
  unmergedHoles,
  unreachedTokens,
  wrongCounter,
  wrongHolding,
  wrongSharing,
} from "./invariant-checks.ts";

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
    check: miscountedCell,
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
    check: scatteredTable,
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
    check: ({ initial, now }) =>
      now.layout.tables.count > 0 ? null : drainedDifference(initial, now),
  },
  {
    id: "KV-11",
    title: "refusals",
    statement: "An operation that is refused changes nothing.",
    check: ({ refusedFrom, now }) => refusedFrom && stateDifference(refusedFrom, now),
  },
  {
    id: "KV-12",
    title: "CPU pool",
    statement:
      "In the CPU pool too, extents lie inside and every cell is either named by a table or free once.",
    check: ({ now: { cpuCensus, layout } }) =>
      cpuCensus && (outsideOf(cpuCensus, layout.cpu!.cells) ?? misplacedCell(cpuCensus)),
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
