import type { Config, SetupConfig } from "./config/config.ts";
import { NANOSECONDS_PER_SECOND, TICKS_PER_NANOSECOND } from "./core/time.ts";
import { Arrivals } from "./engine/arrivals.ts";
import { buildRun } from "./engine/build.ts";
import { engine, inEngine, serveAs } from "./engine/engine.ts";
import { readMeasures } from "./metrics/measures.ts";
import { runResult } from "./metrics/run-result.ts";
import { drawVerdict } from "./metrics/verdict.ts";
import type { RunResult } from "./result.ts";
import { checkRun } from "./run-checks.ts";
import type { RequestStream } from "./workload/workload.ts";

/** Instants that the engine serves at a stretch: V8 compiles its loop anew only between two of them. */
const INSTANTS = 1000;

const TICKS_PER_SECOND = TICKS_PER_NANOSECOND * NANOSECONDS_PER_SECOND;

/** One allocator on one stream of requests. */
export interface SetupRun {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen" | "measure">;
  readonly stream: RequestStream;
  readonly seed: number;
  /** Check every invariant after every operation; changes no result. */
  readonly paranoid?: boolean;
  /** Called now and then with the number of requests that have ended. */
  readonly onProgress?: (ended: number) => void;
}

/** Runs one allocator on one stream of requests. */
export function runSetup(run: SetupRun): RunResult {
  return inEngine(() => {
    const { setup, config } = run;
    const built = buildRun(setup, config, run.paranoid ?? false);
    const freeBefore = engine.freeSlots(built.pool);
    const arrivals = new Arrivals({
      stream: run.stream,
      maxModelLen: config.maxModelLen,
      separates: setup.scheduler.policy === "chunked",
      onProgress: run.onProgress ?? (() => {}),
      facts: built.facts,
      serving: built.serving,
      foreseen: built.foreseen,
    });
    serveAs(arrivals);
    const replica = built.replica(arrivals.firstNs);
    while (engine.run(replica, INSTANTS) === 1);
    const endNs = engine.nowNs(replica);
    engine.end(built.facts, built.space, endNs);
    const freeAfter = engine.freeSlots(built.pool);
    const measures = readMeasures(built, config.measure);
    checkRun({ slots: config.pool.slots, measures, freeBefore, freeAfter });
    const verdict = drawVerdict({
      figures: measures.figures,
      turnedAway: measures.turnedAway,
      ending: measures.ending,
      outputsCapped: arrivals.outputsCapped,
      ungated: setup.scheduler.policy === "chunked" && !setup.scheduler.fullSequenceGate,
      cache: measures.cache,
      windowEndsWithRun: config.measure.until === "end",
      windowSeconds: Number(measures.space.windowTicks()) / TICKS_PER_SECOND,
      uncovered: uncoveredCombination(setup),
    });
    const { blockSize } = built;
    return runResult({ config, setup, seed: run.seed, blockSize, measures, verdict, endNs });
  });
}

/** What about a setup no known engine does, for the findings; null if one does it. */
function uncoveredCombination({ strategy, scheduler }: SetupConfig): string | null {
  if (scheduler.policy !== "prefill-first" || strategy !== "contiguous") return null;
  return "no real engine is known that runs contiguous reservations under prefill-first scheduling, so nothing recorded checks this row";
}
