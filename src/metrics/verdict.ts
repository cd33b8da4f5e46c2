import type { Ending, Figures, Rejection, TurnedAway } from "../engine/figures.ts";
import type { Finding, Verdict, VerdictStatus } from "../result.ts";
import type { CacheFigures } from "./measures.ts";

/** Everything the verdict is drawn from. */
export interface VerdictEvidence {
  readonly figures: Figures;
  readonly ending: Ending | null;
  readonly turnedAway: readonly TurnedAway[];
  /** Whether requests are admitted with room for a part of their prompt only. */
  readonly ungated: boolean;
  /** Look-ups in a prefix cache, and what they found; null without one. */
  readonly cache: CacheFigures | null;
  /** Requests whose output was cut to the model's length. */
  readonly outputsCapped: number;
  /** How long the measuring window is. */
  readonly windowSeconds: number;
  /** Whether it lasts as long as the run. */
  readonly windowEndsWithRun: boolean;
  /** What about this mix of parts no recording of a real engine covers; null if one does. */
  readonly uncovered: string | null;
}

const ADVICE: Readonly<Record<Rejection["code"], { what: string; has: string; setting: string }>> =
  {
    "too-long": {
      what: "tokens of context",
      has: "the model takes",
      setting: "maxModelLen",
    },
    "too-wide": {
      what: "sequences at once",
      has: "the scheduler runs at most",
      setting: "scheduler.maxRunning",
    },
    "batch-limit": {
      what: "tokens in one iteration",
      has: "the scheduler takes at most",
      setting: "scheduler.maxBatchedTokens",
    },
    pool: { what: "slots", has: "the whole pool has", setting: "memory" },
    watermark: {
      what: "slots besides the watermark",
      has: "the whole pool has",
      setting: "allocators[].watermark",
    },
    swap: {
      what: "slots to come back from swap space (where vLLM V0 would leave it for ever)",
      has: "the whole pool has",
      setting: "memory",
    },
    "waiting-room": {
      what: "places in the waiting room",
      has: "there are",
      setting: "scheduler.maxWaiting",
    },
  };

/** Reasons whose findings have names of their own. */
const NAMED: Readonly<Partial<Record<Rejection["code"], string>>> = {
  "waiting-room": "waiting-room-full",
  swap: "swap-starvation",
};

/** How the run ended, in a sentence, and what a user should know about it. */
export function drawVerdict(evidence: VerdictEvidence): Verdict {
  const status = statusOf(evidence);
  return { status, explanation: explain(status, evidence), findings: findings(evidence) };
}

function statusOf({ figures, ending }: VerdictEvidence): VerdictStatus {
  if (ending !== null) return ending.status;
  const { arrived, admitted, finished, rejected, failed } = figures;
  const nobody = admitted === 0 && arrived === finished + rejected + failed;
  return arrived > 0 && nobody ? "rejected-all" : "completed";
}

function explain(status: VerdictStatus, { figures, ending }: VerdictEvidence): string {
  const done = `${figures.finished} of ${figures.arrived} requests finished`;
  switch (status) {
    case "completed":
      return figures.arrived === 0 ? "no request arrived" : done;
    case "rejected-all":
      return `none of ${figures.arrived} requests could be admitted`;
    case "aborted":
      return `request ${ending!.request} could not be swapped out: it needs ${ending!.need} slots of swap space and ${ending!.have} are free; ${done}`;
    case "stalled":
      return `request ${ending!.request} can never continue: it needs ${ending!.need} slots and the pool has ${ending!.have}; ${done}`;
  }
}

function findings(evidence: VerdictEvidence): Finding[] {
  return [
    ...endingFindings(evidence.ending),
    ...evidence.turnedAway.map(turnedAwayFinding),
    ...loadFindings(evidence),
    ...cacheFindings(evidence),
    ...windowFindings(evidence),
    ...workloadFindings(evidence),
  ];
}

function endingFindings(ending: Ending | null): Finding[] {
  if (ending === null) return [];
  const { request, need, have } = ending;
  if (ending.status === "aborted")
    return [
      {
        code: "aborted",
        request,
        need,
        have,
        setting: "preemption.swapSpace",
        text: `swap space is too small for request ${request}: it needs ${need} slots, ${have} are free; raise preemption.swapSpace`,
      },
    ];
  return [
    {
      code: "swap-starvation",
      request,
      need,
      have,
      setting: "memory",
      text: `request ${request} was swapped out and can never come back: it needs ${need} slots of ${have}, and nothing is admitted before it (vLLM V0 hangs here); raise memory or use preemption.mode: recompute`,
    },
  ];
}

