import { expect, test } from "vitest";
import { architectures, gpus } from "../../src/config/catalog/index.ts";
import { resolvedDocument } from "../../src/config/resolved-document.ts";
import { planMemory } from "../../src/planner/plan.ts";
import { releaseOf } from "../../src/planner/release.ts";
import { planSettings } from "../../src/planner/settings.ts";
import { changed, loadText } from "./temporary-config.ts";

const PLANNED = changed("{slots: 1000}", "{utilization: 0.9}");

function planned(keys: string) {
  return loadText(`${keys}\n${PLANNED}`).pool;
}

test("a planned pool is the planner's, and the resolved config says how it came about", () => {
  const config = loadText(`model: llama-2-7b\ngpu: a100-80gb\n${PLANNED}`);
  const release = releaseOf("vllm-v0", null);
  const settings = planSettings(architectures["llama-2-7b"]!, gpus["a100-80gb"]!, release, {
    utilization: 0.9,
    maxModelLen: 200,
  });
  const plan = planMemory(settings);
  expect(config.pool.slots).toBe(16 * plan.pool.blocks);
  expect(resolvedDocument(config)).toMatchObject({
    memory: {
      slots: config.pool.slots,
      bytesPerToken: 524_288,
      planned: {
        engine: "vllm-v0",
        utilization: 0.9,
        totalBytes: Math.floor(79.15 * 2 ** 30),
        weightsBytes: plan.weights.bytes,
        kvPoolBytes: plan.available.bytes,
        blocks: plan.pool.blocks,
      },
    },
  });
  expect(config.pool.planned!.slotsLow).toBeLessThan(config.pool.slots);
  expect(config.pool.planned!.slotsHigh).toBeGreaterThan(config.pool.slots);
});

const LLAMA_ON_H100 = "model: llama-3.1-8b\ngpu: h100-80gb";

/** {@link PLANNED} with other allocators, for contexts of 65,536 tokens. */
function plannedFor(allocators: string, keys = LLAMA_ON_H100) {
  const common = PLANNED.slice(0, PLANNED.indexOf("allocators:"));
  const long = common.replace(/maxModelLen: \d+/, "maxModelLen: 65536");
  return loadText(`${keys}\n${long}allocators: [${allocators}]\n`).pool.planned!;
}

test("the parts of a planned pool add up to the budget", () => {
  for (const engine of ["vllm-v0", "vllm-v1"]) {
    const planned = plannedFor(`{engine: ${engine}}`);
    const { weightsBytes, activationsBytes, cudaGraphsBytes, otherBytes } = planned;
    const used = weightsBytes + activationsBytes + cudaGraphsBytes + otherBytes;
    expect(Math.abs(planned.budgetBytes - used - planned.kvPoolBytes)).toBeLessThanOrEqual(2);
    expect(cudaGraphsBytes > 0).toBe(engine === "vllm-v1");
  }
});

test("the pool is planned for the largest batch that any of the schedulers makes", () => {
  const blocks = (engine: "vllm-v0" | "vllm-v1", maxSequences: number, maxBatchedTokens: number) =>
    planMemory(
      planSettings(architectures["llama-3.1-8b"]!, gpus["h100-80gb"]!, releaseOf(engine, null), {
        utilization: 0.9,
        maxModelLen: 65_536,
        maxSequences,
        maxBatchedTokens,
      }),
    ).pool.blocks;
  // vLLM's defaults on a large GPU, and whole prompts where they are not computed in parts.
  expect(plannedFor("{engine: vllm-v1}").blocks).toBe(blocks("vllm-v1", 1024, 8192));
  expect(plannedFor("{engine: vllm-v0}").blocks).toBe(blocks("vllm-v0", 256, 65_536));
  const both = "{engine: vllm-v1, scheduler: {maxBatchedTokens: 16384}}, {engine: vllm-v0}";
  expect(plannedFor(both).blocks).toBe(blocks("vllm-v0", 1024, 65_536));
});

test("a pool in which one request of maxModelLen does not fit is refused, as vLLM refuses to start", () => {
  expect(() => plannedFor("{engine: vllm-v1}", "model: llama-3.1-8b\ngpu: l4")).toThrow(
    /memory\.utilization: vllm-v1 would not start: a request of maxModelLen 65536 .* at most maxModelLen \d+ does$/,
  );
});

test("a pool as written is shown without a plan", () => {
  expect(loadText(PLANNED.replace("utilization: 0.9", "slots: 7")).pool).toEqual({
    slots: 7,
    bytesPerToken: null,
  });
});

test("the plan follows GPUs, number formats, batch and the user's own model and GPU", () => {
  const base = planned("model: llama-2-13b\ngpu: a100-40gb");
  const more = (keys: string) => planned(`model: llama-2-13b\ngpu: a100-40gb\n${keys}`).slots;
  expect(more("tensorParallel: 2")).toBeGreaterThan(2 * base.slots);
  expect(more("kvDtype: fp8")).toBeGreaterThanOrEqual(2 * base.slots);
  expect(more("dtype: int4")).toBeGreaterThan(base.slots);
  expect(more("scheduler: {maxBatchedTokens: 16384}")).toBeLessThan(base.slots);
  const own = planned(
    "model: {layers: 40, kvHeads: 40, headDim: 128, parameters: 13.016e9}\n" +
      "gpu: {memoryGiB: 39.56, bandwidthGBps: 1555, tflops: 312}",
  );
  expect(Math.abs(own.slots / base.slots - 1)).toBeLessThan(0.02);
});

test("a written model keeps its parameters and its latent cache", () => {
  const text =
    "{layers: 61, kvHeads: 1, headDim: 128, hidden: 7168, latentElements: 576, parameters: 2e10}";
  const pool = planned(`model: ${text}\ngpu: h200`);
  expect(pool.bytesPerToken).toBe(70_272);
  expect(Math.abs(pool.planned!.weightsBytes / 4e10 - 1)).toBeLessThan(0.01);
});
