import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as kvsim from "../src/index.ts";

it("kvsim as a library loads a config, runs it and reports it", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "kvsim-library-")), "small.json");
  writeFileSync(
    path,
    JSON.stringify({
      memory: { slots: 1000 },
      maxModelLen: 100,
      workload: {
        requests: 20,
        arrivals: { process: "deterministic", rate: 50 },
        lengths: { prompt: { constant: 20 }, output: { constant: 10 } },
      },
      latency: {
        model: "linear",
        prefill: { base: 10, perToken: 0.1, perTokenSquared: 0 },
        decode: [{ base: 10, perContextToken: 0, perSequence: 0 }],
      },
      allocators: [{ strategy: "paged" }],
    }),
  );
  const runs = await kvsim.simulate(kvsim.loadConfig(path, { set: [] }));
  expect(runs.map(({ requests }) => requests.finished)).toEqual([20]);
  expect(Object.keys(kvsim.allocators)).toContain("paged");
  expect(kvsim.invariants.length).toBeGreaterThan(10);
});
