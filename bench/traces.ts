import { existsSync } from "node:fs";
import { join } from "node:path";
import { KVSIM, medianUsages } from "./child.ts";
import { PROJECT } from "./project-config.ts";
import type { Part, Row } from "./section.ts";

const TRACES = [
  {
    name: "Azure conversations, five allocators",
    config: "sim-configs/azure-trace.yaml",
    file: "azure23_conv.csv.gz",
    requests: 19_366,
  },
  {
    name: "Mooncake, prefix cache of blocks of 512",
    config: "bench/mooncake.yaml",
    file: "mooncake_conversation.jsonl.gz",
    requests: 12_031,
  },
];

/** What comes before every run: the process starts, and a config is read and checked. */
const START_UP = [KVSIM, "validate", "bench/load.yaml", "--quiet"];

/** Recorded traces, whole, as a user runs them. */
export const traces: Part = {
  name: "traces",
  async measure({ quick }) {
    const there = TRACES.filter(({ file }) => existsSync(pathOf(file)));
    const runs = there.map(({ config, file }) => [
      ...[KVSIM, "run", config, "--quiet"],
      ...["--set", `workload.trace.file=${pathOf(file)}`],
      ...(quick ? ["--set", "workload.requests=100"] : []),
    ]);
    const [startUp, ...usages] = medianUsages([START_UP, ...runs], quick);
    const rows = there.map(({ name, requests }, index): Row => {
      const { cpuSeconds, peakMegabytes } = usages[index]!;
      const cpu = cpuSeconds - startUp!.cpuSeconds;
      return { name, figures: { requests: quick ? 100 : requests, cpu, peak: peakMegabytes } };
    });
    const absent = TRACES.filter((trace) => !there.includes(trace));
    return [
      {
        name: "traces",
        title: "Whole traces, reading them included",
        columns: [
          { key: "requests", heading: "requests", format: "whole" },
          { key: "cpu", heading: "CPU s", format: "three" },
          { key: "peak", heading: "peak MB", format: "whole" },
        ],
        rows,
        notes: [
          "A process each; CPU s is what it takes beyond kvsim validate bench/load.yaml.",
          ...absent.map(
            ({ file, name }) =>
              `${name}: not measured, ${file} is not in $KVSIM_TRACES or ../shared/traces.`,
          ),
        ],
      },
    ];
  },
};

/** Traces are not part of the project. */
function pathOf(file: string): string {
  return join(process.env["KVSIM_TRACES"] ?? join(PROJECT, "../shared/traces"), file);
}
