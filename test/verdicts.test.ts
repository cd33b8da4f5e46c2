import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config/load.ts";
import type { RunResult } from "../src/result.ts";
import { simulate } from "../src/simulate.ts";

const folder = mkdtempSync(join(tmpdir(), "kvsim-verdicts-"));

/** Two requests a second of a prompt and an output of fixed length. */
async function run(given: {
  slots: number;
  prompt: number;
  output: number;
  allocator: string;
  requests?: number;
  n?: number;
}): Promise<RunResult> {
  const { slots, prompt, output, allocator, requests = 20, n = 1 } = given;
  const path = join(folder, "config.yaml");
  writeFileSync(
    path,
    `model: opt-13b
maxModelLen: 2048
memory: {slots: ${slots}}
workload:
  requests: ${requests}
  arrivals: {process: deterministic, rate: 2}
  lengths: {prompt: {constant: ${prompt}}, output: {constant: ${output}}}
  decoding: {mode: parallel, n: ${n}}
latency: {model: linear, preset: distserve-opt13b-a100-80gb}
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
      "{strategy: paged, blockSize: 16, watermark: 0.6, preemption: {mode: swap, swapSpace: 1GiB}}";
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
  const long = { slots: 640, prompt: 400, output: 40 };
  const codes = ({ verdict }: RunResult) => verdict.findings.map(({ code }) => code);

  it("V1 admits a request for the first part of its prompt when the gate is off", async () => {
    const limits = "maxBatchedTokens: 64";
    const open = await run({
      ...long,
      allocator: `{engine: vllm-v1, scheduler: {${limits}, fullSequenceGate: false}}`,
    });
    const gated = await run({ ...long, allocator: `{engine: vllm-v1, scheduler: {${limits}}}` });
    const found = open.verdict.findings.find(({ code }) => code === "over-admission");
    expect(found).toMatchObject({ setting: "scheduler.fullSequenceGate" });
    expect(found!.text).toMatch(/^\d+ of \d+ preemptions hit requests that had not said a token/);
    expect(codes(gated)).not.toContain("over-admission");
    expect(open.preemption.count).toBeGreaterThan(gated.preemption.count);
    expect(open.requests.finished).toBe(20);
  });

  it("V1 counts a look-up for every step in which a head is refused", async () => {
    const result = await run({ ...long, n: 2, allocator: "{engine: vllm-v1}" });
    const found = result.verdict.findings.find(({ code }) => code === "hit-rate-inflation");
    const { prefixHitRate, prefixHitRatePerRequest, prefixLookupTokens } = result.sharing;
    const printed = `a hit rate of ${(100 * prefixHitRate!).toFixed(1)} %, and ${(100 * prefixHitRatePerRequest!).toFixed(1)} %`;
    expect(found!.text).toContain(printed);
    // Of each pair the second finds all of the prompt's 25 blocks but the last, whose last token must be computed.
    expect(prefixHitRatePerRequest).toBe(384 / 800);
    // All prompts are equally long, so the tokens looked up count the look-ups.
    expect(found!.text).toMatch(new RegExp(`^${prefixLookupTokens! / 400} prefix look-ups`));
    expect(prefixLookupTokens! / 400).toBeGreaterThan(40);
  });

  it("V0 goes round between prompts and preemptions", async () => {
    const result = await run({
      slots: 320,
      prompt: 30,
      output: 250,
      requests: 40,
      allocator: "{engine: vllm-v0, preemption: {mode: recompute}}",
    });
    expect(codes(result)).toContain("thrash");
  });

  it("none of them with room for everybody", async () => {
    for (const engine of ["vllm-v0", "vllm-v1"]) {
      const sane = { slots: 64_000, prompt: 100, output: 20 };
      const result = await run({ ...sane, n: 2, allocator: `{engine: ${engine}}` });
      expect(codes(result)).toEqual([]);
    }
  });
});
