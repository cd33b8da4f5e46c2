import { checked } from "./allocators/checked.ts";
import type { BuiltAllocator } from "./allocators/definition.ts";
import { allocators } from "./allocators/index.ts";
import type { Config, SetupConfig } from "./config/config.ts";
import type { FactSink } from "./facts.ts";
import type { LatencyModel } from "./latency/latency.ts";
import { Collector } from "./metrics/collector.ts";
import { runResult } from "./metrics/run-result.ts";
import { drawVerdict } from "./metrics/verdict.ts";
import { Replica } from "./replica.ts";
import type { RunResult } from "./result.ts";
import { checkRun } from "./run-checks.ts";
import { GroupServing } from "./scheduler/group-serving.ts";
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
}

/** Runs one allocator on one stream of requests. */
export function runSetup(run: SetupRun): RunResult {
  let collector: Collector | null = null;
  const built = buildAllocator(run, (cell) => collector?.fingerprint.place(cell));
  collector = new Collector(built, run.config.measure);
  const onProgress = run.onProgress ?? (() => {});
  const serving = (emit: FactSink) =>
    new GroupServing(run.setup, built, run.config.maxModelLen, emit);
  const replica = new Replica({ ...run, serving, collector, onProgress });
  const freeBefore = built.allocator.usage.free;
  const endNs = replica.run();
  const freeAfter = built.allocator.usage.free;
  const { present } = replica.serving;
  checkRun({ slots: run.config.pool.slots, collector, present, freeBefore, freeAfter });
  const verdict = drawVerdict({
    tally: collector.tally,
    turnedAway: collector.turnedAway,
    waitingAtLastArrival: collector.waitingAtLastArrival,
    ending: replica.serving.ending,
    outputsCapped: replica.outputsCapped,
    uncovered: uncoveredCombination(run.setup),
  });
  return runResult({ ...run, built, collector, verdict, endNs });
}

function buildAllocator(run: SetupRun, onPlace: (cell: number) => void): BuiltAllocator {
  const { setup, config } = run;
  const environment = {
    slots: config.pool.slots,
    swapSlots: setup.preemption.swapSlots,
    maxModelLen: config.maxModelLen,
    onPlace,
  };
  const built = allocators[setup.strategy]!.create(setup.options, environment);
  return run.paranoid === true ? checked(built, environment) : built;
}

/** What about a setup no known engine does, for the findings; null if one does it. */
function uncoveredCombination({ strategy, scheduler }: SetupConfig): string | null {
  if (scheduler.policy !== "prefill-first" || strategy !== "contiguous") return null;
  return "no real engine is known that runs contiguous reservations under prefill-first scheduling, so nothing recorded checks this row";
}
