import { gzipSync } from "node:zlib";
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

test("what no format begins with is told, and --format says what it lacks", async () => {
  const path = writeFiles({ "t.csv": "a,b\n1,2\n" });
  const unknown = await kvsim(["trace", "stats", path]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.err).toBe(
    `error: ${path}:1:1: found "a,b", expected the first line of a trace; --format azure|mooncake|sharegpt|generic says what it lacks\n`,
  );
  const chosen = await kvsim(["trace", "stats", path, "--format", "azure"]);
  expect(chosen.exitCode).toBe(2);
  expect(chosen.err).toMatch(/^error: .*t\.csv:1:\d+: found .*, expected .*\n$/);
});

const MOONCAKE = '{"timestamp": 5, "input_length": 10, "output_length": 1, "hash_ids": [1]}\n';
const broken: readonly (readonly [string, string, string])[] = [
  ["a letter for a digit", "arrival,prompt,output\n1,20,3\n1,20O,20\n", '3:3: found "20O"'],
  ["times out of order", "arrival,prompt,output\n2,20,3\n1,20,20\n", '3:1: found "1"'],
  ["a short row", "arrival,prompt,output\n1,20,3\n1,20\n", "3:5: found nothing"],
  ["a header without rows", "arrival,prompt,output\n", "2:1: found a header without rows"],
  ["a misspelt column", "arrival,promt,output\n1,20,3\n", '1:9: found "promt"'],
  ["a misspelt Azure column", AZURE.replace("tTokens", "tToken"), '1:11: found "ContextToken"'],
  ["a Mooncake row without ids", MOONCAKE.replace("hash_ids", "hashes"), "1:72: found nothing"],
  ["an Azure row that is none", AZURE.replace("20,3", "NaN,3"), '3:29: found "NaN"'],
  ["a Mooncake time below 0", MOONCAKE.replace("5", "-5"), '1:2: found "-5"'],
  ["a Mooncake row that is no JSON", `${MOONCAKE}{oops\n`, '2:1: found "{oops"'],
  ["an empty file", "", "1:1: found an empty file"],
];

for (const [what, text, found] of broken)
  test(`${what} is told at its place, in the format that the file begins with`, async () => {
    const path = writeFiles({ "t.csv": text });
    const { exitCode, err } = await kvsim(["trace", "stats", path]);
    expect(exitCode).toBe(2);
    expect(err.startsWith(`error: ${path}:${found}, expected `), err).toBe(true);
  });

test("a trace whose gzip data end early is told as such", async () => {
  const packed = gzipSync(`arrival,prompt,output\n${"1,20,3\n".repeat(20_000)}`);
  const path = writeFiles({ "t.csv.gz": packed.subarray(0, packed.length - 20) });
  const { exitCode, err } = await kvsim(["trace", "stats", path]);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/^error: .*t\.csv\.gz:\d+:\d+: found the end of the gzip data, .*\n$/);
});

test("how many requests have been read is drawn on a terminal", async () => {
  const path = writeFiles({ "t.csv": `prompt,output\n${"20,3\n".repeat(5000)}` });
  const { err } = await kvsim(["trace", "stats", path], { interactive: true });
  expect(err).toContain("2900 requests  t.csv\n");
  expect(err.endsWith("\r\u001b[K")).toBe(true);
});
