import { expect, test } from "vitest";
import { gpus, latencyPresets, models } from "../../src/config/catalog/index.ts";
import { bytesPerToken } from "../../src/config/resolve/model.ts";

test("KV bytes per token are those of the papers and model cards", () => {
  const published: Readonly<Record<string, number>> = {
    "opt-13b": 819_200,
    "opt-175b": 4_718_592,
    "llama-2-7b": 524_288,
    "llama-2-70b": 327_680,
    "llama-3-8b": 131_072,
    "qwen2.5-7b": 57_344,
    "deepseek-v3": 70_272,
  };
  for (const [name, bytes] of Object.entries(published))
    expect(bytesPerToken(models[name]!, 1), name).toBe(bytes);
});

test("every model is of a plausible shape and says where it comes from", () => {
  for (const [name, model] of Object.entries(models)) {
    expect(model.name).toBe(name);
    expect(model.source.length, name).toBeGreaterThan(10);
    expect(model.heads % model.kvHeads, name).toBe(0);
    expect(model.activeParameters, name).toBeLessThanOrEqual(model.parameters);
    // "13b" in a name is the published size, rounded: a lost layer or factor of ten falls outside.
    const [, size, unit] = /-([\d.]+)(b|m)(?![\da-z])/.exec(name) ?? [];
    if (size === undefined || name.includes("8x")) continue;
    const stated = Number(size) * (unit === "b" ? 1e9 : 1e6);
    expect(Math.abs(model.parameters / stated - 1), name).toBeLessThan(0.35);
  }
});

test("the catalogue has the models and GPUs that capacity planners ask for", () => {
  expect(Object.keys(models).length).toBeGreaterThanOrEqual(40);
  expect(Object.keys(gpus).length).toBeGreaterThanOrEqual(25);
  for (const [name, gpu] of Object.entries(gpus)) {
    expect(gpu.name).toBe(name);
    expect(gpu.source.length, name).toBeGreaterThan(10);
    // Operations a byte: the L4 has 403, the H20 37; a slip by a power of ten falls outside.
    expect((gpu.tflops * 1e12) / (gpu.bandwidthGBps * 1e9), name).toBeGreaterThan(30);
    expect((gpu.tflops * 1e12) / (gpu.bandwidthGBps * 1e9), name).toBeLessThan(1000);
  }
});

test("a decode step of the fitted OPT-13B reads the weights no faster than the memory can", () => {
  const floorMs = ((models["opt-13b"]!.parameters * 2) / 2039e9) * 1000;
  const [small] = latencyPresets["distserve-opt13b-a100-80gb"]!.coefficients.decode;
  expect(small!.base).toBeGreaterThan(floorMs);
});

test("the derived A100-40GB preset slows what reads memory and nothing else, and says so", () => {
  const fast = latencyPresets["distserve-opt13b-a100-80gb"]!;
  const slow = latencyPresets["distserve-opt13b-a100-40gb"]!;
  expect(slow.summary).toContain("derived");
  expect(slow.coefficients.prefill).toEqual(fast.coefficients.prefill);
  slow.coefficients.decode.forEach((fit, index) => {
    const original = fast.coefficients.decode[index]!;
    expect(fit.base / original.base).toBeCloseTo(2039 / 1555, 12);
    expect(fit.perContextToken / original.perContextToken).toBeCloseTo(2039 / 1555, 12);
    expect(fit.perSequence).toBe(original.perSequence);
  });
});
