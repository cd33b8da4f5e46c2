import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { traceStatistics } from "../../src/workload/index.ts";
import { tracesFolder } from "../traces-folder.ts";
import { temporaryFiles } from "./temporary-files.ts";

const files = temporaryFiles();

describe("trace statistics", () => {
  it("are those of the rows", async () => {
    const path = files.write(
      "five.csv",
      "arrival,prompt,output\n1,10,1\n2,20,2\n4,30,0\n5,40,5\n9,100,4\n",
    );
    const found = await traceStatistics(path, "generic");
    expect(found).toMatchObject({
      rows: 5,
      durationSeconds: 8,
      requestsPerSecond: 0.5,
      prompt: { total: 200, mean: 40, p50: 30, p90: 100, p99: 100, max: 100 },
      output: { total: 13, max: 5 },
      zeroOutputs: 1,
      prefixHitRatio: null,
    });
    expect(found.gapVariation).toBeCloseTo(Math.sqrt(1.5) / 2, 12);
    // Ranks 0 1 2 3 4 and 0.5 2 0.5 4 3.
    expect(found.rankCorrelation).toBeCloseTo(7 / Math.sqrt(10 * 9.5), 12);
  });

  it("have no rate and no correlation where there is nothing to compare", async () => {
    const one = await traceStatistics(
      files.write("one.csv", "arrival,prompt,output\n1,10,1"),
      "generic",
    );
    expect(one).toMatchObject({
      durationSeconds: 0,
      requestsPerSecond: null,
      gapVariation: null,
      rankCorrelation: null,
    });
    const untimed = await traceStatistics(
      files.write("u.csv", "prompt,output\n9,1\n9,2"),
      "generic",
    );
    expect(untimed).toMatchObject({ durationSeconds: null, rankCorrelation: null });
  });

  it("count the leading tokens that an earlier prompt began with", async () => {
    const rows = [
      [
        [1, 0, 100],
        [2, 0, 50],
      ], // all new
      [
        [1, 0, 100],
        [2, 0, 50],
      ], // all there
      [
        [1, 0, 40],
        [3, 0, 60],
      ], // 40: begins as the first did, then differs
      [
        [9, 0, 10],
        [2, 0, 50],
      ], // none: the same segment behind another beginning
      [
        [1, 0, 100],
        [2, 0, 80],
      ], // 150: longer than before
      [[1, 5, 20]], // none: another part of the text
    ];
    const lines = rows.map((content) => {
      const prompt = content.reduce((sum, segment) => sum + segment[2]!, 0);
      return JSON.stringify({ prompt, output: 1, content });
    });
    const path = files.write("shared.jsonl", lines.join("\n"));
    const { prompt, prefixHitRatio } = await traceStatistics(path, "generic");
    expect(prefixHitRatio! * prompt.total).toBeCloseTo(150 + 40 + 150, 9);
  });
});

describe.skipIf(!existsSync(tracesFolder()))("the statistics of a real trace", () => {
  const real = (file: string) => join(tracesFolder(), file);

  it("azure, conversations: are the published ones", async () => {
    const found = await traceStatistics(real("azure23_conv.csv.gz"), "azure");
    expect(found.rows).toBe(19_366);
    expect(found.durationSeconds).toBeCloseTo(3501.722, 3);
    expect(found.requestsPerSecond).toBeCloseTo(5.53014, 5);
    expect(found.gapVariation).toBeCloseTo(1.0942, 4);
    expect(found.prompt.mean).toBeCloseTo(1154.7, 1);
    expect(found.output.mean).toBeCloseTo(211.13, 2);
    expect(found.rankCorrelation).toBeCloseTo(0.0728, 4);
  });

  it("mooncake: share what its authors count", async () => {
    const found = await traceStatistics(real("mooncake_conversation.jsonl.gz"), "mooncake");
    expect(found.rows).toBe(12_031);
    expect(found.prefixHitRatio).toBeCloseTo(0.37362, 5);
  });

  it("sharegpt: lengths without times", async () => {
    const path = real("sharegpt_8k_llama2_lengths.csv.gz");
    const found = await traceStatistics(path, "sharegpt");
    expect(found).toMatchObject({ rows: 30_731, durationSeconds: null });
    expect(found.prompt.mean).toBeCloseTo(2340.03, 2);
  });
});
