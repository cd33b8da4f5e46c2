import type { Axis } from "./axis.ts";
import { type OnRun, type Probe, Prober } from "./probe.ts";
import { findEdge } from "./search.ts";
import { isMet, type Term } from "./target.ts";

/** What one allocator serves within a target. */
export interface Capacity {
  readonly label: string;
  /** The outermost load that meets the target, with all seeds; null when none does. */
  readonly edge: Probe | null;
  /** One step of the axis beyond the edge, with all seeds; null when no load misses the target, or none meets it. */
  readonly beyond: Probe | null;
  /** Index of the term that is missed beyond the edge, the worst one; of the first term when none is. */
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
  const { inside, outside } = await findEdge((load) => prober.meets(load), axis);
  const edge = inside === null ? null : await prober.complete(inside);
  const step = inside === null || outside === null ? null : stepBeyond(inside, axis);
  const beyond = step === null ? null : await prober.complete(step);
  const limitedBy = beyond === null ? 0 : worstTerm(beyond, target);
  return {
    label,
    edge,
    beyond,
    limitedBy,
    growth: growth(edge?.values[limitedBy]?.mean, beyond?.values[limitedBy]?.mean),
    probes: prober.probes,
  };
}

/** Null where the number cannot get smaller. */
function stepBeyond(edge: number, { seek, whole, least, most, step: part }: Axis): number | null {
  const step = whole ? Math.max(1, Math.round(edge * part)) : edge * part;
  const load = seek === "largest" ? edge + step : edge - step;
  return load < least || load > most ? null : load;
}

/** The missed term that is farthest from its bound, in proportion. */
function worstTerm({ values }: Probe, target: readonly Term[]): number {
  const excess = target.map((term, index) => {
    const mean = values[index]!.mean;
    if (mean === null || isMet(term, mean)) return 0;
    return Math.max(mean / term.bound, term.bound / mean);
  });
  return Math.max(0, excess.indexOf(Math.max(...excess)));
}

function growth(edge: number | null | undefined, beyond: number | null | undefined): number | null {
  return edge == null || beyond == null || edge === 0 ? null : beyond / edge;
}
