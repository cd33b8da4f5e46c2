import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Recording } from "./replay.ts";
import { replayV1Scheduler } from "./v1-scheduler.ts";

const folder = new URL("./recordings/", import.meta.url);

function load(name: string): Recording {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Recording;
}

describe("vLLM V1's scheduler", () => {
  it("names the first row and field that differ, expected beside actual", () => {
    const recording = load("v1-sched-03-priority.json");
    const steps = recording.steps!;
    const row = steps.findIndex(({ preempted }) => preempted !== undefined);
    const { preempted, ...silent } = steps[row]!;
    const replay = replayV1Scheduler({ ...recording, steps: steps.with(row, silent) });
    const difference = { row, field: "preempted", expected: undefined, actual: preempted };
    expect(replay).toEqual({ rows: row, difference });
  });

  it("counts look-ups as vLLM does", () => {
    const recording = load("v1-sched-06-random.json");
    const summary = { ...recording.summary, prefixStats: null };
    const { difference } = replayV1Scheduler({ ...recording, summary });
    expect(difference).toMatchObject({ field: "summary", actual: recording.summary });
  });
});
