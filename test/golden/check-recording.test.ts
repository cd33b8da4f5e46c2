import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkRecording } from "./check-recording.ts";

const text = readFileSync(
  new URL("recordings/v1-sched-02-nocache-preempt.json", import.meta.url),
  "utf8",
);

describe("checking a recording", () => {
  it("says that all rows match, and how many there are", async () => {
    expect(await checkRecording("a", text)).toEqual({ line: "ok a 89 rows", status: 0 });
  });

  it("names the first row and field that differ", async () => {
    const spoilt = text.replace('"free": 12', '"free": 13').replace('"free":12', '"free":13');
    expect(await checkRecording("a", spoilt)).toEqual({
      line: "a row 0 free: expected 13, actual 12",
      status: 1,
    });
  });

  it("says in one line why a file is no recording", async () => {
    const reasons = [
      "{",
      "null",
      '{"kind":"v1-scheduler"}',
      '{"schema":"vllm-golden/1","kind":"toString"}',
      '{"schema":"vllm-golden/1","kind":"v1-scheduler","steps":[]}',
      '{"schema":"vllm-golden/1","kind":"v1-scheduler","config":{},"steps":[{}]}',
    ];
    for (const reason of reasons)
      expect(await checkRecording("a", reason)).toMatchObject({
        line: expect.stringMatching(/^error: a: [^\n]+$/),
        status: 2,
      });
  });
});
