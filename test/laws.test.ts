import { describe, expect, it } from "vitest";
import type { PreemptionConfig, RoundSchedulerConfig } from "../src/config/scheduler-config.ts";
import { exponential, type Sampler, uniformInteger } from "../src/core/distributions.ts";
import { randomStream } from "../src/core/random.ts";
import { NANOSECONDS_PER_SECOND } from "../src/core/time.ts";
import type { RunResult } from "../src/result.ts";
import { runSetup } from "../src/run-setup.ts";
import { type Lengths, openStream } from "./oracle/streams.ts";

const MILLISECOND_NS = 1_000_000;

interface Law {
  readonly strategy: "paged" | "contiguous";
  readonly options: Readonly<Record<string, unknown>>;
  readonly slots: number;
  readonly maxModelLen: number;
  readonly scheduler: Pick<RoundSchedulerConfig, "policy"> & Partial<RoundSchedulerConfig>;
  readonly preemption?: PreemptionConfig;
  /** Milliseconds of every iteration that has prompts, and (added to it) of every one that has decodes. */
  readonly prefill: number;
  readonly decode: number;
  readonly requests: readonly Lengths[];
  readonly timesNs: readonly number[];
}

/** Serves the requests, and measures until the last one has ended. */
function serve(law: Law): RunResult {
  const { strategy, options, slots, maxModelLen, requests, timesNs } = law;
  return runSetup({
    setup: {
      label: strategy,
      strategy,
      options,
      scheduler: { maxRunning: 1e6, maxBatchedTokens: 1e9, maxWaiting: null, ...law.scheduler },
      preemption: law.preemption ?? { mode: "recompute", swapSlots: 0 },
      latency: stepTimes(law.prefill, law.decode),
    },
    config: {
      pool: { slots, bytesPerToken: null },
      maxModelLen,
      measure: { fromNs: 0, until: "end", slo: null },
    },
    stream: openStream(requests, timesNs),
    seed: 0,
  });
}

function stepTimes(prefill: number, decode: number) {
  return {
    model: "linear",
    preset: null,
    coefficients: {
      prefill: { base: prefill, perToken: 0, perTokenSquared: 0 },
      decode: [{ fromBatch: 1, base: decode, perContextToken: 0, perSequence: 0 }],
    },
    transfers: {
      bytesPerToken: 1,
      gpuBytesPerSecond: null,
      pcieBytesPerSecond: 1e12,
      secondsPerCopy: 0,
      copiesPerBlock: 1,
    },
  } as const;
}

/** `count` arrivals of a Poisson process, in nanoseconds. */
function poisson(seed: number, count: number, ratePerSecond: number): number[] {
  const gap = exponential(randomStream(seed, "law/arrivals"), 1 / ratePerSecond);
  let seconds = 0;
  return Array.from({ length: count }, () => {
    seconds += gap();
    return Math.round(seconds * NANOSECONDS_PER_SECOND);
  });
}

function draws(count: number, prompt: Sampler, output: Sampler, n = 1): Lengths[] {
  return Array.from({ length: count }, () => ({
    promptTokens: prompt(),
    outputTokens: Array.from({ length: n }, output),
  }));
}

function seeds<T>(count: number, run: (seed: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => run(index + 1));
}

/**
 * The mean of independent runs lies within 3.5 of its own standard errors of a law's value (by chance outside once in some 400), which
 * may be off by `bias`; and the runs are enough to tell a deviation of `sharpness`, relative, from chance.
 */
function expectLaw(
  values: readonly number[],
  law: number,
  { bias = 0, sharpness }: { readonly bias?: number; readonly sharpness: number },
): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (values.length - 1) / values.length);
  expect(3.5 * standardError).toBeLessThan(sharpness * law);
  expect(Math.abs(mean - law)).toBeLessThan(3.5 * standardError + bias);
}

/** Sums of doubles that are each rounded once: some units in the last place. */
function expectEqual(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
}

