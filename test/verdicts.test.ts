import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config/load.ts";
import type { RunResult } from "../src/result.ts";
import { simulate } from "../src/simulate.ts";

const folder = mkdtempSync(join(tmpdir(), "kvsim-verdicts-"));

/** Requests at a fixed rate, two a second if not said, of a prompt and an output of fixed length. */
async function run(given: {
  slots: number;
  prompt: number;
  output: number;
  allocator: string;
  requests?: number;
  rate?: number;
  n?: number;
  from?: number;
}): Promise<RunResult> {
  const { slots, prompt, output, allocator, requests = 20, rate = 2, n = 1, from = 0 } = given;
  const path = join(folder, "config.yaml");
  writeFileSync(
    path,
    `model: opt-13b
maxModelLen: 2048
memory: {slots: ${slots}}
workload:
  requests: ${requests}
  arrivals: {process: deterministic, rate: ${rate}}
  lengths: {prompt: {constant: ${prompt}}, output: {constant: ${output}}}
  decoding: {mode: parallel, n: ${n}}
latency: {model: linear, preset: distserve-opt13b-a100-80gb}
measure: {from: ${from}}
allocators:
  - ${allocator}
`,
  );
  const [result] = await simulate(loadConfig(path, { set: [] }), { paranoid: true });
  return result!;
}

const paged = "{strategy: paged, blockSize: 16}";

describe("a run that cannot go well ends by itself and says who needs what, and what to change", () => {
  it("when a prompt is larger than the pool", async () => {
    const { verdict, requests } = await run({
      slots: 160,
      prompt: 200,
      output: 10,
      allocator: paged,
    });
    expect(requests).toMatchObject({ arrived: 20, rejected: 20, admitted: 0 });
    expect(verdict.status).toBe("rejected-all");
    expect(verdict.findings[0]).toMatchObject({
      code: "rejected",
      request: 0,
      need: 208,
      have: 160,
      setting: "memory",
      text: "request 0 (the first of 20) was rejected: it needs 208 slots, the whole pool has 160; change memory",
    });
  });

  it("when a reservation is larger than the pool", async () => {
    const allocator = "{strategy: contiguous, reserve: max, scheduler: {policy: orca}}";
    const { verdict } = await run({ slots: 1000, prompt: 10, output: 10, allocator });
    expect(verdict.status).toBe("rejected-all");
    expect(verdict.findings[0]).toMatchObject({
      request: 0,
      need: 2048,
      have: 1000,
      setting: "memory",
    });
  });

  it("when a request outgrows the pool while alone", async () => {
    const { verdict, requests } = await run({
      slots: 160,
      prompt: 100,
      output: 100,
      allocator: paged,
    });
    expect(requests).toMatchObject({ arrived: 20, failed: 20, unfinished: 0 });
    expect(verdict.status).toBe("completed");
    expect(verdict.findings[0]).toMatchObject({
      code: "failed",
      request: 0,
      need: 176,
      have: 160,
      setting: "memory",
    });
  });

  it("when swap space is too small", async () => {
    const allocator =
      "{strategy: paged, blockSize: 16, preemption: {mode: swap, swapSpace: 16MiB}}";
    const { verdict, requests } = await run({ slots: 320, prompt: 100, output: 150, allocator });
    expect(verdict.status).toBe("aborted");
    expect(verdict.explanation).toMatch(
      /^request \d+ could not be swapped out: it needs \d+ slots of swap space and 16 are free/,
    );
    expect(verdict.findings[0]).toMatchObject({ code: "aborted", setting: "preemption.swapSpace" });
    expect(requests.arrived).toBe(requests.finished + requests.failed + requests.unfinished);
  });

  it("when the last request arrives before the measuring window begins", async () => {
    const late = { slots: 1600, prompt: 10, output: 10, allocator: paged, from: 10 };
    const { verdict } = await run(late);
    expect(verdict.findings).toMatchObject([{ code: "empty-window", setting: "measure.from" }]);
    expect((await run({ ...late, from: 9 })).verdict.findings).toEqual([]);
  });

  it("when nobody ends in the measuring window", async () => {
    const batch = { slots: 1600, prompt: 10, output: 10, allocator: paged, rate: 1e6 };
    const { verdict } = await run(batch);
    expect(verdict.findings.at(-1)).toMatchObject({
      code: "short-window",
      setting: "measure.until",
    });
    expect((await run({ ...batch, rate: 1 })).verdict.findings).toEqual([]);
  });

  it("when a watermark leaves nothing to admit", async () => {
    const allocator = "{strategy: paged, blockSize: 16, watermark: 0.9}";
    const { verdict } = await run({ slots: 1600, prompt: 200, output: 10, allocator });
    expect(verdict.status).toBe("rejected-all");
    expect(verdict.findings[0]).toMatchObject({
      request: 0,
      need: 208,
      have: 1600,
      setting: "allocators[].watermark",
    });
  });

  it("when a group that was swapped out for another can never come back", async () => {
    const allocator =
      "{engine: vllm-v0, watermark: 0.6, preemption: {mode: swap, swapSpace: 1GiB}}";
    const given = { slots: 160, prompt: 10, output: 100, allocator, requests: 2 };
    const { verdict, requests } = await run(given);
    expect(verdict.status).toBe("stalled");
    expect(verdict.findings[0]).toMatchObject({ code: "swap-starvation", request: 1, have: 160 });
    expect(requests).toMatchObject({ arrived: 2, finished: 1, unfinished: 1 });
  });

  it("when the pool is too small for one block", async () => {
    const { verdict } = await run({ slots: 10, prompt: 5, output: 5, allocator: paged });
    expect(verdict.status).toBe("rejected-all");
    expect(verdict.findings[0]).toMatchObject({
      request: 0,
      need: 16,
      have: 10,
      setting: "memory",
    });
  });
});

