import fc from "fast-check";
import { expect, test } from "vitest";
import { architectures, gpus } from "../../src/config/catalog/index.ts";
import { activations, layerPeak, samplingPeak } from "../../src/planner/activations.ts";
import { splits } from "../../src/planner/fleet.ts";
import { graphs, overhead } from "../../src/planner/overhead.ts";
import { sizePool } from "../../src/planner/pool.ts";
import { type Release, releaseOf, version } from "../../src/planner/release.ts";
import { longestModelLen, missingBytes, remedies } from "../../src/planner/remedies.ts";
import { requestsThatFit, works } from "../../src/planner/requests.ts";
import { planOf, settingsOf, V0, V1 } from "./plan-of.ts";

const model = fc.constantFrom(...Object.keys(architectures));
const gpu = fc.constantFrom(...Object.keys(gpus));
const release = fc.constantFrom<Release>(
  V0,
  V1,
  releaseOf("vllm-v0", version(0, 2, 4)),
  releaseOf("vllm-v0", version(0, 4, 1)),
  releaseOf("vllm-v0", version(0, 6, 5)),
  releaseOf("vllm-v1", version(0, 9, 1)),
  releaseOf("vllm-v1", version(0, 11, 0)),
);
const maxModelLen = fc.integer({ min: 64, max: 2048 });

test("the parts add up to the budget, and every figure lies in its range", () => {
  fc.assert(
    fc.property(model, gpu, release, maxModelLen, (name, card, rules, length) => {
      const plan = planOf(name, card, { maxModelLen: length }, rules);
      const inside = [plan.weights, plan.activations, plan.overhead];
      if (rules.graphsInBudget) inside.push(plan.graphs);
      const used = inside.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(Math.abs(plan.budgetBytes - used - plan.available.bytes)).toBeLessThanOrEqual(1);
      for (const { low, bytes, high } of [...inside, plan.graphs, plan.available]) {
        expect(low).toBeLessThanOrEqual(bytes);
        expect(bytes).toBeLessThanOrEqual(high);
      }
      expect(plan.poolLow.blocks).toBeLessThanOrEqual(plan.pool.blocks);
      expect(plan.pool.blocks).toBeLessThanOrEqual(plan.poolHigh.blocks);
      expect(plan.pool.blocks * plan.pool.blockBytes).toBeLessThanOrEqual(
        Math.max(0, plan.available.bytes),
      );
    }),
  );
});

test("more GPUs, more memory, fewer bits or a shorter batch never make the pool smaller", () => {
  const blocks = (...of: Parameters<typeof planOf>) => planOf(...of).pool.blocks;
  fc.assert(
    fc.property(model, release, maxModelLen, (name, rules, length) => {
      const base = { maxModelLen: length, maxSequences: 64, maxBatchedTokens: 2048 };
      const small = blocks(name, "a100-80gb", base, rules);
      expect(blocks(name, "mi325x", base, rules)).toBeGreaterThanOrEqual(small);
      const shorter = { ...base, maxBatchedTokens: 512 };
      expect(blocks(name, "a100-80gb", shorter, rules)).toBeGreaterThanOrEqual(small);
      const fp8 = { ...base, kvBytesPerElement: 1 };
      expect(blocks(name, "a100-80gb", fp8, rules)).toBeGreaterThanOrEqual(small);
      const full = blocks(name, "a100-80gb", { ...base, utilization: 1 }, rules);
      expect(full).toBeGreaterThanOrEqual(small);
    }),
  );
});

test("the better an allocator knows a request's end, the more requests it holds", () => {
  fc.assert(
    fc.property(model, maxModelLen, fc.integer({ min: 1, max: 2048 }), (name, length, tokens) => {
      fc.pre(tokens <= length);
      const fits = requestsThatFit(planOf(name, "mi325x", { maxModelLen: length }), tokens);
      expect(fits.max).toBeLessThanOrEqual(fits.pow2);
      expect(fits.pow2).toBeLessThanOrEqual(fits.oracle);
    }),
  );
});