describe("Little's law: what is there on average is what comes in times how long it stays, exactly", () => {
  const random = randomStream(1, "law/little");
  const requests = draws(400, uniformInteger(random, 1, 60), uniformInteger(random, 1, 60), 2);
  const shared = {
    slots: 900,
    maxModelLen: 128,
    prefill: 3,
    decode: 2,
    requests,
    timesNs: poisson(1, requests.length, 200),
  } as const;
  const paged = { strategy: "paged", scheduler: { policy: "prefill-first" } } as const;
  const blocks = { blockSize: 16, watermark: 0.01, reserve: "none" };
  const setups: Readonly<Record<string, Law>> = {
    "paged, recompute": { ...shared, ...paged, options: blocks },
    "paged, swap": {
      ...shared,
      ...paged,
      options: { ...blocks, blockSize: 4 },
      preemption: { mode: "swap", swapSlots: 9000 },
    },
    "contiguous max, static": {
      ...shared,
      strategy: "contiguous",
      options: { reserve: "max", placement: "buddy" },
      scheduler: { policy: "static" },
    },
    "contiguous oracle, orca": {
      ...shared,
      strategy: "contiguous",
      options: { reserve: "oracle", placement: "best-fit" },
      scheduler: { policy: "orca" },
    },
  };

  it.each(Object.entries(setups))("%s", (name, law) => {
    const { requests: counts, simulated, concurrency, latency, preemption } = serve(law);
    const count = requests.length;
    expect(counts.finished).toBe(count);
    expect(preemption.count > 0).toBe(law.strategy === "paged");
    expect(latency.queueing.mean).toBeGreaterThan(0.1);

    const endToEnd = latency.endToEnd.mean! * count;
    const queueing = latency.queueing.mean! * count;
    const preempted = latency.preempted.mean! * count;
    const { seconds } = simulated;
    const isSwapping = name.includes("swap");
    expectEqual(concurrency.runningMean! * seconds, endToEnd - queueing - preempted);
    expectEqual(concurrency.waitingMean! * seconds, queueing + (isSwapping ? 0 : preempted));
    expectEqual(concurrency.swappedMean! * seconds, isSwapping ? preempted : 0);
  });
});

describe("one request at a time, each for the same time, is the queue M/D/1", () => {
  const serviceNs = 10 * MILLISECOND_NS;
  const requests = new Array<Lengths>(10_000).fill({ promptTokens: 1, outputTokens: [1] });
  const waitSeconds = (timesNs: readonly number[]): number =>
    serve({
      strategy: "paged",
      options: { blockSize: 1, watermark: 0, reserve: "none" },
      slots: 10,
      maxModelLen: 8,
      scheduler: { policy: "prefill-first", maxRunning: 1 },
      prefill: serviceNs / MILLISECOND_NS,
      decode: 1,
      requests,
      timesNs,
    }).latency.queueing.mean!;

  it.each([0.5, 0.8])("with the mean wait of Pollaczek and Khinchine at a load of %f", (load) => {
    const service = serviceNs / NANOSECONDS_PER_SECOND;
    const waits = seeds(20, (seed) => waitSeconds(poisson(seed, requests.length, load / service)));
    expectLaw(waits, (load * service) / (2 * (1 - load)), { sharpness: 0.08 });
  });

  it("and each wait follows from the one before (Lindley), exactly", () => {
    const timesNs = poisson(99, requests.length, 80);
    let waitNs = 0;
    let totalNs = 0;
    timesNs.forEach((timeNs, index) => {
      waitNs = index === 0 ? 0 : Math.max(0, waitNs + serviceNs - (timeNs - timesNs[index - 1]!));
      totalNs += waitNs;
    });
    expectEqual(waitSeconds(timesNs), totalNs / requests.length / NANOSECONDS_PER_SECOND);
  });
});

/** Iterations of a request on average: what happens only between iterations is off by one in so many. */
const ITERATIONS = 400;
const LONGEST = 12 * ITERATIONS;
const SERVICE_SECONDS = ITERATIONS / 1000;

/** Output lengths of the same mean and different laws. */
const services: Readonly<Record<string, (seed: number) => Sampler>> = {
  constant: () => () => ITERATIONS,
  exponential(seed) {
    const draw = exponential(randomStream(seed, "law/outputs"), ITERATIONS);
    return () => Math.min(LONGEST, Math.max(1, Math.round(draw())));
  },
  "two-point"(seed) {
    const random = randomStream(seed, "law/outputs");
    return () => (random() < 0.8 ? ITERATIONS / 4 : 4 * ITERATIONS);
  },
};

/** Requests whose service takes a millisecond a token, however many run at once. */
function independentServers(seed: number, servers: number, load: number, law: string): Law {
  const count = 4000;
  return {
    strategy: "contiguous",
    options: { reserve: "max", placement: "first-fit" },
    slots: servers * (LONGEST + 1),
    maxModelLen: LONGEST + 1,
    scheduler: { policy: "orca" },
    prefill: 0,
    decode: 1,
    requests: draws(count, () => 1, services[law]!(seed)),
    timesNs: poisson(seed, count, load / SERVICE_SECONDS),
  };
}

