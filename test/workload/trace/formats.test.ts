import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { TraceFormat } from "../../../src/config/config.ts";
import { readTrace } from "../../../src/workload/trace/index.ts";
import { contentOf, outputContentOf, type Trace } from "../../../src/workload/trace/trace.ts";
import { temporaryFiles } from "../temporary-files.ts";

const files = temporaryFiles();
let count = 0;

function read(format: TraceFormat, ...lines: string[]): Promise<Trace> {
  return readTrace(files.write(`${format}-${count++}`, `${lines.join("\n")}\n`), format);
}

/** What a file of these lines is refused with, without its path. */
async function refusal(format: TraceFormat, ...lines: string[]): Promise<string> {
  const path = files.write(`${format}-${count++}`, lines.join("\n"));
  const error: unknown = await readTrace(path, format).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ name: "TraceError" });
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  expect(message.startsWith(`${path}:`)).toBe(true);
  return message.slice(path.length + 1);
}

const AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens";
const SHAREGPT = "num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio";

describe("the azure format", () => {
  it("counts time from its first row, to the last decimal", async () => {
    const trace = await read(
      "azure",
      AZURE,
      "2023-11-16 18:15:46.6805900,374,44",
      "2023-11-16 18:15:50.9951691,396,109",
      "2023-11-17 00:00:00.0000000,1,1",
    );
    expect([...trace.arrivalNs!]).toEqual([0, 4_314_579_100, 20_653_319_410_000]);
    expect([...trace.promptTokens]).toEqual([374, 396, 1]);
    expect([...trace.outputTokens]).toEqual([44, 109, 1]);
    expect(contentOf(trace, 0)).toBeNull();
  });

  it("takes an output of 0 as 1, and counts it", async () => {
    const trace = await read("azure", AZURE, "2023-11-16 18:15:46,374,0");
    expect([trace.outputTokens[0], trace.zeroOutputs]).toEqual([1, 1]);
  });

  it("refuses what it cannot replay, at its place", async () => {
    const row = "2023-11-16 18:15:46.6805900";
    expect(await refusal("azure", "a,b", "1,2")).toBe(
      '1:1: found "a,b", expected a header with TIMESTAMP, ContextTokens, GeneratedTokens',
    );
    expect(await refusal("azure", AZURE, `${row},NaN,4`)).toBe(
      '2:29: found "NaN", expected ContextTokens to be a whole number from 1 to 2147483647',
    );
    for (const bad of ["-1", "1.5", "0", "1e3", "0x10", "2147483648", "", "9".repeat(400)])
      expect(await refusal("azure", AZURE, `${row},${bad},4`)).toMatch(/^2:29: found .*whole/);
    expect(await refusal("azure", AZURE, `${row},4`)).toMatch(/^2:30: found nothing/);
    expect(await refusal("azure", AZURE, `${row},4,4`, "2023-11-16 18:15:46.6805899,4,4")).toBe(
      '3:1: found "2023-11-16 18:15:46.6805899", expected TIMESTAMP to be a time that is not before that of the row above',
    );
    expect(await refusal("azure", AZURE, `${row},4,4`, "2024-11-16 18:15:46,4,4")).toMatch(
      /^3:1: .*within 104 days of the first/,
    );
  });
});

describe("the mooncake format", () => {
  const row = (timestamp: number, input: number, ids: string) =>
    `{"timestamp": ${timestamp}, "input_length": ${input}, "output_length": 5, "hash_ids": ${ids}}`;

  it("has milliseconds, and a segment for each hashed block", async () => {
    const trace = await read("mooncake", row(0, 1100, "[7,8,9]"), row(3001.5, 512, "[7]"));
    expect([...trace.arrivalNs!]).toEqual([0, 3_001_500_000]);
    expect(contentOf(trace, 0)).toEqual([
      { contentId: 7, offset: 0, length: 512 },
      { contentId: 8, offset: 0, length: 512 },
      { contentId: 9, offset: 0, length: 76 },
    ]);
    expect(contentOf(trace, 1)).toEqual([{ contentId: 7, offset: 0, length: 512 }]);
  });

  it("refuses what it cannot replay, at its place", async () => {
    expect(await refusal("mooncake", row(0, 512, "[1]"), "{oops")).toBe(
      '2:1: found "{oops", expected one JSON object a line',
    );
    expect(await refusal("mooncake", "[1, 2]")).toMatch(/expected one JSON object a line$/);
    expect(await refusal("mooncake", row(0, 513, "[1]"))).toBe(
      '1:59: found "[1]", expected hash_ids to be a list of 2 ids, one for each 512 tokens of the prompt',
    );
    for (const ids of ["null", '["a"]', "[-1]", "[1.5]", "[3000000000]"])
      expect(await refusal("mooncake", row(0, 512, ids))).toMatch(/expected hash_ids to be a list/);
    expect(
      await refusal("mooncake", '{"timestamp": 0, "output_length": 5, "hash_ids": []}'),
    ).toMatch(/found nothing, expected input_length to be a whole number/);
    expect(await refusal("mooncake", row(-1, 512, "[1]"))).toMatch(
      /^1:2: found "-1", .* at least 0/,
    );
    expect(await refusal("mooncake", row(5, 512, "[1]"), row(4, 512, "[1]"))).toMatch(/^2:2: /);
    expect(await refusal("mooncake", row(1e13, 512, "[1]"))).toMatch(/at most 104 days/);
  });
});

