import { expect, test } from "vitest";
import { writeFiles } from "../config/temporary-config.ts";
import { kvsim } from "./captured.ts";

const AZURE = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:00:00.0000000,10,1
2023-11-16 18:00:01.0000000,20,3
2023-11-16 18:00:02.0000000,30,2
2023-11-16 18:00:04.0000000,40,0
`;

test("a trace's format is found, and its numbers are those of its rows", async () => {
  const path = writeFiles({ "t.csv": AZURE });
  const { exitCode, out } = await kvsim(["trace", "stats", path, "--json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    format: "azure",
    rows: 4,
    durationSeconds: 4,
    requestsPerSecond: 0.75,
    // Gaps of 1, 1 and 2 s: mean 4/3, standard deviation √2/3.
    gapVariation: expect.closeTo(Math.SQRT2 / 4, 12),
    prompt: { total: 100, mean: 25, p50: 20, p90: 40, p99: 40, max: 40 },
    output: { total: 7, mean: 1.75, p50: 1, p90: 3, p99: 3, max: 3 },
    zeroOutputs: 1,
    // Ranks 1, 2, 3, 4 against 1.5, 4, 3, 1.5.
    rankCorrelation: expect.closeTo(-0.5 / Math.sqrt(5 * 4.5), 12),
    prefixHitRatio: null,
  });
});

test("the table fits 80 columns", async () => {
  const long = `arrival,prompt,output\n0,100000,10000\n1,999999,123456\n`;
  const wide = await kvsim(["trace", "stats", writeFiles({ "t.csv": long })]);
  for (const line of wide.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const { out } = await kvsim(["trace", "stats", writeFiles({ "t.csv": AZURE })]);
  expect(out).toMatch(/^format +azure\nrequests +4\n/);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("what no format reads is told, and --format says where it breaks", async () => {
  const path = writeFiles({ "t.csv": "a,b\n1,2\n" });
  const unknown = await kvsim(["trace", "stats", path]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.err).toBe(
    `error: ${path}: no trace format reads it; --format azure|mooncake|sharegpt|generic says why\n`,
  );
  const chosen = await kvsim(["trace", "stats", path, "--format", "azure"]);
  expect(chosen.exitCode).toBe(2);
  expect(chosen.err).toMatch(/^error: .*t\.csv:1:\d+: found .*, expected .*\n$/);
});
