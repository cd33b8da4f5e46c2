import { KVSIM, medianUsages, type Usage } from "./child.ts";
import type { Part, Row } from "./section.ts";

const HEADLINE = [KVSIM, "run", "sim-configs/sharegpt-opt13b.yaml", "--seed", "1", "--quiet"];

/** From 10 thousand to 10 million requests, each in a process of its own: cost and memory. */
export const requests: Part = {
  name: "requests",
  async measure(options) {
    const numbers = options.quick ? [500, 1000] : [10_000, 100_000, 1_000_000, 10_000_000];
    const usages = medianUsages(
      numbers.map((number) => ["dist/bench/run-load.js", String(number)]),
      options.quick,
    );
    const rows = usages.map((usage, index): Row => {
      const number = numbers[index]!;
      return {
        name: `${number.toLocaleString("en-US")} requests`,
        figures: {
          cpu: usage.cpuSeconds,
          nanoseconds: (1e9 * usage.cpuSeconds) / number,
          peak: usage.peakMegabytes,
        },
      };
    });
    return [
      {
        name: "requests",
        title: "Cost and memory against the number of requests, paged 16 at 30/s",
        columns: [
          { key: "cpu", heading: "CPU s", format: "three" },
          { key: "nanoseconds", heading: "ns/request", format: "whole" },
          { key: "peak", heading: "peak MB", format: "whole" },
        ],
        rows,
        notes: [
          "A process each, its start included: short runs pay for start-up and compilation. peak: the most resident memory of the process; one that does nothing takes about 45 MB.",
        ],
      },
    ];
  },
};

/** The command as a user waits for it. */
export const start: Part = {
  name: "start",
  async measure(options) {
    const run = options.quick ? [...HEADLINE, "--set", "workload.requests=50"] : HEADLINE;
    const programs = [[KVSIM, "--version"], run, [...run, "--paranoid"]];
    const [version, headline, paranoid] = medianUsages(programs, options.quick);
    return [
      {
        name: "start",
        title: "kvsim run sim-configs/sharegpt-opt13b.yaml, one seed: four allocators, cold",
        columns: [
          { key: "cpu", heading: "CPU s", format: "three" },
          { key: "wall", heading: "wall s", format: "three" },
          { key: "peak", heading: "peak MB", format: "whole" },
          { key: "times", heading: "CPU, times the run", format: "times" },
        ],
        rows: [
          startRow("kvsim --version", version!, headline!),
          startRow("the run", headline!, headline!),
          startRow("the run --paranoid", paranoid!, headline!),
        ],
        notes: ["A process each, start-up included. --paranoid checks every operation."],
      },
    ];
  },
};

function startRow(name: string, usage: Usage, headline: Usage): Row {
  const { cpuSeconds, wallSeconds, peakMegabytes } = usage;
  const times = cpuSeconds / headline.cpuSeconds;
  return { name, figures: { cpu: cpuSeconds, wall: wallSeconds, peak: peakMegabytes, times } };
}
