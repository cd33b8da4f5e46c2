import type {
  Config,
  LatencyConfig,
  SetupConfig,
  TransferConfig,
} from "../../src/config/config.ts";
import type { PreemptionConfig, SchedulerConfig } from "../../src/config/scheduler-config.ts";
import { randomStream } from "../../src/core/random.ts";
import type { RequestStream } from "../../src/workload/workload.ts";
import { chunked } from "./chunked/random-chunked.ts";
import { Draw } from "./draw.ts";
import { closedStream, conversationStream, openStream, type Turn } from "./streams.ts";

/** Every third random run is one of V1's. */
const CHUNKED_EVERY = 3;

/** A small run that is easy to be wrong about. The same seed gives the same run. */
export interface RandomRun {
  readonly seed: number;
  readonly setup: SetupConfig;
  readonly config: Pick<Config, "pool" | "maxModelLen" | "measure">;
  /** A fresh stream of the same requests. */
  open(): RequestStream;
}

export function randomRun(seed: number): RandomRun {
  const run = randomRunInRounds(seed);
  return seed % CHUNKED_EVERY === CHUNKED_EVERY - 1 ? chunked(run) : run;
}

function randomRunInRounds(seed: number): RandomRun {
  const draw = new Draw(randomStream(seed, "oracle"));
  const maxModelLen = draw.pick([8, 40, 64, 100, 130]);
  const slots = draw.pick([
    draw.int(1, maxModelLen),
    draw.int(maxModelLen, 3 * maxModelLen),
    draw.int(maxModelLen, 3 * maxModelLen),
    draw.int(maxModelLen, 5 * maxModelLen),
    draw.int(maxModelLen, 5 * maxModelLen),
    draw.int(2 * maxModelLen, 6 * maxModelLen),
    draw.int(10 * maxModelLen, 30 * maxModelLen),
  ]);
  /** Roughly how long an iteration lasts. */
  const stepNs = draw.pick([1_000_000, 1_000_000, 10_000_000, 1_000, 1]);
  const horizonNs = 100 * stepNs;
  return {
    seed,
    setup: randomSetup(draw, { maxModelLen, slots, stepNs }),
    config: {
      pool: { slots, bytesPerToken: draw.pick([null, 1024]) },
      maxModelLen,
      measure: randomMeasure(draw, horizonNs),
    },
    open: randomOpen(draw, maxModelLen, stepNs),
  };
}

interface Scale {
  readonly maxModelLen: number;
  readonly slots: number;
  readonly stepNs: number;
}

function randomSetup(draw: Draw, scale: Scale): SetupConfig {
  const { strategy, options, reserves } = randomAllocator(draw);
  const scheduler = randomScheduler(draw, reserves, scale.maxModelLen);
  return {
    label: strategy,
    strategy,
    options,
    scheduler,
    preemption: reserves
      ? { mode: "recompute", swapSlots: 0 }
      : randomPreemption(draw, scale.slots),
    latency: randomLatency(draw, scale.stepNs),
  };
}

function randomAllocator(draw: Draw) {
  const watermark = draw.pick([0, 0, 0.01, draw.real(0, 0.2)]);
  const blockSize = draw.pick([1, 2, 3, 4, 8, 16, 32]);
  if (draw.chance(0.6)) {
    return {
      strategy: "paged",
      reserves: false,
      options: { blockSize, watermark, reserve: "none" },
    };
  }
  if (draw.chance(0.15)) {
    return { strategy: "paged", reserves: true, options: { blockSize, watermark, reserve: "max" } };
  }
  const reserve = draw.pick(["max", "pow2", "pow2", "oracle", "oracle"]);
  const placement = draw.pick(["first-fit", "best-fit", "next-fit", "worst-fit", "buddy"]);
  return { strategy: "contiguous", reserves: true, options: { reserve, placement } };
}

function randomScheduler(draw: Draw, reserves: boolean, maxModelLen: number): SchedulerConfig {
  return {
    policy: reserves ? draw.pick(["orca", "static", "prefill-first"]) : "prefill-first",
    maxRunning: draw.pick([256, 256, 12, draw.int(1, 8)]),
    maxBatchedTokens: draw.pick([
      4 * maxModelLen,
      4 * maxModelLen,
      maxModelLen,
      draw.int(1, 2 * maxModelLen),
    ]),
    maxWaiting: draw.pick([null, null, null, 0, 2]),
  };
}

function randomPreemption(draw: Draw, slots: number): PreemptionConfig {
  const mode = draw.pick<PreemptionConfig["mode"]>(["recompute", "swap", "auto"]);
  if (mode === "recompute") return { mode, swapSlots: 0 };
  return { mode, swapSlots: draw.pick([4 * slots, 4 * slots, slots, draw.int(0, slots)]) };
}

