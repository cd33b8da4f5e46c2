import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  checkRows,
  checkTable,
  medianPercent,
  summaryLine,
  withinBounds,
  worstPercent,
} from "./check-table.ts";
import { type LoggedRun, planLoggedRun, releaseOfRun } from "./logged-run.ts";

const runs: LoggedRun[] = JSON.parse(
  readFileSync(new URL("./planner-logs.json", import.meta.url), "utf8"),
);
const rows = checkRows(runs);

test("every logged run has a plan, its KV bytes per token exact and its weights within 3 %", () => {
  for (const { run, plan } of rows) {
    expect(plan?.kvBytesPerToken, run.model).toBe(run.kv_bytes_per_token_per_gpu);
    if (run.weights_gib === null) continue;
    const difference = plan!.weights.bytes / 2 ** 30 / run.weights_gib - 1;
    expect(Math.abs(difference), run.model).toBeLessThan(0.03);
  }
});

test("pools are within 5 % in the median and 15 % at worst; the multimodal one is a range", () => {
  expect(medianPercent(rows)).toBeLessThan(5);
  expect(worstPercent(rows)).toBeLessThan(15);
  expect(withinBounds(rows)).toBe(true);
  const [vision] = rows.filter(({ range }) => range !== null);
  expect(vision!.run.model).toContain("Vision");
  expect(vision!.range![0]).toBeLessThan(vision!.logged!);
  expect(vision!.range![1]).toBeGreaterThan(vision!.logged!);
});

test("CPU blocks are exact but where the log does not state its swap space", () => {
  const logged = rows.filter(({ run }) => run.cpu_blocks !== null);
  const different = logged.filter(({ run, plan }) => plan!.pool.cpuBlocks !== run.cpu_blocks);
  expect(logged).toHaveLength(8);
  // Unsloth's wrapper sets 6 GiB of its own: 6 GiB / (16 · 204,800) = 1,966 blocks.
  expect(different.map(({ run }) => run.cpu_blocks)).toEqual([1966]);
});

test("a log that is off fails the check, and what cannot be planned or compared is named", () => {
  const off = checkRows([{ ...runs[0]!, gpu_blocks: 50_000 }]);
  expect(withinBounds(off)).toBe(false);
  expect(summaryLine(off)).toMatch(/^median 51\.\d %, worst 51\.\d %$/);
  const otherKv = checkRows(runs.map((run) => ({ ...run, kv_bytes_per_token_per_gpu: 1 })));
  expect(withinBounds(otherKv)).toBe(false);
  expect(withinBounds(checkRows([]))).toBe(false);
  const strange = { ...runs[0]!, model: "someone/unheard-of-5b" };
  const heavy = { ...runs[1]!, weights_gib: 1 };
  const table = checkTable(checkRows([strange, heavy]));
  expect(table).toContain("not planned: unknown model someone/unheard-of-5b");
  expect(table).toContain("weights differ by more than 3 %: meta-llama/Meta-Llama-3-8B-Instruct");
});

test("a release is read from numbers, else from dates", () => {
  const of = (vllm_version: string | null) => {
    const { engine, version, profiler } = releaseOfRun({ ...runs[0]!, vllm_version });
    return `${engine} ${version} ${profiler}`;
  };
  expect(of("0.2.3 / 0.2.4")).toBe("vllm-v0 203 allocated");
  expect(of("main @73c8d677 (~v0.4.1)")).toBe("vllm-v0 401 reserved");
  expect(of("~v0.6.4")).toBe("vllm-v0 604 peak-and-context");
  expect(of("~0.7.x V0 (XFormers)")).toBe("vllm-v0 700 increase");
  expect(of("main 2025-09-10 (~v0.10.2, V1)")).toBe("vllm-v1 1002 increase");
  expect(of("2025-12 V1")).toBe("vllm-v1 1300 increase");
  expect(of(null)).toBe("vllm-v1 2100 increase");
});

test("flags that the notes quote count", () => {
  const run = { ...runs[4]!, notes: "vllm serve x --max-num-seqs 8 --max-num-batched-tokens=1024" };
  const plan = planLoggedRun(run);
  expect(plan).toMatchObject({ settings: { maxSequences: 8, maxBatchedTokens: 1024 } });
});
