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
    requests: 4,
    seconds: 4,
    requestsPerSecond: 0.75,
    // Gaps of 1, 1 and 2 s: mean 4/3, standard deviation √2/3.
    gapVariation: expect.closeTo(Math.SQRT2 / 4, 12),
    promptTokens: { mean: 25, p50: 20, p90: 40, p99: 40, max: 40 },
    outputTokens: { mean: 1.75, p50: 1, p90: 3, p99: 3, max: 3 },
    zeroOutputs: 1,
    promptsWithContent: 0,
  });
});

test("the table fits 80 columns", async () => {
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
