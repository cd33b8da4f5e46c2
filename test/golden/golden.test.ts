import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Recording } from "./replay.ts";
import { replays } from "./replays.ts";

const folder = new URL("recordings/", import.meta.url);
const recordings = readdirSync(folder)
  .sort()
  .map((name): Recording => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

describe("recordings of vLLM's and Orca's real code", () => {
  it("are all there", () => {
    expect(recordings).toHaveLength(38);
  });

  for (const recording of recordings) {
    it(`are matched in every row: ${recording.id}`, () => {
      const { ops, steps, rows } = recording;
      const replay = replays[recording.kind]!(recording);
      expect(replay.difference).toBeNull();
      expect(replay.rows).toBe((ops ?? steps ?? rows)!.length);
    });
  }
});