function turnedAwayFinding(away: TurnedAway): Finding {
  const { code, need, have } = away.rejection;
  const advice = ADVICE[code];
  const verb = away.kind === "rejected" ? "rejected" : "given up";
  const others = away.count > 1 ? ` (the first of ${away.count})` : "";
  return {
    code: NAMED[code] ?? away.kind,
    request: away.firstRequest,
    need,
    have,
    setting: advice.setting,
    text: `request ${away.firstRequest}${others} was ${verb}: it needs ${need} ${advice.what}, ${advice.has} ${have}; change ${advice.setting}`,
  };
}

/** Part of the arrivals that wait at the end of the arrivals from which on a run counts as overloaded. */
const OVERLOADED_SHARE = 0.1;
const OVERLOADED_LEAST = 10;

function loadFindings({ figures }: VerdictEvidence): Finding[] {
  const { waitingAtLastArrival } = figures;
  const found: Finding[] = [];
  if (
    waitingAtLastArrival >= OVERLOADED_LEAST &&
    waitingAtLastArrival > OVERLOADED_SHARE * figures.arrived
  )
    found.push(
      plainFinding(
        "overloaded",
        "workload.arrivals.rate",
        `${waitingAtLastArrival} of ${figures.arrived} requests were waiting when the last one arrived: the load is more than this setup serves, and latency depends on how long the run is`,
      ),
    );
  if (figures.preemptions > figures.admitted)
    found.push(
      plainFinding(
        "thrash",
        "memory",
        `${figures.preemptions} preemptions for ${figures.admitted} admitted requests: memory goes round in circles; lower scheduler.maxRunning or raise memory`,
      ),
    );
  return found;
}

/** Look-ups for each admitted request, and points of hit rate, from which on vLLM's figure is said to be inflated. */
const INFLATED_LOOK_UPS = 1.1;
const INFLATED_POINTS = 1;

function cacheFindings({ figures, ungated, cache }: VerdictEvidence): Finding[] {
  const found: Finding[] = [];
  if (ungated && figures.preemptedInPrefill > 0)
    found.push(
      plainFinding(
        "over-admission",
        "scheduler.fullSequenceGate",
        `${figures.preemptedInPrefill} of ${figures.preemptions} preemptions hit requests that had not said a token yet: they were admitted with room for a part of their prompt only; use scheduler.fullSequenceGate: true`,
      ),
    );
  if (cache === null || figures.admitted === 0) return found;
  const perLookUp = (100 * cache.hitTokens) / cache.queriedTokens;
  const perRequest = (100 * figures.promptHitTokens) / figures.promptTokens;
  const isInflated =
    cache.lookUps > INFLATED_LOOK_UPS * figures.admitted &&
    Math.abs(perLookUp - perRequest) >= INFLATED_POINTS;
  if (isInflated)
    found.push(
      plainFinding(
        "hit-rate-inflation",
        null,
        `${cache.lookUps} prefix look-ups were made for ${figures.admitted} requests, because a request that is refused is looked up again in every step: vLLM would print a hit rate of ${perLookUp.toFixed(1)} %, and ${perRequest.toFixed(1)} % of the prompts' tokens were hit`,
      ),
    );
  return found;
}

function windowFindings({ figures, windowSeconds, windowEndsWithRun }: VerdictEvidence): Finding[] {
  if (figures.arrived === 0) return [];
  if (windowSeconds === 0)
    return [
      plainFinding(
        "empty-window",
        "measure.from",
        "nothing was measured: the run, or its last arrival, came before the measuring window begins; lower measure.from or raise workload.requests",
      ),
    ];
  if (figures.finishedInWindow > 0 || figures.finished === 0) return [];
  const seconds = Number(windowSeconds.toPrecision(2));
  const [setting, advice] = windowEndsWithRun
    ? ["measure.from", "lower measure.from"]
    : ["measure.until", "use measure.until: end"];
  return [
    plainFinding(
      "short-window",
      setting,
      `no request ended in the measuring window of ${seconds} s, so that averages over it say little of the run; ${advice}`,
    ),
  ];
}

function workloadFindings({ outputsCapped, uncovered }: VerdictEvidence): Finding[] {
  const found: Finding[] = [];
  if (outputsCapped > 0)
    found.push(
      plainFinding(
        "output-capped",
        "maxModelLen",
        `the output${outputsCapped === 1 ? " of 1 request was" : `s of ${outputsCapped} requests were`} cut so that prompt and output fit maxModelLen`,
      ),
    );
  if (uncovered !== null) found.push(plainFinding("uncovered-combination", null, uncovered));
  return found;
}

function plainFinding(code: string, setting: string | null, text: string): Finding {
  return { code, request: null, need: null, have: null, setting, text };
}
