import { replayOrcaScheduler } from "./orca-scheduler.ts";
import type { Recording, Replay } from "./replay.ts";
import { replayV0Allocator } from "./v0-allocator.ts";
import { replayV0Scheduler } from "./v0-scheduler.ts";
import { replayV1Allocator } from "./v1-allocator.ts";
import { replayV1Scheduler } from "./v1-scheduler.ts";
import { replayV1Sizing } from "./v1-sizing.ts";

/** What replays each kind of recording. */
export const replays: Readonly<Record<string, (recording: Recording) => Replay>> = {
  "orca-scheduler": replayOrcaScheduler,
  "v0-allocator": replayV0Allocator,
  "v0-scheduler": replayV0Scheduler,
  "v1-allocator": replayV1Allocator,
  "v1-scheduler": replayV1Scheduler,
  "v1-sizing": replayV1Sizing,
};
