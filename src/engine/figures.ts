import { doublesAt, type Engine, engine } from "./engine.ts";

/** Why a request was turned away for good: the need, what there is, and the setting that decides it. `swap`: it could not come back. */
export interface Rejection {
  readonly code:
    | "too-long"
    | "too-wide"
    | "batch-limit"
    | "pool"
    | "watermark"
    | "swap"
    | "waiting-room";
  readonly need: number;
  readonly have: number;
}

/** How a run ended early, on whom, and the slots that were needed and there. */
export interface Ending {
  readonly status: "stalled" | "aborted";
  readonly request: number;
  readonly need: number;
  readonly have: number;
}

/** What engine/exports/results.ts writes of a run, in its order. */
const NAMES = [
  "arrived",
  "admitted",
  "finished",
  "rejected",
  "failed",
  "preemptions",
  "requestsPreempted",
  "recomputedTokens",
  "swappedOutBlocks",
  "swappedInBlocks",
  "copyOnWriteTokens",
  "iterations",
  "transferNs",
  "transferTicks",
  "promptTokens",
  "promptHitTokens",
  "preemptedInPrefill",
  "decisions",
  "finishedInWindow",
  "waitingAtLastArrival",
  "runningPeak",
  "goodRequests",
  "freeLeast",
  "reserved",
  "internal",
  "rounding",
  "reached",
  "present",
  "endingStatus",
  "endingRequest",
  "endingNeed",
  "endingHave",
] as const;

/** Counters over a whole run, and what is left of it at its end. */
export type Figures = Readonly<Record<(typeof NAMES)[number], number>>;

/** The figures of a run so far. */
export function readFigures(
  engine: Engine,
  run: { readonly facts: number; readonly space: number; readonly serving: number },
): Figures {
  const address = engine.runFigures(run.facts, run.space, run.serving);
  const values = doublesAt(address, NAMES.length, engine);
  return Object.fromEntries(NAMES.map((name, at) => [name, values[at]!])) as Figures;
}

const ENDINGS = [null, "stalled", "aborted"] as const;

/** How a run ended early; null if it did not. */
export function endingOf(figures: Figures): Ending | null {
  const status = ENDINGS[figures.endingStatus]!;
  if (status === null) return null;
  return {
    status,
    request: figures.endingRequest,
    need: figures.endingNeed,
    have: figures.endingHave,
  };
}

/** Codes of engine/scheduler/rejection.ts. */
const CODES: readonly (Rejection["code"] | null)[] = [
  null,
  "too-long",
  "too-wide",
  "batch-limit",
  "pool",
  "watermark",
  "swap",
  "waiting-room",
];

/** Requests that were rejected, or failed after admission, for one reason. */
export interface TurnedAway {
  readonly kind: "rejected" | "failed";
  readonly rejection: Rejection;
  readonly firstRequest: number;
  readonly count: number;
}

/** Those who were turned away, in the order in which the reasons first came up. */
export function readTurnedAway(facts: number): TurnedAway[] {
  return Array.from({ length: engine.turnedAwayReasons(facts) }, (_, index) => {
    const values = doublesAt(engine.turnedAway(facts, index), 6);
    const [kind, code, need, have, firstRequest, count] = [...values] as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      kind: kind === 0 ? "rejected" : "failed",
      rejection: { code: CODES[code]!, need, have },
      firstRequest,
      count,
    };
  });
}
