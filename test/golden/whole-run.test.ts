import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Recording } from "./replay.ts";
import { replayWholeRun } from "./whole-run.ts";

function recording(name: string): Recording {
  const file = new URL(`recordings/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

const MATCHED = [
  "v0-sched-01-recompute",
  "v0-sched-02-forced-swap",
  "v0-sched-03-parallel-swap",
  "v1-sched-01-chunked-prefix-preempt",
  "v1-sched-02-nocache-preempt",
  "v1-sched-03-priority",
  "v1-sched-04-no-reserve-long-prefill",
  "v1-sched-06-random",
  "v1-sched-07-priority-random",
  "v1-sched-08-chunked-off",
];

describe("a whole run with arrivals at step times a constant step time", () => {
  for (const name of MATCHED)
    it(`has the recorded queues, free blocks, preemptions and ends at every step: ${name}`, async () => {
      const recorded = recording(name);
      const replay = await replayWholeRun(recorded);
      expect(replay.difference).toBeNull();
      expect(replay.rows).toBe(recorded.steps!.length);
    });

  it("tells a recording that is not what was run", async () => {
    const recorded = recording("v1-sched-01-chunked-prefix-preempt");
    const steps = recorded.steps!.map((row) => (row["step"] === 1 ? { ...row, free: 8 } : row));
    const { difference } = await replayWholeRun({ ...recorded, steps });
    expect(difference).toEqual({ row: 1, field: "free", expected: 8, actual: 7 });
  });

  it("says what it cannot run", async () => {
    await expect(replayWholeRun(recording("v1-sched-05-sliding"))).rejects.toThrow(
      "no whole run: kvsim run has one group of layers with full attention",
    );
  });
});
