import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config/load.ts";
import { simulate } from "../src/simulate.ts";

const folder = fileURLToPath(new URL("../sim-configs/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

/** Enough requests to fill the pools, few enough to check every invariant after every operation. */
const SHORT = ["workload.requests=40", "measure={until: end}"];

describe("parallel sampling", () => {
  // Kwon et al., SOSP'23, Fig 15: of the blocks that Alpaca's requests need unshared, % saved.
  const published = [
    [2, 6.09],
    [4, 8.53],
    [6, 9.79],
  ] as const;

  for (const [n, percent] of published)
    it(`saves the blocks that the paper prints for ${n} samples, within a percentage point`, async () => {
      const set = [`workload.decoding.n=${n}`];
      const config = loadConfig(`${folder}parallel-sampling.yaml`, { set });
      const runs = await simulate(config);
      const { blocksSavedPercent } = runs.find(({ memory }) => memory.blockSize === 16)!.sharing;
      expect(Math.abs(blocksSavedPercent! - percent)).toBeLessThan(1);
    });
});

describe("every config a user starts from", () => {
  it("is here, ten of them at least", () => {
    expect(names.length).toBeGreaterThanOrEqual(10);
  });

  for (const name of names)
    it(`runs, with every invariant checked and every request accounted for: ${name}`, async () => {
      const config = loadConfig(folder + name, { set: SHORT, seed: 7 });
      const runs = await simulate(config, { paranoid: true });
      expect(runs.length).toBe(config.setups.length);
      for (const { requests, memory, verdict } of runs) {
        const { arrived, finished, rejected, failed, unfinished } = requests;
        expect(arrived).toBe(finished + rejected + failed + unfinished);
        expect(arrived).toBeGreaterThan(0);
        expect(["completed", "rejected-all"]).toContain(verdict.status);
        const total = Object.values(memory.share!).reduce((sum, part) => sum + part, 0);
        expect(total).toBeCloseTo(1, 12);
      }
    });
});
