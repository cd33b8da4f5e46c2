import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { replayOrcaScheduler } from "./orca-scheduler.ts";
import type { Recording } from "./replay.ts";
import { replayV0Allocator } from "./v0-allocator.ts";
import { replayV0Scheduler } from "./v0-scheduler.ts";

const folder = new URL("recordings/", import.meta.url);
const recordings = readdirSync(folder)
  .sort()
  .map((name): Recording => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

const REPLAYS = {
  "v0-allocator": replayV0Allocator,
  "v0-scheduler": replayV0Scheduler,
  "orca-scheduler": replayOrcaScheduler,
};

describe("recordings of vLLM's and Orca's real code", () => {
  for (const recording of recordings) {
    const replay = REPLAYS[recording.kind as keyof typeof REPLAYS];
    if (replay === undefined) continue;
    it(`are matched in every row: ${recording.id}`, () => {
      const { difference, rows } = replay(recording);
      expect(difference).toBeNull();
      expect(rows).toBe((recording.ops ?? recording.steps)!.length);
    });
  }
});
