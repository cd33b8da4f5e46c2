import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import type { RunResult } from "../../src/result.ts";
import { runSetup } from "../../src/run-setup.ts";
import { loadWorkload } from "../../src/workload/index.ts";

const path = join(mkdtempSync(join(tmpdir(), "kvsim-foreseen-")), "config.yaml");

const LENGTHS = "{prompt: {uniform: [1, 200]}, output: {lognormal: {mean: 150, sigma: 1}}}";

/** Outputs are cut to 400 tokens less the prompt. */
function config(allocator: string, lengths: string): string {
  return `model: opt-13b
maxModelLen: 400
memory: {slots: 1600}
workload:
  requests: 1
  arrivals: {process: poisson, rate: 3}
  lengths: ${lengths}
latency: {model: linear, preset: distserve-opt13b-a100-80gb}
allocators: [${allocator}]
`;
}

/** The same run of so many requests, which the engine is told of ahead of time, or each when it comes. */
async function bothWays(
  allocator: string,
  requests: number,
  lengths = LENGTHS,
): Promise<RunResult[]> {
  writeFileSync(path, config(allocator, lengths));
  const loaded = loadConfig(path, { set: [`workload.requests=${requests}`] });
  const workload = await loadWorkload(loaded);
  return [workload.open(1), { ...workload.open(1), foreseeable: null }].map((stream) =>
    runSetup({ setup: loaded.setups[0]!, config: loaded, stream, seed: 1 }),
  );
}

it.each([1, 2, 255, 256, 257, 258, 600])(
  "%d requests are the same whether they are told of ahead of time or not",
  async (requests) => {
    const [ahead, oneByOne] = await bothWays("{strategy: paged, blockSize: 16}", requests);
    expect(ahead).toEqual(oneByOne);
    expect(ahead!.requests.arrived).toBe(requests);
  },
);

it("counts only outputs of requests that have come before a run was cut short", async () => {
  const swapping = "{strategy: paged, blockSize: 16, preemption: {mode: swap, swapSpace: 16MiB}}";
  const [ahead, oneByOne] = await bothWays(swapping, 600);
  expect(ahead!.verdict.status).toBe("aborted");
  expect(ahead!.requests.arrived).toBeLessThan(255);
  expect(ahead!.verdict.findings.map(({ code }) => code)).toContain("output-capped");
  expect(ahead).toEqual(oneByOne);
});

it("turns away prompts of thousands of millions of tokens, and cuts such outputs", async () => {
  const law = "{lognormal: {mean: 10000000, sigma: 4}}";
  const lengths = `{prompt: ${law}, output: ${law}}`;
  const [ahead, oneByOne] = await bothWays("{strategy: paged, blockSize: 16}", 600, lengths);
  expect(ahead!.verdict.findings.map(({ code }) => code)).toContain("output-capped");
  expect(ahead!.requests.rejected).toBeGreaterThan(300);
  expect(ahead!.requests.finished).toBe(600 - ahead!.requests.rejected);
  expect(ahead).toEqual(oneByOne);
});
