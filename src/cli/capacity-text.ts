import type { Axis } from "../capacity/axis.ts";
import { type Capacity, ratioTo } from "../capacity/capacity.ts";
import type { Probe } from "../capacity/probe.ts";
import { TOLERANCE } from "../capacity/search.ts";
import { type Term, termText } from "../capacity/target.ts";
import { padEndDisplay, plainText, shorten, wrap } from "../report/escape.ts";
import { decimalsFor, fixed, NOTHING } from "../report/format.ts";
import { estimateText, loadText } from "./capacity-format.ts";
import { type CapacityReport, failureText, note } from "./capacity-notes.ts";
import { canPlot, capacityPlot, letterOf } from "./capacity-plot.ts";

const WIDTH = 80;
const LABEL = 20;

/** What each allocator serves within the target, in 80 columns. */
export function capacityText(report: CapacityReport): string {
  const { target, capacities } = report;
  const { limitedBy } = capacities.find(({ beyond }) => beyond !== null) ?? { limitedBy: 0 };
  const sections = [
    heading(report),
    table(report),
    explanation(report),
    ...(canPlot(capacities, limitedBy)
      ? [capacityPlot(capacities, target, limitedBy, report.axis)]
      : []),
    notes(report),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const QUESTION = {
  rate: "the largest rate",
  concurrency: "the most users",
  pool: "the smallest KV pool",
  tp: "the smallest tensor-parallel size",
} as const;

function heading({ config, axis, target }: CapacityReport): string[] {
  const seeds = `seed${config.seeds.length === 1 ? "" : "s"} ${config.seeds.join(", ")}`;
  const text = `${config.name}: ${QUESTION[axis.name]} with ${target.map(termText).join(", ")}; ${seeds}`;
  return wrap(text, WIDTH);
}

function table({ axis, target, capacities }: CapacityReport): string[] {
  const decimals = decimalsFor(capacities.map(({ edge }) => edge?.load ?? null));
  const rows = capacities.map((capacity, index) => [
    `${letterOf(index)} ${padEndDisplay(shorten(capacity.label, LABEL - 2), LABEL - 2)}`,
    ...[
      loadCell(capacity, axis, decimals),
      valueCell(capacity.edge, capacity.limitedBy),
      valueCell(capacity.beyond, capacity.limitedBy),
      ratioCell(ratioTo(capacities[0], capacity)),
      String(capacity.probes.length),
    ],
  ]);
  const least = axis.name === "concurrency" ? " or 1" : "";
  const percent = `${axis.step * 100} %${least} ${axis.seek === "largest" ? "more" : "less"}`;
  const head = ["allocator".padEnd(LABEL), axis.unit, "target there", percent, "ratio", "loads"];
  const lines = [head, ...rows].map((cells) =>
    cells.map((cell, column) => cell.padStart(COLUMNS[column]!)).join(""),
  );
  return [...lines, ...limits(target, capacities)];
}

const COLUMNS = [LABEL, 9, 17, 17, 9, 7];

/** A `≥` where more might be served, a `≤` where less memory might do. */
function loadCell({ edge, isOpen }: Capacity, axis: Axis, decimals: number): string {
  if (edge === null) return "none";
  const sign = isOpen ? (axis.seek === "largest" ? "≥ " : "≤ ") : "";
  const isOwn = axis.whole || edge.load < 0.01;
  return sign + (isOwn ? loadText(edge.load, axis) : fixed(edge.load, decimals));
}

function valueCell(probe: Probe | null, term: number): string {
  if (probe === null) return NOTHING;
  return probe.failure?.what ?? estimateText(probe.values[term]!);
}

function ratioCell(ratio: number | null): string {
  return ratio === null ? NOTHING : `${fixed(ratio, 2)}x`;
}

/** What decided, where that is not the only term of the target. */
function limits(target: readonly Term[], capacities: readonly Capacity[]): string[] {
  const known = capacities.filter(({ beyond }) => beyond !== null);
  if (target.length === 1 && known.every(({ outside }) => outside!.failure === null)) return [];
  return known.flatMap(({ label, outside, limitedBy }) => {
    const failure = outside!.failure;
    const limit =
      failure === null ? ` by ${termText(target[limitedBy]!)}` : `: ${failureText(failure)}`;
    return wrap(`${label} is limited${limit}`, WIDTH);
  });
}

function explanation({ axis, config }: CapacityReport): string[] {
  const interval = config.seeds.length > 1 ? " ±: 95 % interval of the mean over the seeds." : "";
  const text =
    `${axis.unit}: what meets the target, found ${precision(axis)} by bisection with the same seeds everywhere.` +
    `${interval} ratio: to the first row. loads: how many were tried.`;
  return wrap(text, WIDTH);
}

function precision({ tolerance = TOLERANCE }: Axis): string {
  return tolerance < 1 ? `to ${tolerance * 100} %` : "among powers of two";
}

function notes(report: CapacityReport): string[] {
  return report.capacities.flatMap((capacity) =>
    wrap(`${plainText(capacity.label)}: ${note(capacity, report)}`, WIDTH),
  );
}
