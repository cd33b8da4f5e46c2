import type {
  Distribution,
  Finding,
  PoolShares,
  ResultDocument,
  RunResult,
  Timeline,
  Verdict,
} from "../../src/result.ts";

/** A result as a real run gives it, made by hand: four allocators × two seeds on the paper's pool. */
export function fixture(overrides: Partial<ResultDocument> = {}): ResultDocument {
  return {
    schema: "kvsim.result/1",
    kvsim: "0.1.0",
    name: "sharegpt-opt13b",
    config: {
      name: "sharegpt-opt13b",
      seeds: [1, 2],
      model: { name: "opt-13b", layers: 40 },
      gpu: { name: "a100-40gb" },
      maxModelLen: 2048,
      memory: { slots: 15728, bytesPerToken: 819200 },
      workload: {
        requests: 7200,
        arrivals: { process: "poisson", rate: 4 },
        lengths: { kind: "dataset", dataset: "sharegpt-sosp23" },
        n: 1,
      },
    },
    runs: SYSTEMS.flatMap((system) => [1, 2].map((seed) => fixtureRun(system, seed))),
    ...overrides,
  };
}

/** What tells one hand-made allocator from another. */
export interface System {
  readonly label: string;
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly running: number;
  /** tokenStates, reserved, internal, rounding, external, remainder; the rest is idle. */
  readonly shares: readonly [number, number, number, number, number, number];
  readonly ttft: number;
  readonly preempted: number;
  readonly findings: readonly Finding[];
}

const overloaded: Finding = {
  code: "overloaded",
  request: null,
  need: null,
  have: null,
  setting: "workload.arrivals.rate",
  text: "4021 of 7200 requests were waiting when the last one arrived: the load is more than this setup serves, and latency depends on how long the run is",
};

const rejected: Finding = {
  code: "rejected",
  request: 1207,
  need: 2060,
  have: 2048,
  setting: "maxModelLen",
  text: "request 1207 (the first of 3) was rejected: it needs 2060 tokens of context, the model takes 2048; change maxModelLen",
};

export const SYSTEMS: readonly System[] = [
  {
    label: "contiguous max buddy",
    strategy: "contiguous",
    options: { reserve: "max", placement: "buddy" },
    running: 6.998,
    shares: [0.2041, 0.1329, 0.5731, 0, 0, 0.0885],
    ttft: 1412.6,
    preempted: 0,
    findings: [overloaded, rejected],
  },
  {
    label: "contiguous pow2 buddy",
    strategy: "contiguous",
    options: { reserve: "pow2", placement: "buddy" },
    running: 9.81,
    shares: [0.262, 0.181, 0.137, 0.291, 0.052, 0.075],
    ttft: 1103.2,
    preempted: 0,
    findings: [overloaded],
  },
  {
    label: "contiguous oracle buddy",
    strategy: "contiguous",
    options: { reserve: "oracle", placement: "buddy" },
    running: 14.02,
    shares: [0.3902, 0.257, 0, 0.244, 0.031, 0.076],
    ttft: 768.41,
    preempted: 0,
    findings: [overloaded],
  },
  {
    label: "paged 16",
    strategy: "paged",
    options: { blockSize: 16, watermark: 0.01 },
    running: 33.85,
    shares: [0.9553, 0.0148, 0.0002, 0, 0, 0.0289],
    ttft: 12.07,
    preempted: 3.42,
    findings: [],
  },
];

const completed: Verdict = { status: "completed", explanation: "all requests ended", findings: [] };

export function fixtureRun(system: System, seed: number): RunResult {
  const wobble = seed === 1 ? 1 : 1.004;
  const [tokenStates, reserved, internal, rounding, external, remainder] = system.shares;
  const taken = tokenStates + reserved + internal + rounding + external + remainder;
  const share = { tokenStates, reserved, internal, rounding, external, remainder, idle: 1 - taken };
  const running = system.running * wobble;
  return {
    allocator: { label: system.label, strategy: system.strategy, ...system.options },
    seed,
    verdict: { ...completed, findings: system.findings },
    requests: {
      arrived: 7200,
      admitted: 7197,
      finished: 7197,
      rejected: 3,
      failed: 0,
      unfinished: 0,
    },
    memory: {
      slots: 15728,
      blockSize: system.strategy === "paged" ? 16 : null,
      bytesPerToken: 819200,
      share,
      cachedShare: null,
      wastePercent: (100 * (taken - tokenStates)) / taken,
      utilizationPercent: 100 * tokenStates,
      usedSharePeak: 0.9995,
      largestHoleShareMean: system.strategy === "paged" ? null : 0.04,
    },
    concurrency: {
      runningMean: running,
      runningPeak: Math.ceil(system.running * 1.3),
      sequencesMean: running,
      waitingMean: system.ttft * 2,
      swappedMean: 0,
    },
    latency: {
      ttft: spread(system.ttft * wobble),
      tpot: spread(0.0312 * wobble),
      endToEnd: spread(system.ttft * wobble + 10.4),
      normalized: spread((system.ttft / 338) * wobble),
      queueing: spread(system.ttft * wobble),
      preempted: spread(null),
    },
    throughput: {
      requestsPerSecond: running / 11.2,
      outputTokensPerSecond: (running / 11.2) * 338,
      goodputRequestsPerSecond: null,
    },
    preemption: {
      count: Math.round(system.preempted * 80),
      requestsPreempted: Math.round(system.preempted * 72),
      requestsPreemptedPercent: system.preempted,
      recomputedTokens: Math.round(system.preempted * 21_000),
      swappedOutBlocks: 0,
      swappedInBlocks: 0,
      transferSeconds: 0,
    },
    sharing: {
      copyOnWriteCopies: 0,
      blocksSavedPercent: system.strategy === "paged" ? 0 : null,
      prefixLookupTokens: null,
      prefixHitTokens: null,
      prefixHitRate: null,
      prefixHitRatePerRequest: null,
      evictedBlocks: null,
    },
    simulated: { seconds: 1843.2, iterations: 58_214, decisions: 212_004 },
    timeline: timeline(share, running),
    fingerprint: `00c0ffee${seed}${system.label.length.toString(16).padStart(7, "0")}`,
  };
}

function spread(mean: number | null): Distribution {
  if (mean === null) return { mean, p50: null, p90: null, p99: null, max: null };
  return { mean, p50: mean * 0.9, p90: mean * 1.8, p99: mean * 2.6, max: mean * 3.1 };
}

/** Fills up over the first tenth, then wanders a little around the means, in 250 bins. */
function timeline(share: PoolShares, running: number): Timeline {
  const bins = Array.from({ length: 250 }, (_, bin) => {
    const filled = Math.min(1, bin / 25) * (0.95 + (0.05 * ((bin * 37) % 11)) / 10);
    return filled;
  });
  const scaled = (value: number) => bins.map((filled) => value * filled);
  const free = share.idle;
  return {
    binSeconds: 7.5,
    running: scaled(running),
    waiting: bins.map((_, bin) => bin * 3),
    swapped: bins.map(() => 0),
    tokenStates: scaled(share.tokenStates),
    reserved: scaled(share.reserved),
    internal: scaled(share.internal),
    rounding: scaled(share.rounding),
    external: scaled(share.external),
    remainder: scaled(share.remainder),
    idle: bins.map((filled) => 1 - (1 - free) * filled),
  };
}