describe("a known pathology of vLLM is named where it happens, and only there", () => {
  // In runs as small as these nobody may end before the last arrival.
  const codes = ({ verdict }: RunResult) =>
    verdict.findings.map(({ code }) => code).filter((code) => code !== "short-window");
  const textOf = ({ verdict }: RunResult, named: string) =>
    verdict.findings.find(({ code }) => code === named)?.text;

  it("V1 admits a request for the first part of its prompt when the gate is off", async () => {
    // Both prompts fit into the pool, one at a time, and 64 tokens of each together.
    const long = { slots: 640, prompt: 400, output: 40, requests: 2, rate: 1000 };
    const served = (gate: boolean) => {
      const scheduler = `{maxBatchedTokens: 64, fullSequenceGate: ${gate}}`;
      return run({ ...long, allocator: `{engine: vllm-v1, scheduler: ${scheduler}}` });
    };
    const open = await served(false);
    expect(codes(open)).toEqual(["over-admission"]);
    expect(open.verdict.findings[0]).toMatchObject({ setting: "scheduler.fullSequenceGate" });
    expect(textOf(open, "over-admission")).toMatch(/^1 of 1 preemptions hit requests that had not/);
    expect(open.requests.finished).toBe(2);
    const gated = await served(true);
    expect(codes(gated)).toEqual([]);
    expect(gated.preemption.count).toBe(0);
  });

  it("not so V1's preemption of a request that has said something", async () => {
    const result = await run({
      ...{ slots: 320, prompt: 100, output: 100, requests: 2, rate: 1000 },
      allocator: "{engine: vllm-v1, scheduler: {fullSequenceGate: false}}",
    });
    expect(result.preemption.count).toBe(1);
    expect(codes(result)).toEqual([]);
  });

  it("V1 looks a refused head up in every step, and prints the hit rate of all look-ups", async () => {
    // Two pairs of equal prompts of 2 blocks and a token, 5 blocks: one pair runs at a time, for 10 steps. The head of the second
    // waits while 9 of them begin, and of each pair one finds the 2 full blocks: 2 + 9 + 2 look-ups of 33 tokens, 2 of them hits of 32.
    const pairs = { slots: 6 * 16, prompt: 33, output: 10, requests: 2, n: 2, rate: 1000 };
    const result = await run({ ...pairs, allocator: "{engine: vllm-v1}" });
    expect(result.sharing).toMatchObject({
      prefixLookupTokens: 13 * 33,
      prefixHitTokens: 2 * 32,
      prefixHitRate: (2 * 32) / (13 * 33),
      prefixHitRatePerRequest: (2 * 32) / (4 * 33),
    });
    expect(codes(result)).toEqual(["hit-rate-inflation"]);
    expect(textOf(result, "hit-rate-inflation")).toMatch(
      /^13 prefix look-ups were made for 4 requests, .* hit rate of 14\.9 %, and 48\.5 % of the prompts' tokens were hit$/,
    );
  });

  it("V0 goes round between prompts and preemptions, unless it swaps", async () => {
    const five = { slots: 20 * 16, prompt: 60, output: 50, requests: 5, rate: 1000 };
    const recomputing = await run({ ...five, allocator: "{engine: vllm-v0}" });
    expect(codes(recomputing)).toEqual(["thrash"]);
    expect(recomputing.preemption).toMatchObject({ count: 22, swappedOutBlocks: 0 });
    const swapping = await run({
      ...five,
      allocator: "{engine: vllm-v0, preemption: {mode: swap}}",
    });
    expect(codes(swapping)).toEqual([]);
  });

  it("V0 swaps out a group that outgrew the pool and can never take it back", async () => {
    // Two samples of a prompt of 33 tokens in a pool of 8 blocks: at 65 tokens they hold it all, 2 blocks together and 3 each, and to
    // come back they need a block each besides.
    const samples = { slots: 8 * 16, prompt: 33, output: 40, requests: 2, n: 2 };
    const { requests, verdict } = await run({ ...samples, allocator: "{engine: vllm-v0}" });
    expect(requests).toMatchObject({ admitted: 2, failed: 2 });
    expect(verdict.findings).toMatchObject([
      { code: "swap-starvation", request: 0, need: 10 * 16, have: 8 * 16, setting: "memory" },
    ]);
  });

  it("none of them with room for everybody", async () => {
    for (const engine of ["vllm-v0", "vllm-v1"]) {
      const sane = { slots: 64_000, prompt: 100, output: 20 };
      const result = await run({ ...sane, n: 2, allocator: `{engine: ${engine}}` });
      expect(codes(result)).toEqual([]);
    }
  });

  it("none of them where requests only wait their turn", async () => {
    for (const engine of ["vllm-v0", "vllm-v1"]) {
      const busy = { slots: 640, prompt: 100, output: 12, rate: 20 };
      const result = await run({ ...busy, allocator: `{engine: ${engine}}` });
      expect(result.concurrency.waitingMean).toBeGreaterThan(0);
      expect(codes(result)).toEqual([]);
    }
  });
});
