import type { Axis } from "./axis.ts";
import { isUntold } from "./failure.ts";
import { type OnRun, type Probe, Prober } from "./probe.ts";
import { findEdge } from "./search.ts";
import { isMet, type Term } from "./target.ts";

/** What one allocator serves within a target. */
export interface Capacity {
  readonly label: string;
  /** The outermost load that meets the target, with all seeds; null when none does. */
  readonly edge: Probe | null;
  /** Whether more might be served than at the edge: all that was tried meets the target, or runs outside tell nothing. */
  readonly isOpen: boolean;
  /** The nearest load found that does not meet it, with all seeds: it tells what decides. Null when all do. */
  readonly outside: Probe | null;
  /** One step of the axis beyond the edge, with all seeds; null where the edge is none, or open. */
  readonly beyond: Probe | null;
  /** Index of the term that is missed outside, the worst one; of the first term when none is. */
  readonly limitedBy: number;
  /** How many times as large that term's value is beyond the edge; null where that cannot be said. */
  readonly growth: number | null;
  /** All loads that were tried, in order. */
  readonly probes: readonly Probe[];
}

/** A value this many times as large one step beyond the edge is a cliff. */
export const CLIFF = 2;

/** Searches the outermost load at which the allocator number `index` of a config meets a target. */
export async function capacityOf(
  { index, label }: { readonly index: number; readonly label: string },
  axis: Axis,
  target: readonly Term[],
  onRun?: OnRun,
): Promise<Capacity> {
  const prober = new Prober(index, axis, target, onRun);
  const found = await findEdge((load) => prober.meets(load), axis);
  const edge = found.inside === null ? null : await prober.complete(found.inside);
  const outside = found.outside === null ? null : await prober.complete(found.outside);
  const isOpen = edge !== null && isOpenAt(edge.load, outside, axis);
  const isKnown = edge !== null && outside !== null && !isOpen;
  const beyond = isKnown ? await prober.complete(stepBeyond(edge.load, axis)) : null;
  const limitedBy = outside === null ? 0 : worstTerm(outside, target);
  return {
    label,
    edge,
    isOpen,
    outside,
    beyond,
    limitedBy,
    growth: growth(edge, beyond, limitedBy),
    probes: prober.probes,
  };
}

/** Nobody needs less than the least there is. */
function isOpenAt(edge: number, outside: Probe | null, { seek, least }: Axis): boolean {
  if (outside !== null) return outside.failure !== null && isUntold(outside.failure);
  return !(seek === "smallest" && edge === least);
}

/** May lie beyond the end of the axis: what is asked is how fast things get worse. */
function stepBeyond(edge: number, { seek, whole, step: part }: Axis): number {
  const step = whole ? Math.max(1, Math.round(edge * part)) : edge * part;
  return seek === "largest" ? edge + step : edge - step;
}

/** The missed term that is farthest from its bound, in proportion. */
function worstTerm({ values }: Probe, target: readonly Term[]): number {
  const excess = target.map((term, index) => {
    const mean = values[index]!.mean;
    if (mean === null || isMet(term, mean)) return 0;
    return mean === 0 || term.bound === 0
      ? Infinity
      : Math.max(mean / term.bound, term.bound / mean);
  });
  return Math.max(0, excess.indexOf(Math.max(...excess)));
}

function growth(edge: Probe | null, beyond: Probe | null, term: number): number | null {
  if (edge === null || beyond === null || beyond.failure !== null) return null;
  const [from, to] = [edge.values[term]!.mean, beyond.values[term]!.mean];
  return from === null || to === null || from === 0 ? null : to / from;
}

/** How many times the edge of the first allocator; null where one of them has none, or might serve more. */
export function ratioTo(first: Capacity | undefined, { edge, isOpen }: Capacity): number | null {
  if (edge === null || isOpen || first === undefined) return null;
  return first.edge === null || first.isOpen ? null : edge.load / first.edge.load;
}