test("what a remedy changes does make the plan work, and what is missing is what is missing", () => {
  fc.assert(
    fc.property(model, gpu, fc.integer({ min: 1, max: 64 }), (name, card, requests) => {
      const contextTokens = Math.min(1000, architectures[name]!.maxModelLen);
      const demand = { requests, contextTokens };
      const plan = planOf(name, card);
      expect(missingBytes(plan, demand) > 0).toBe(!works(plan, demand));
      for (const remedy of remedies(plan, demand)) expect(works(remedy.plan, demand)).toBe(true);
      if (works(plan, demand)) return;
      const more = Math.ceil(missingBytes(plan, demand)) + 2 * plan.pool.blockBytes;
      const pool = sizePool(plan.settings, Math.max(0, plan.available.bytes) + more);
      if (plan.available.bytes >= 0)
        expect(works({ ...plan, pool, available: plan.available }, demand)).toBe(true);
    }),
  );
});

test("the engine starts with the longest context that is said to fit, and not with one more", () => {
  fc.assert(
    fc.property(model, gpu, release, (name, card, rules) => {
      const base = { maxBatchedTokens: 2048, maxSequences: 64 };
      const plan = planOf(name, card, base, rules);
      const longest = longestModelLen(plan);
      const starts = (length: number) =>
        planOf(name, card, { ...base, maxModelLen: length }, rules).pool.problem === null;
      if (longest > 0) expect(starts(longest)).toBe(true);
      if (longest < plan.settings.maxModelLen) expect(starts(longest + 1)).toBe(false);
    }),
  );
});

test("activations grow with tokens or with sequences, whichever is wider", () => {
  const at = (maxBatchedTokens: number, maxSequences: number) =>
    settingsOf("llama-3.1-8b", "h100-80gb", { maxBatchedTokens, maxSequences });
  // 3 × 14,336 elements of the feed-forward layer and four hidden vectors, two bytes each.
  expect(layerPeak(at(20_000, 256))).toBe(20_000 * (3 * 14_336 + 4 * 4096) * 2);
  expect(samplingPeak(at(2048, 256))).toBe(256 * 128_256 * 25 + 2048 * 4096 * 2);
  expect(activations(at(20_000, 256)).driver).toContain("layers");
  expect(activations(at(2048, 1024)).driver).toContain("sampler");
});

test("bitsandbytes and old GPTQ kernels restore a matrix, newer ones do not", () => {
  const gptq = { method: "gptq", bits: 4, groupSize: 128 } as const;
  const peak = (patch: number) => {
    const rules = releaseOf("vllm-v0", version(0, 4, patch));
    return layerPeak(settingsOf("llama-2-7b", "a6000", { quantization: gptq }, rules));
  };
  expect(peak(1) - peak(2)).toBe(4096 * 2 * 11_008 * 2);
});

test("what lies outside PyTorch depends on the profiler: nothing at first, the context and a reserve later", () => {
  const of = (patchless: number, engine: "vllm-v0" | "vllm-v1" = "vllm-v0", tensorParallel = 1) => {
    const rules = releaseOf(engine, patchless);
    return overhead(settingsOf("llama-2-7b", "a100-80gb", { tensorParallel }, rules)).bytes;
  };
  expect(of(version(0, 2, 4))).toBe(0);
  expect(of(version(0, 2, 5))).toBeGreaterThan(of(version(0, 4, 1)));
  expect(of(version(0, 4, 1))).toBeGreaterThan(of(version(0, 7, 0)));
  expect(of(version(0, 6, 5))).toBeGreaterThan(of(version(0, 7, 0)));
  expect(of(version(0, 7, 0), "vllm-v0", 2)).toBeGreaterThan(of(version(0, 7, 0)));
});

test("CUDA graphs take nothing in eager mode, and follow the batch sizes that are captured", () => {
  const of = (options: object) => graphs(settingsOf("llama-3.1-8b", "l40s", options)).bytes;
  expect(of({ enforceEager: true })).toBe(0);
  expect(of({ maxSequences: 8 })).toBeLessThan(of({ maxSequences: 256 }));
});

test("a model is split over the GPUs of a server first, by divisors of its heads", () => {
  const shape = (name: string) =>
    splits(architectures[name]!).map(({ tensorParallel: t, pipelineParallel: p }) => t * p);
  expect(shape("llama-3.1-8b").slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
  // 71 heads cannot be shared out.
  expect(shape("falcon-7b")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
