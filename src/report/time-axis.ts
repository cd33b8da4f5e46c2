import type { RunResult, Timeline } from "../result.ts";

/** A unit of simulated time on an axis. */
export interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

const SECONDS: TimeUnit = { name: "seconds", seconds: 1 };

const LONGER_UNITS: readonly TimeUnit[] = [
  { name: "hours", seconds: 3600 },
  { name: "minutes", seconds: 60 },
];

/** Units that an axis must span at least, so that it does not read 0.01 hours. */
const LEAST_SPAN = 3;

/** The unit in which the longest of the timelines reads best, and the axis for it. */
export function timeAxis(runs: readonly RunResult[]) {
  const span = Math.max(0, ...runs.map(({ timeline }) => spanSeconds(timeline)));
  const unit = LONGER_UNITS.find(({ seconds }) => span >= LEAST_SPAN * seconds) ?? SECONDS;
  const xAxis = {
    type: "value",
    min: 0,
    max: span / unit.seconds,
    name: `simulated ${unit.name}`,
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: { color: "var(--muted)", fontSize: 12 },
    ...axisLook(),
    axisLabel: { ...axisLook().axisLabel, showMaxLabel: false },
    splitLine: { show: false },
  };
  return { unit, option: { xAxis } };
}

/** Lines and letters of an axis in the page's colours. */
export function axisLook(formatter?: string) {
  return {
    axisLabel: { color: "var(--muted)", fontSize: 12, ...(formatter && { formatter }) },
    axisLine: { show: true, lineStyle: { color: "var(--line)" } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: "var(--line)" } },
  };
}

/** [time in `unit`, value] at the middle of each bin; adjacent bins are averaged until at most `most` are left. */
export function points(
  { binSeconds }: Timeline,
  values: readonly number[],
  unit: TimeUnit,
  most: number,
): [number, number][] {
  const size = Math.max(1, Math.ceil(values.length / most));
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, index) => {
    const bins = values.slice(index * size, (index + 1) * size);
    const middle = (index * size + bins.length / 2) * binSeconds;
    const mean = bins.reduce((sum, value) => sum + value, 0) / bins.length;
    return [middle / unit.seconds, mean];
  });
}

function spanSeconds({ binSeconds, running }: Timeline): number {
  return binSeconds * running.length;
}
