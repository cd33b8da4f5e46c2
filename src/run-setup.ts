import type { Pool } from "./allocators/allocator.ts";
import type { Config, SetupConfig } from "./config/config.ts";
import type { Nanoseconds } from "./core/time.ts";
import type { Batch, FactSink } from "./facts.ts";
import type { LatencyModel } from "./latency/latency.ts";
import { Collector } from "./metrics/collector.ts";
import { Fingerprint } from "./metrics/fingerprint.ts";
import { runResult } from "./metrics/run-result.ts";
import { drawVerdict } from "./metrics/verdict.ts";
import { Replica } from "./replica.ts";
import type { RunResult } from "./result.ts";
import { checkRun } from "./run-checks.ts";
import { type BuiltReplica, buildReplica } from "./scheduler/build.ts";
import type { Serving } from "./scheduler/serving.ts";
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
  /** Hears of those facts that it has methods for. */
  readonly facts: Partial<FactSink>;
  /** A scheduling round (and those that followed it at once) is over; `batch` is what runs now, null if nothing does. */
  decided(atNs: Nanoseconds, batch: Batch | null, serving: Serving, pool: Pool): void;
}

/** Runs one allocator on one stream of requests. */
export function runSetup(run: SetupRun): RunResult {
  const { setup, config, paranoid = false } = run;
  const fingerprint = new Fingerprint();
  const built = buildReplica({ setup, config, placements: fingerprint.cells, paranoid });
  const { pool } = built;
  const collector = new Collector(pool, config.measure, fingerprint);
  const onProgress = run.onProgress ?? (() => {});
  const separates = setup.scheduler.policy === "chunked";
  const serve = run.observer === undefined ? built.serve : observed(built, run.observer);
  const facts = run.observer === undefined ? collector : bothTold(run.observer.facts, collector);
  const replica = new Replica({ ...run, separates, serve, facts, onProgress });
  const freeBefore = pool.usage.free;
  const endNs = replica.run();
  collector.end(endNs);
  const freeAfter = pool.usage.free;
  const { present, ending } = replica.serving;
  checkRun({ slots: config.pool.slots, collector, present, freeBefore, freeAfter });
  const verdict = drawVerdict({
    tally: collector.tally,
    turnedAway: collector.turnedAway.all,
    waitingAtLastArrival: collector.waitingAtLastArrival,
    ending,
    outputsCapped: replica.outputsCapped,
    ungated: setup.scheduler.policy === "chunked" && !setup.scheduler.fullSequenceGate,
    lookUps: built.cache?.statistics.firstTime ?? null,
    windowIsEmpty: collector.tally.arrived > 0 && collector.space.windows.windowTicks() === 0n,
    uncovered: uncoveredCombination(setup),
  });
  return runResult({ ...run, built, collector, verdict, endNs });
}

function observed({ serve, pool }: BuiltReplica, observer: RunObserver): BuiltReplica["serve"] {
  return (outside) => {
    const serving = serve(outside);
    return watchedServing(serving, {
      decided: (atNs, batch) => observer.decided(atNs, batch, serving, pool),
      completed() {},
    });
  };
}

/** Tells a looker-on before the collector; the looker-on hears only what it has a method for. */
function bothTold(lookerOn: Partial<FactSink>, collector: Collector): FactSink {
  return new Proxy(collector, {
    get(_, name: keyof FactSink) {
      const told = collector[name] as (...fact: unknown[]) => void;
      const alsoTold = lookerOn[name] as typeof told | undefined;
      return (...fact: unknown[]) => {
        alsoTold?.apply(lookerOn, fact);
        told.apply(collector, fact);
      };
    },
  });
}

/** What about a setup no known engine does, for the findings; null if one does it. */
function uncoveredCombination({ strategy, scheduler }: SetupConfig): string | null {
  if (scheduler.policy !== "prefill-first" || strategy !== "contiguous") return null;
  return "no real engine is known that runs contiguous reservations under prefill-first scheduling, so nothing recorded checks this row";
}
