import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Recording } from "./replay.ts";
import { replayV0Allocator } from "./v0-allocator.ts";

const folder = new URL("recordings/", import.meta.url);
const recordings = readdirSync(folder)
  .sort()
  .map((name): Recording => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

describe("recordings of vLLM's and Orca's real code", () => {
  for (const recording of recordings.filter(({ kind }) => kind === "v0-allocator"))
    it(`are matched in every row: ${recording.id}`, () => {
      const replay = replayV0Allocator(recording);
      expect(replay.difference).toBeNull();
      expect(replay.rows).toBe(recording.ops!.length);
    });
});
