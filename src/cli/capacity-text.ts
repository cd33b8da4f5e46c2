import type { Axis } from "../capacity/axis.ts";
import { type Capacity, CLIFF } from "../capacity/capacity.ts";
import type { Failure } from "../capacity/failure.ts";
import type { Probe } from "../capacity/probe.ts";
import { TOLERANCE } from "../capacity/search.ts";
import { type Term, termText } from "../capacity/target.ts";
import type { Config } from "../config/config.ts";
import { padEndDisplay, plainText, shorten, wrap } from "../report/escape.ts";
import { decimalsFor, fixed, NOTHING, plusMinus } from "../report/format.ts";
import { capacityPlot, letterOf } from "./capacity-plot.ts";

/** A search that is done. */
export interface CapacityReport {
  readonly config: Config;
  readonly axis: Axis;
  readonly target: readonly Term[];
  readonly capacities: readonly Capacity[];
}

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
    capacityPlot(capacities, target, limitedBy, report.axis),
    cliffs(report),
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
  const first = capacities[0]?.edge?.load ?? null;
  const decimals = axis.whole ? 0 : decimalsFor(capacities.map(({ edge }) => edge?.load ?? null));
  const rows = capacities.map((capacity, index) => [
    `${letterOf(index)} ${padEndDisplay(shorten(capacity.label, LABEL - 2), LABEL - 2)}`,
    ...[
      loadCell(capacity, axis, decimals),
      valueCell(capacity.edge, capacity.limitedBy),
      valueCell(capacity.beyond, capacity.limitedBy),
      capacity.edge === null || first === null
        ? NOTHING
        : `${fixed(capacity.edge.load / first, 2)}x`,
      String(capacity.probes.length),
    ],
  ]);
  const percent = `${axis.step * 100} % ${axis.seek === "largest" ? "more" : "less"}`;
  const head = ["allocator".padEnd(LABEL), axis.unit, "target there", percent, "ratio", "loads"];
  const lines = [head, ...rows].map((cells) =>
    cells.map((cell, column) => cell.padStart(COLUMNS[column]!)).join(""),
  );
  return [...lines, ...limits(target, capacities)];
}

/** What decided, where that is not the only term of the target. */
function limits(target: readonly Term[], capacities: readonly Capacity[]): string[] {
  const failed = capacities.some(({ outside }) => outside !== null && outside.failure !== null);
  if (target.length === 1 && !failed) return [];
  return capacities.flatMap(({ label, outside, limitedBy }) => {
    if (outside === null) return [];
    const limit =
      outside.failure === null
        ? ` by ${termText(target[limitedBy]!)}`
        : `: ${failureText(outside.failure)}`;
    return wrap(`${label} is limited${limit}`, WIDTH);
  });
}

const COLUMNS = [LABEL, 9, 17, 17, 9, 7];

/** A `≥` where no load missed the target, a `≤` where no pool did. */
function loadCell({ edge, beyond }: Capacity, { seek }: Axis, decimals: number): string {
  if (edge === null) return "none";
  const sign = beyond !== null ? "" : seek === "largest" ? "≥ " : "≤ ";
  return sign + fixed(edge.load, decimals);
}

function valueCell(probe: Probe | null, term: number): string {
  if (probe === null) return NOTHING;
  if (probe.failure !== null) return probe.failure.what;
  const value = probe.values[term]!;
  return plusMinus(value, decimalsFor([value.mean]));
}

const FAILURES: Readonly<Record<Failure["what"], string>> = {
  "does not fit": "the model does not fit",
  "turned away": "requests are turned away",
  overloaded: "the queue grows to the end of a run",
  "rejected-all": "no request is admitted",
  aborted: "a run is aborted",
  stalled: "a run stalls",
};

function failureText({ what, cause }: Failure): string {
  return cause === null ? FAILURES[what] : `${FAILURES[what]} (${cause})`;
}

/** Whether nothing is served any more, where others are served badly. */
function isCollapse({ what }: Failure): boolean {
  return what !== "turned away" && what !== "overloaded";
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

function stepText({ name, seek, step }: Axis): string {
  if (name === "tp") return "half as many GPUs";
  return `${step * 100} % ${seek === "largest" ? "more load" : "less memory"}`;
}

function cliffs({ axis, target, capacities }: CapacityReport): string[] {
  return capacities.flatMap((capacity) =>
    wrap(`${plainText(capacity.label)}: ${cliffText(capacity, axis, target)}`, WIDTH),
  );
}

function cliffText(
  { edge, beyond, limitedBy, growth }: Capacity,
  axis: Axis,
  target: readonly Term[],
) {
  const { path } = target[limitedBy]!;
  if (edge === null)
    return `nothing between ${fixed(axis.least, 3)} and ${fixed(axis.most, 0)} ${axis.unit} meets the target`;
  if (beyond === null)
    return `everything tried up to ${fixed(edge.load, axis.whole ? 0 : 3)} ${axis.unit} meets the target`;
  const step = stepText(axis);
  if (beyond.failure !== null)
    return `${isCollapse(beyond.failure) ? "cliff: " : ""}with ${step} ${failureText(beyond.failure)}`;
  if (beyond.meets)
    return `no cliff: ${step} ${axis.name === "tp" ? "meet" : "meets"} the target again`;
  if (growth === null) return `no cliff can be told: ${path} is 0 at the edge`;
  const times = `${step} ${axis.name === "tp" ? "make" : "makes"} ${path} ${fixed(growth, 1)} times as large`;
  return growth >= CLIFF ? `cliff: ${times}` : `no cliff: ${times}`;
}
