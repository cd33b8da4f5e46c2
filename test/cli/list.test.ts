import { expect, test } from "vitest";
import { strategies } from "../../src/allocators/index.ts";
import { placements } from "../../src/allocators/placements.ts";
import { datasets } from "../../src/config/catalog/datasets/index.ts";
import { gpus, latencyPresets, models } from "../../src/config/catalog/index.ts";
import { schedulers } from "../../src/schedulers.ts";
import { traceFormats } from "../../src/workload/trace/index.ts";
import { kvsim } from "./captured.ts";

const registries = {
  allocators: strategies,
  placements,
  schedulers,
  models,
  gpus,
  datasets,
  presets: latencyPresets,
  formats: traceFormats,
};

test("all topics are listed, every line within 80 columns", async () => {
  const { exitCode, out } = await kvsim(["list"]);
  expect(exitCode).toBe(0);
  for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(out.split("\n").filter((line) => /^\w/.test(line))).toEqual(Object.keys(registries));
});

for (const [topic, registry] of Object.entries(registries))
  test(`list ${topic} names what a config may name, each with a summary`, async () => {
    const { out } = await kvsim(["list", topic, "--json"]);
    const entries: { name: string; summary: string }[] = JSON.parse(out)[topic];
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(registry));
    for (const { name, summary } of entries) expect(summary.length, name).toBeGreaterThan(5);
    const { out: text } = await kvsim(["list", topic]);
    for (const { name } of entries) expect(text).toContain(`\n  ${name}  `.trimEnd());
  });

test("a model is listed with its KV per token", async () => {
  const { out } = await kvsim(["list", "models"]);
  expect(out).toMatch(/opt-13b +12\.9 B parameters, 819,200 B of KV per token, 2,048 tokens\n/);
});