/** Erlang's formula: the part of calls that find all servers taken. */
function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let k = 1; k <= servers; k += 1) blocked = (load * blocked) / (k + load * blocked);
  return blocked;
}

describe("a pool of k reservations without a waiting room blocks as Erlang says, whatever the law of the service", () => {
  const servers = 5;

  it.each([
    ["constant", 3],
    ["exponential", 3],
    ["exponential", 6],
    ["two-point", 6],
  ])("%s service at a load of %i", (law, load) => {
    const blocked = seeds(20, (seed) => {
      const run = independentServers(seed, servers, load, law);
      const { requests } = serve({ ...run, scheduler: { policy: "orca", maxWaiting: 0 } });
      expect(requests.finished + requests.rejected).toBe(requests.arrived);
      return requests.rejected / requests.arrived;
    });
    const oneMore = erlangB(servers, (load * (ITERATIONS + 1)) / ITERATIONS);
    const formula = erlangB(servers, load);
    expectLaw(blocked, formula, { bias: oneMore - formula, sharpness: 0.05 });
  });
});

describe("an unlimited pool is M/G/∞", () => {
  it.each(Object.keys(services))("%s service: Poisson many run at once", (law) => {
    const load = 1.5;
    const runs = seeds(20, (seed) => serve(independentServers(seed, 1000, load, law)));
    const bias = load / ITERATIONS;
    const running = runs.map(({ concurrency }) => concurrency.runningMean!);
    expectLaw(running, load, { bias, sharpness: 0.04 });
    // Nobody runs in e^-load of the time, and otherwise iterations follow each other.
    const busy = runs.map(({ simulated }) => simulated.iterations / 1000 / simulated.seconds);
    expectLaw(busy, 1 - Math.exp(-load), { bias: bias * Math.exp(-load), sharpness: 0.03 });
  });
});

describe("blocks of B slots waste half a block a sequence", () => {
  it.each([1, 2, 16, 128])(
    "(B − 1) / 2 at B = %i, besides the slot of the next token",
    (blockSize) => {
      // Prompts end equally often in each place of a block, and outputs pass equally often through each.
      const requests = Array.from({ length: blockSize }, (_, index) => ({
        promptTokens: index + 1,
        outputTokens: [4 * blockSize + 1],
      }));
      const { memory, concurrency } = serve({
        strategy: "paged",
        options: { blockSize, watermark: 0, reserve: "none" },
        slots: 100_000,
        maxModelLen: 10_000,
        scheduler: { policy: "prefill-first" },
        prefill: 0,
        decode: 1,
        requests,
        timesNs: requests.map((_, index) => index * 7 * MILLISECOND_NS),
      });
      const { reserved, internal } = memory.share!;
      const unwritten = (reserved + internal) * memory.slots;
      const { sequencesMean } = concurrency;
      expectEqual(unwritten / sequencesMean! - 1, (blockSize - 1) / 2);
    },
  );
});

describe("more memory never lowers throughput", () => {
  // Graham's anomaly (1966) in another guise: an iteration costs the same whoever is in it, and the larger pool lets in one request
  // more, which is then preempted again and again, each time at the price of a prefill.
  it("is no law: three requests take longer in 28 slots than in 24", () => {
    const requests = [
      { promptTokens: 12, outputTokens: [9] },
      { promptTokens: 8, outputTokens: [5] },
      { promptTokens: 4, outputTokens: [5] },
    ];
    const [smaller, larger] = [24, 28].map((slots) => {
      const {
        requests: counts,
        simulated,
        preemption,
      } = serve({
        strategy: "paged",
        options: { blockSize: 4, watermark: 0, reserve: "none" },
        slots,
        maxModelLen: 100,
        scheduler: { policy: "prefill-first" },
        prefill: 1,
        decode: 1,
        requests,
        timesNs: [0, 0, 0],
      });
      expect(counts.finished).toBe(requests.length);
      return { milliseconds: simulated.seconds * 1000, preemptions: preemption.count };
    });
    expect(smaller).toEqual({ milliseconds: 13, preemptions: 2 });
    expect(larger).toEqual({ milliseconds: 16, preemptions: 7 });
  });
});