function randomLatency(draw: Draw, stepNs: number): LatencyConfig {
  const transfers = randomTransfers(draw, stepNs);
  const ms = stepNs / 1e6;
  if (draw.chance(0.25)) return randomRoofline(draw, ms / 1e3, transfers);
  const base = draw.pick([ms, ms * draw.real(0.5, 2)]);
  const slope = draw.pick([0, ms * draw.real(0, 0.02)]);
  const decodeFit = (fromBatch: number, factor: number) => ({
    fromBatch,
    base: base * factor,
    perContextToken: slope * draw.pick([0, 0.1, 1]),
    perSequence: slope * draw.pick([0, 1, 5]),
  });
  const decode = [decodeFit(1, 1)];
  if (draw.chance(0.5)) decode.push(decodeFit(draw.int(2, 6), draw.real(0.8, 2)));
  const prefill = {
    base: draw.pick([base, 2 * base]),
    perToken: slope,
    perTokenSquared: slope * draw.pick([0, 0.01]),
  };
  return { model: "linear", preset: null, coefficients: { prefill, decode }, transfers };
}

/** Compute and memory times of the same size, so that a growing context makes the one or the other the longer. */
function randomRoofline(draw: Draw, seconds: number, transfers: TransferConfig): LatencyConfig {
  const perSecond = 1e12;
  const weightBytes = seconds * perSecond * draw.real(0.2, 1);
  return {
    model: "roofline",
    prefillEfficiency: draw.real(0.3, 1),
    decodeEfficiency: draw.real(0.3, 1),
    flopsPerToken: seconds * perSecond * draw.real(0.05, 0.5),
    flopsPerTokenPair: seconds * perSecond * draw.real(0, 0.02),
    weightBytes,
    expertBytes: draw.pick([0, 0.9 * weightBytes]),
    expertShare: draw.pick([0.05, 0.5, 1]),
    bytesPerToken: seconds * perSecond * draw.real(0, 0.02),
    flopsPerSecond: perSecond,
    bytesPerSecond: perSecond,
    stages: draw.int(1, 3),
    transfers,
  };
}

function randomTransfers(draw: Draw, stepNs: number): TransferConfig {
  const bytesPerToken = 1000;
  const tokensPerSecond = 1e9 / stepNs;
  return {
    bytesPerToken,
    gpuBytesPerSecond: draw.pick([null, bytesPerToken * tokensPerSecond * draw.real(10, 100)]),
    pcieBytesPerSecond: bytesPerToken * tokensPerSecond * draw.real(5, 50),
    secondsPerCopy: draw.pick([0, (stepNs / 1e9) * draw.real(0, 0.1)]),
    copiesPerBlock: draw.int(1, 8),
  };
}

function randomMeasure(draw: Draw, horizonNs: number): Config["measure"] {
  const fromNs = draw.pick([0, 0, draw.int(1, horizonNs)]);
  const numeric = fromNs + draw.int(1, 3 * horizonNs);
  const bound = () => draw.pick([null, (horizonNs / 1e9) * draw.real(0, 0.3)]);
  return {
    fromNs,
    until: draw.pick<number | "last-arrival" | "end">(["last-arrival", "end", numeric]),
    slo: draw.pick([null, { ttftSeconds: bound(), tpotSeconds: bound() }]),
  };
}

function randomOpen(draw: Draw, maxModelLen: number, stepNs: number): () => RequestStream {
  const count = draw.int(1, 40);
  const longestPrompt = draw.pick([
    4,
    maxModelLen / 4,
    maxModelLen / 4,
    maxModelLen / 2,
    maxModelLen + 2,
  ]);
  const longestOutput = draw.pick([3, 20, 60, 60]);
  const mostSequences = draw.pick([1, 1, 1, 2, 3, 4]);
  const requests = Array.from({ length: count }, () => {
    const longest = draw.int(1, longestOutput);
    const n = draw.int(1, mostSequences);
    const isEven = draw.chance(0.3);
    return {
      promptTokens: draw.int(1, longestPrompt),
      outputTokens: Array.from({ length: n }, () => (isEven ? longest : draw.int(1, longest))),
    };
  });
  const gapNs = draw.pick([
    () => 0,
    () => draw.pick([0, stepNs]),
    () => draw.int(0, 2 * stepNs),
    () => draw.int(0, 20 * stepNs),
    () => (draw.chance(0.1) ? 60 * stepNs : 0),
  ]);
  let atNs = draw.pick([0, draw.int(0, 10 * stepNs)]);
  const times = requests.map(() => (atNs += gapNs()));
  if (draw.chance(0.75)) return () => openStream(requests, times);
  const users = draw.int(1, Math.min(count, 6));
  const thinkNs = Array.from({ length: users }, () => requests.map(() => gapNs()));
  if (draw.chance(0.4)) return () => closedStream(requests, times.slice(0, users), thinkNs);
  const conversations = cutIntoConversations(
    draw,
    requests.map((lengths) => ({ ...lengths, thinkNs: gapNs() })),
  );
  const limits = {
    systemTokens: draw.pick([0, 1, draw.int(1, maxModelLen / 2)]),
    maxModelLen,
    most: draw.pick([count, count, draw.int(1, count)]),
  };
  return () => conversationStream(conversations, times, limits);
}

function cutIntoConversations(draw: Draw, turns: readonly Turn[]): Turn[][] {
  const longest = draw.pick([1, 3, 6, 40]);
  const conversations: Turn[][] = [];
  for (let from = 0; from < turns.length; ) {
    const to = from + draw.int(1, longest);
    conversations.push(turns.slice(from, to));
    from = to;
  }
  return conversations;
}
