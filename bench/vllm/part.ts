import { secondsPerUnit, shortRepetitions, task } from "../clock.ts";
import type { Part } from "../section.ts";
import { blockPoolWorkloads } from "./block-pool.ts";
import { kvCacheWorkloads } from "./kv-cache.ts";
import { pagedWorkloads } from "./paged.ts";
import { schedulerWorkloads } from "./scheduler.ts";

const WORKLOADS = [
  ...blockPoolWorkloads,
  ...kvCacheWorkloads,
  ...schedulerWorkloads,
  ...pagedWorkloads,
];

const NOTES = [
  "vLLM: its own code (V1 at 52a31cc, X rows V0 v0.2.0), CPython 3.11, CPU time, on another machine and another day: the ratios are orders of magnitude, not a race.",
  "W2h: vLLM hashes 1024 token ids here. kvsim refers to content by segments, so a request is built without reading a token; blocks are named when they are allocated. W2 and W3 include both, vLLM's figures exclude the hashing.",
  "W1: kvsim's pool is the same code with and without caching.",
  "W5, W6: the numbers of steps, 144 and 262, equal vLLM's; anything else is an error.",
];

/** The workloads on which vLLM's own code was timed, on the classes that `kvsim run` uses. */
export const vllm: Part = {
  name: "vllm",
  async measure({ quick }) {
    const tasks = WORKLOADS.map(({ prepare }) => task(prepare));
    const seconds = await secondsPerUnit(tasks, shortRepetitions(quick));
    return [
      {
        name: "vllm",
        title: "Operations per CPU second, beside vLLM's own code",
        columns: [
          { key: "vllm", heading: "vLLM", format: "count" },
          { key: "kvsim", heading: "kvsim", format: "count" },
          { key: "ratio", heading: "ratio", format: "times" },
        ],
        rows: WORKLOADS.map(({ id, title, unit, recorded }, index) => ({
          name: `${id.padEnd(4)}${title} (${unit})`,
          figures: {
            vllm: recorded,
            kvsim: 1 / seconds[index]!,
            ratio: 1 / seconds[index]! / recorded,
          },
        })),
        notes: NOTES,
      },
    ];
  },
};
