import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Recording } from "./replay.ts";
import { replayV1Allocator } from "./v1-allocator.ts";

const folder = new URL("./recordings/", import.meta.url);

function load(name: string): Recording {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Recording;
}

describe("vLLM V1's KV cache manager", () => {
  it("names the first row and field that differ, expected beside actual", () => {
    const recording = load("v1-alloc-02-prefix.json");
    const ops = recording.ops!;
    const row = ops.findIndex(({ op }) => op === "allocate");
    const expected = [[1, 2, 3, 5, 4]];
    const spoilt = { ...recording, ops: ops.with(row, { ...ops[row], res: expected }) };
    const difference = { row, field: "res", expected, actual: ops[row]!["res"] };
    expect(replayV1Allocator(spoilt)).toEqual({ rows: row, difference });
  });

  it("takes a field that is recorded but did not happen, or the reverse, for a difference", () => {
    const recording = load("v1-alloc-03-eviction-order.json");
    const ops = recording.ops!;
    const row = ops.findIndex(({ evicted }) => evicted !== undefined);
    const { evicted, ...silent } = ops[row]!;
    const replay = replayV1Allocator({ ...recording, ops: ops.with(row, silent) });
    expect(replay.difference).toEqual({
      row,
      field: "evicted",
      expected: undefined,
      actual: evicted,
    });
  });
});