describe("the sharegpt format", () => {
  it("has lengths and no times", async () => {
    const trace = await read("sharegpt", SHAREGPT, "74,918,992,0.08", "290.0,905,1195,0.32");
    expect([...trace.promptTokens]).toEqual([74, 290]);
    expect([...trace.outputTokens]).toEqual([918, 905]);
    expect(trace.arrivalNs).toBeNull();
  });
});

describe("the generic format", () => {
  it("reads CSV with its columns in any order", async () => {
    const trace = await read("generic", '"output", x ,prompt,arrival,n,priority', "5,?,9,1.25,3,2");
    expect(trace).toMatchObject({ rows: 1 });
    expect([...trace.arrivalNs!]).toEqual([1_250_000_000]);
    expect([trace.promptTokens[0], trace.outputTokens[0]]).toEqual([9, 5]);
    expect([trace.sequences[0], trace.priority[0]]).toEqual([3, 2]);
  });

  it("refuses a column that is named twice, or nearly as one that it lacks", async () => {
    expect(await refusal("generic", "arrival,prompt,prompt,output", "1,9,9,5")).toBe(
      '1:16: found "prompt", expected one column prompt',
    );
    expect(await refusal("generic", "prompt,output, arival", "9,5,1")).toBe(
      '1:15: found "arival", expected the column arrival',
    );
    const own = await read("generic", "arrival,arrived,prompt,output,note", "1,?,9,5,?");
    expect(own.rows).toBe(1);
  });

  it("reads JSONL with content", async () => {
    const trace = await read(
      "generic",
      '{"arrival": 0, "prompt": 9, "output": 5, "content": [[1, 0, 4], [2, 8, 5]], "outputContent": [2, 13]}',
      '{"arrival": 1e-9, "prompt": 9, "output": 5, "n": 4}',
    );
    expect([...trace.arrivalNs!]).toEqual([0, 1]);
    expect([...trace.sequences]).toEqual([0, 4]);
    expect(contentOf(trace, 0)).toEqual([
      { contentId: 1, offset: 0, length: 4 },
      { contentId: 2, offset: 8, length: 5 },
    ]);
    expect(outputContentOf(trace, 0)).toEqual({ contentId: 2, offset: 13 });
    expect([contentOf(trace, 1), outputContentOf(trace, 1)]).toEqual([null, null]);
  });

  it("may leave out times, in all rows or none", async () => {
    expect((await read("generic", "prompt,output", "9,5")).arrivalNs).toBeNull();
    expect((await read("generic", '{"prompt": 9, "output": 5}')).arrivalNs).toBeNull();
    const timed = '{"arrival": 0, "prompt": 9, "output": 5}';
    const untimed = '{"prompt": 9, "output": 5}';
    expect(await refusal("generic", timed, untimed)).toMatch(/^2:27: found nothing, .*arrival/);
    expect(await refusal("generic", untimed, timed)).toBe(
      '2:2: found "0", expected arrival to be absent, as in the first row',
    );
  });

  it("refuses content that is not the prompt", async () => {
    for (const content of ["[[1,0,8]]", "[[1,0,9,9]]", "[[1,0,0],[1,0,9]]", '"text"', "[1]", "{}"])
      expect(await refusal("generic", `{"prompt": 9, "output": 5, "content": ${content}}`)).toMatch(
        /^1:28: found .*expected content to be a list of \[id, offset, length\]/,
      );
  });

  it("refuses output content that is not a place in a content", async () => {
    for (const start of ["[1]", "[1,2,3]", "[1,-2]", "[0.5,0]", "null", "{}"])
      expect(
        await refusal("generic", `{"prompt": 9, "output": 5, "outputContent": ${start}}`),
      ).toMatch(/^1:28: found .*expected outputContent to be \[id, offset\]/);
  });

  it("refuses times, counts and priorities that make no sense", async () => {
    for (const bad of ["NaN", "-1", "Infinity", "0x1", "9e9"])
      expect(await refusal("generic", "arrival,prompt,output", `${bad},9,5`)).toMatch(/^2:\d+: /);
    expect(await refusal("generic", "arrival,prompt,output", "1,5,9,7")).toBe(
      '2:7: found "7", expected no more than 3 fields',
    );
    expect(await refusal("generic", "prompt,output,n", "9,5,2000000000")).toMatch(/to 10000$/);
    expect(await refusal("generic", "prompt,output,n", "9,5,0")).toMatch(
      /^2:5: .*expected n to be/,
    );
    expect(await refusal("generic", "prompt,output,priority", "9,5,x")).toMatch(
      /expected priority/,
    );
  });
});

describe("a file without requests", () => {
  it("is refused in every format", async () => {
    for (const format of ["azure", "mooncake", "sharegpt", "generic"] as const) {
      const expected = "1:1: found an empty file, expected at least one request";
      expect(await refusal(format, "")).toBe(expected);
      expect(await refusal(format, "", " ", "")).toBe(expected);
      const path = files.write(`${format}-empty.gz`, gzipSync(""));
      await expect(readTrace(path, format)).rejects.toThrow(expected);
    }
    expect(await refusal("azure", AZURE, "")).toBe(
      "2:1: found a header without rows, expected at least one request",
    );
  });
});
