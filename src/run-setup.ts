import type { Pool } from "./allocators/allocator.ts";
import type { Config, SetupConfig } from "./config/config.ts";
import type { Nanoseconds } from "./core/time.ts";
import type { Fact } from "./facts.ts";
import type { LatencyModel } from "./latency/latency.ts";
import { Collector } from "./metrics/collector.ts";
import { runResult } from "./metrics/run-result.ts";
import { drawVerdict } from "./metrics/verdict.ts";
import { Replica } from "./replica.ts";
import type { RunResult } from "./result.ts";
import { checkRun } from "./run-checks.ts";
import { type BuiltReplica, buildReplica } from "./scheduler/build.ts";
import type { Batch, Serving } from "./scheduler/serving.ts";
import { watchedServing } from "./scheduler/watched-serving.ts";
import type { RequestStream } from "./workload/workload.ts";

/** One allocator on one stream of requests. */
export interface SetupRun {
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen" | "measure">;
  readonly stream: RequestStream;
  readonly latency: LatencyModel;
  readonly seed: number;
  /** Check every invariant after every operation; changes no result. */
  readonly paranoid?: boolean;
  /** Called now and then with the number of requests that have ended. */
  readonly onProgress?: (ended: number) => void;
  /** Looks on, and changes nothing. */
  readonly observer?: RunObserver;
}

/** Sees what a run decides, in order, and the state that each iteration begins with. */
export interface RunObserver {
  /** Something was decided, or an iteration has ended for somebody. */
  fact(fact: Fact): void;
  /** A scheduling round (and those that followed it at once) is over; `batch` is what runs now, null if nothing does. */
  decided(atNs: Nanoseconds, batch: Batch | null, serving: Serving, pool: Pool): void;
}

/** Runs one allocator on one stream of requests. */
export function runSetup(run: SetupRun): RunResult {
  let collector: Collector | null = null;
  const { setup, config, paranoid = false } = run;
  const onPlace = (cell: number) => collector?.fingerprint.place(cell);
  const built = buildReplica({ setup, config, onPlace, paranoid });
  const { pool } = built;
  collector = new Collector(pool, config.measure);
  const onProgress = run.onProgress ?? (() => {});
  const separates = setup.scheduler.policy === "chunked";
  const serve = run.observer === undefined ? built.serve : observed(built, run.observer);
  const replica = new Replica({ ...run, separates, serve, collector, onProgress });
  const freeBefore = pool.usage.free;
  const endNs = replica.run();
  const freeAfter = pool.usage.free;
  const { present, ending } = replica.serving;
  checkRun({ slots: config.pool.slots, collector, present, freeBefore, freeAfter });
  const verdict = drawVerdict({
    tally: collector.tally,
    turnedAway: collector.turnedAway,
    waitingAtLastArrival: collector.waitingAtLastArrival,
    ending,
    outputsCapped: replica.outputsCapped,
    ungated: setup.scheduler.policy === "chunked" && !setup.scheduler.fullSequenceGate,
    lookUps: built.cache?.statistics.firstTime ?? null,
    uncovered: uncoveredCombination(setup),
  });
  return runResult({ ...run, built, collector, verdict, endNs });
}

function observed({ serve, pool }: BuiltReplica, observer: RunObserver): BuiltReplica["serve"] {
  return (emit) => {
    const serving = serve((fact) => {
      observer.fact(fact);
      emit(fact);
    });
    return watchedServing(serving, {
      decided: (atNs, batch) => observer.decided(atNs, batch, serving, pool),
      completed() {},
    });
  };
}

/** What about a setup no known engine does, for the findings; null if one does it. */
function uncoveredCombination({ strategy, scheduler }: SetupConfig): string | null {
  if (scheduler.policy !== "prefill-first" || strategy !== "contiguous") return null;
  return "no real engine is known that runs contiguous reservations under prefill-first scheduling, so nothing recorded checks this row";
}
