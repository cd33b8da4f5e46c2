import type { Axis } from "../capacity/axis.ts";
import type { Capacity } from "../capacity/capacity.ts";
import type { Probe } from "../capacity/probe.ts";
import { type Term, termText } from "../capacity/target.ts";
import { log } from "../core/math.ts";
import { amount, loadText, valueText } from "./capacity-format.ts";

const MARGIN = 9;
const COLUMNS = 70;
/** Rows above and below the bound, two to a factor of 2. */
const HALF_HEIGHT = 6;
const ROWS_PER_DOUBLING = 2;

/** Under which letter an allocator is drawn. */
export function letterOf(index: number): string {
  return String.fromCharCode("a".charCodeAt(0) + (index % 26));
}

/** Whether any load that was tried counts. */
export function canPlot(capacities: readonly Capacity[], limitedBy: number): boolean {
  return capacities.some(({ probes }) => probes.some((probe) => drawn(probe, limitedBy) !== null));
}

/** Values that count for nothing are not drawn. */
function drawn({ values, failure }: Probe, limitedBy: number): number | null {
  return failure === null ? values[limitedBy]!.mean : null;
}

/** One term's value against the load, both logarithmic, a letter for each load tried that counts; the edges stand below. */
export function capacityPlot(
  capacities: readonly Capacity[],
  target: readonly Term[],
  limitedBy: number,
  axis: Axis,
): string[] {
  const term = target[limitedBy]!;
  const column = columnOf(capacities);
  const canvas = Array.from({ length: 2 * HALF_HEIGHT + 1 }, (_, row) =>
    new Array<string>(COLUMNS).fill(row === HALF_HEIGHT ? "-" : " "),
  );
  const edges = new Array<string>(COLUMNS).fill(" ");
  for (const [index, { probes, edge }] of capacities.entries()) {
    for (const probe of probes) {
      const value = drawn(probe, limitedBy);
      if (value !== null) canvas[rowOf(value, term)]![column(probe.load)] = letterOf(index);
    }
    if (edge !== null) edges[column(edge.load)] = "^";
  }
  const body = canvas.map((cells, row) => `${rowLabel(row, term)} ${cells.join("")}`.trimEnd());
  const marks = " ".repeat(MARGIN + 1) + edges.join("");
  return [
    `${termText(term)} by ${axis.unit}, both logarithmic; ^ edges`,
    ...body,
    marks.trimEnd(),
    ends(capacities, axis),
  ];
}

function loadsOf(capacities: readonly Capacity[]): [least: number, most: number] {
  const loads = capacities.flatMap(({ probes }) => probes.map(({ load }) => load));
  return [Math.min(...loads), Math.max(...loads)];
}

function columnOf(capacities: readonly Capacity[]): (load: number) => number {
  const [least, most] = loadsOf(capacities);
  const width = log(most / least);
  return (load) => (width === 0 ? 0 : Math.round((log(load / least) / width) * (COLUMNS - 1)));
}

/** Where the bound is 0 there are no proportions: 1 stands in the middle. */
function middleOf({ bound }: Term): number {
  return bound > 0 ? bound : 1;
}

/** What is beyond the canvas is drawn on its rim. */
function rowOf(value: number, term: Term): number {
  if (value === 0) return 2 * HALF_HEIGHT;
  const above = Math.round((log(value / middleOf(term)) / Math.LN2) * ROWS_PER_DOUBLING);
  return HALF_HEIGHT - Math.max(-HALF_HEIGHT, Math.min(HALF_HEIGHT, above));
}

function rowLabel(row: number, term: Term): string {
  const above = HALF_HEIGHT - row;
  if (above % ROWS_PER_DOUBLING !== 0) return " ".repeat(MARGIN);
  let value = middleOf(term);
  for (let step = 0; step < Math.abs(above) / ROWS_PER_DOUBLING; step += 1)
    value = above > 0 ? value * 2 : value / 2;
  const rim = row === 0 ? "≥ " : above === -HALF_HEIGHT ? "≤ " : "";
  const text = rim + valueText(value);
  return (text.length > MARGIN ? rim + value.toExponential(1) : text).padStart(MARGIN);
}

function ends(capacities: readonly Capacity[], axis: Axis): string {
  const [least, most] = loadsOf(capacities);
  const left = loadText(least, axis);
  return `${" ".repeat(MARGIN + 1)}${left}${amount(most, axis).padStart(COLUMNS - left.length)}`;
}
