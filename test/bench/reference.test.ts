import fc from "fast-check";
import { expect, it } from "vitest";
import { projectConfig } from "../../bench/project-config.ts";
import { type Compiled, compileProgram } from "../../bench/reference/compile.ts";
import { differences } from "../../bench/reference/figures.ts";
import { runReference, writeRequests } from "../../bench/reference/run.ts";
import { resultOf } from "../../bench/simulation.ts";

/** Pools so small that requests are rejected, preempted and failed. */
const settings = fc
  .record({
    seed: fc.nat(10_000),
    rate: fc.integer({ min: 1, max: 60 }),
    slots: fc.integer({ min: 40, max: 1500 }),
    blockSize: fc.constantFrom(1, 3, 16),
    watermark: fc.constantFrom(0, 0.01, 0.1),
    maxRunning: fc.integer({ min: 1, max: 20 }),
    maxBatchedTokens: fc.integer({ min: 100, max: 600 }),
    maxModelLen: fc.integer({ min: 60, max: 300 }),
  })
  .map((drawn) => [
    "workload.requests=80",
    "workload.lengths.prompt={uniform: [1, 120]}",
    "workload.lengths.output={uniform: [1, 200]}",
    `seed=${drawn.seed}`,
    `workload.arrivals.rate=${drawn.rate}`,
    `memory.slots=${drawn.slots}`,
    `maxModelLen=${drawn.maxModelLen}`,
    `scheduler.maxRunning=${drawn.maxRunning}`,
    `scheduler.maxBatchedTokens=${drawn.maxBatchedTokens}`,
    `allocators=[{strategy: paged, blockSize: ${drawn.blockSize}, watermark: ${drawn.watermark}}]`,
    "scheduler.policy=prefill-first",
  ]);

const compiled: Compiled = compileProgram("reference");
const why = "missing" in compiled ? `, skipped: ${compiled.missing}` : "";

it.skipIf("missing" in compiled)(
  `the C program of the bench gives kvsim's result, bit for bit, on random small pools${why}`,
  async () => {
    if ("missing" in compiled) return;
    const seen = { preempted: 0, failed: 0, rejected: 0, finished: 0 };
    await fc.assert(
      fc.asyncProperty(settings, async (set) => {
        const config = projectConfig("bench/load.yaml", ...set);
        const result = await resultOf(config);
        const requests = await writeRequests(config, compiled.folder);
        const printed = runReference(compiled, requests, config, config.setups[0]!);
        expect(differences(result, printed)).toEqual([]);
        seen.preempted += result.preemption.count;
        seen.failed += result.requests.failed;
        seen.rejected += result.requests.rejected;
        seen.finished += result.requests.finished;
      }),
      { numRuns: 100 },
    );
    expect(Object.values(seen).every((count) => count > 0)).toBe(true);
  },
);

it.skipIf("missing" in compiled)(
  `the comparison with the C program notices a request that is missing${why}`,
  async () => {
    if ("missing" in compiled) return;
    const config = projectConfig("bench/load.yaml", "workload.requests=20");
    const setup = config.setups[0]!;
    const fewer = projectConfig("bench/load.yaml", "workload.requests=19");
    const printed = runReference(
      compiled,
      await writeRequests(fewer, compiled.folder),
      config,
      setup,
    );
    const result = await resultOf({ ...config, setups: [setup] });
    expect(differences(result, printed).join()).toMatch(/requests.*fingerprint/);
  },
);
