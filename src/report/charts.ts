import type { Timeline } from "../result.ts";
import type { Canvas, ChartOption, Draw } from "./chart.ts";
import { displayWidth, plainText, shorten } from "./escape.ts";
import { fixed } from "./format.ts";
import { meanPartShares, POOL_PARTS, type PoolPart } from "./parts.ts";
import type { AllocatorRuns } from "./summary.ts";
import { axisLook, points, timeAxis } from "./time-axis.ts";

/** One picture for wide windows and one for phones, where the wide one's letters would be too small. */
export interface Responsive {
  readonly wide: string;
  readonly narrow: string;
}

/** Colour (Okabe and Ito's palette) and dash of the line of one allocator. */
export interface LineStyle {
  readonly color: string;
  readonly type: "solid" | "dashed" | "dotted";
}

const LINE_COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"];
const LINE_TYPES = ["solid", "dashed", "dotted"] as const;

const FONT = 13;
const WIDE = 1040;
const NARROW = 380;

/** The look of the line number `index`. */
export function lineStyle(index: number): LineStyle {
  const round = Math.floor(index / LINE_COLOURS.length);
  return {
    color: LINE_COLOURS[index % LINE_COLOURS.length] ?? "var(--ink)",
    type: LINE_TYPES[round % LINE_TYPES.length] ?? "solid",
  };
}

/** Where the pool goes: one stacked bar an allocator, means over the seeds. */
export function poolBars(draw: Draw, allocators: readonly AllocatorRuns[]): Responsive {
  const description = `Stacked bars of the pool's parts. ${allocators.map(barText).join(" ")}`;
  const labels = allocators.map(({ label }) => shorten(label, 34));
  const left = 24 + 7 * Math.max(8, ...labels.map(displayWidth));
  const wide = barOption(allocators, labels, 5);
  const narrow = barOption(allocators, labels, 10);
  return {
    wide: draw(
      { ...wide, grid: { left, right: 24, top: 4, bottom: 28 } },
      { name: "pool-wide", width: WIDE, height: 36 + 40 * allocators.length, description },
    ),
    narrow: draw(
      {
        ...narrow,
        grid: { left: 8, right: 14, top: 12, bottom: 28 },
        yAxis: { ...narrow.yAxis, axisLabel: { ...narrow.yAxis.axisLabel, ...ABOVE } },
      },
      { name: "pool-narrow", width: NARROW, height: 44 + 58 * allocators.length, description },
    ),
  };
}

/** Puts the name of a bar over it. */
const ABOVE = {
  inside: true,
  align: "left",
  verticalAlign: "bottom",
  margin: 0,
  padding: [0, 0, 16, 0],
};

function barText(allocator: AllocatorRuns): string {
  const shares = meanPartShares(allocator);
  if (shares === null) return `${plainText(allocator.label)}: no data.`;
  const parts = POOL_PARTS.map(({ name }, index) => `${name} ${percent(shares[index])} %`);
  return `${plainText(allocator.label)}: ${parts.join(", ")}.`;
}

function percent(share: number | undefined): string {
  return fixed(100 * (share ?? 0), 0);
}

/** `leastLabelled`: the smallest percentage that has room for its figure. */
function barOption(
  allocators: readonly AllocatorRuns[],
  labels: readonly string[],
  leastLabelled: number,
) {
  const shares = allocators.map(meanPartShares);
  return {
    xAxis: { type: "value", max: 100, ...axisLook("{value} %") },
    yAxis: {
      type: "category",
      data: labels,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: "var(--ink)", fontSize: FONT },
      z: 10,
    },
    series: POOL_PARTS.map(({ name, colour, textColour }, part) => ({
      name,
      type: "bar",
      stack: "pool",
      silent: true,
      barWidth: 24,
      itemStyle: { color: colour, borderColor: "var(--paper)", borderWidth: 1 },
      label: {
        color: textColour,
        fontSize: 12,
        formatter: (bar: { value: unknown }) => fixed(Number(bar.value), 0),
      },
      data: shares.map((share) => {
        const value = 100 * (share?.[part] ?? 0);
        return { value, label: { show: value >= leastLabelled } };
      }),
    })),
  };
}

/** Requests in memory over time in the first run of each allocator. */
export function runningLines(draw: Draw, allocators: readonly AllocatorRuns[]): Responsive {
  const runs = allocators.flatMap(({ runs }) => runs.slice(0, 1));
  const { option, unit } = timeAxis(runs);
  const series = runs.map(({ timeline }, index) => ({
    type: "line",
    silent: true,
    showSymbol: false,
    lineStyle: { ...lineStyle(index), width: 1.8 },
    itemStyle: { color: lineStyle(index).color },
    data: points(timeline, timeline.running, unit, 220),
  }));
  const chart: ChartOption = { ...option, series, yAxis: { type: "value", ...axisLook() } };
  const description = `Requests at once over time. ${allocators.map(runningText).join(" ")}`;
  const grid = { left: 44, right: 20, top: 12, bottom: 46 };
  const draws = (name: string, width: number, height: number) =>
    draw({ ...chart, grid }, { name, width, height, description });
  return { wide: draws("running-wide", WIDE, 320), narrow: draws("running-narrow", NARROW, 260) };
}

function runningText({ label, runs }: AllocatorRuns): string {
  const concurrency = runs[0]?.concurrency;
  return `${plainText(label)}: mean ${fixed(concurrency?.runningMean ?? null, 1)}, peak ${fixed(concurrency?.runningPeak ?? null, 0)}.`;
}

/** The pool's parts over time in the first run of an allocator; `index` tells the drawings of a page apart. */
export function poolOverTime(draw: Draw, allocator: AllocatorRuns, index: number): string {
  const run = allocator.runs[0];
  if (run === undefined) return "";
  const { timeline } = run;
  const { option, unit } = timeAxis([run]);
  const series = POOL_PARTS.map((part) => ({
    type: "line",
    stack: "pool",
    silent: true,
    showSymbol: false,
    lineStyle: { width: 0 },
    areaStyle: { color: part.colour, opacity: 1 },
    data: points(timeline, partPercent(timeline, part), unit, 120),
  }));
  const yAxis = { type: "value", min: 0, max: 100, interval: 25, ...axisLook("{value} %") };
  const grid = { left: 50, right: 14, top: 8, bottom: 44 };
  const canvas: Canvas = {
    name: `pool-over-time-${index}`,
    width: 420,
    height: 210,
    description: `The pool's parts over time. ${barText({ ...allocator, runs: [run] })}`,
  };
  return draw({ ...option, yAxis, grid, series }, canvas);
}

function partPercent(timeline: Timeline, { shares }: PoolPart): number[] {
  return timeline.idle.map(
    (_, bin) => 100 * shares.reduce((sum, key) => sum + (timeline[key][bin] ?? 0), 0),
  );
}
