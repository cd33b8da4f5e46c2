import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type {
  LatencyConfig,
  LinearLatencyConfig,
  RooflineLatencyConfig,
  TransferConfig,
} from "../../../src/config/config.ts";
import { TICKS_PER_NANOSECOND } from "../../../src/core/time.ts";
import { type StepTime, stepTime, type Work } from "../../oracle/step-time.ts";
import { compiled } from "../compiled.ts";

const engine = await compiled<
  "mark" | "release" | "work" | "price" | "steps" | "first" | "growth" | "transfer" | "ns" | "ticks"
>(`
  import { Clock } from "./engine/core/time";
  import { LatencyModel, Price, Work } from "./engine/latency/latency";
  export {
    decodeBase, decodePerContextToken, decodePerSequence, linearFit, linearTransfers,
    mark, newLinearLatency, newRoofline, release, rooflineCompute, rooflineMemory,
    rooflineTransfers, setClock, setTransfers,
  } from "./engine/exports";
  export function work(
    prefillTokens: f64, prefillSquares: f64, prefillContext: f64,
    decodeSequences: f64, contextTokens: f64, copiedTokens: f64, swappedBlocks: f64, swappedTokens: f64,
  ): Work {
    const work = new Work();
    work.prefillTokens = prefillTokens;
    work.prefillSquares = prefillSquares;
    work.prefillContext = prefillContext;
    work.decodeSequences = decodeSequences;
    work.contextTokens = contextTokens;
    work.copiedTokens = copiedTokens;
    work.swappedBlocks = swappedBlocks;
    work.swappedTokens = swappedTokens;
    return work;
  }
  export function price(latency: LatencyModel, work: Work): Price { return latency.price(work); }
  export function steps(price: Price): i32 { return price.steps; }
  export function first(price: Price): Clock { return price.first; }
  export function growth(price: Price): Clock { return price.growth; }
  export function transfer(price: Price): Clock { return price.transfer; }
  export function ns(clock: Clock): f64 { return clock.ns; }
  export function ticks(clock: Clock): f64 { return clock.ticks; }
`);

// The models are put together outside of the engine: here in the module that this test reads.
vi.doMock("../../../src/engine/engine.ts", () => ({ engine }));
const { latencyModel } = await import("../../../src/engine/latency.ts");

const MOST_STEPS = 1024;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const positive = fc.double({ min: 0.01, max: 1, noNaN: true });

const transfers: fc.Arbitrary<TransferConfig> = fc.record({
  bytesPerToken: fc.integer({ min: 1, max: 1_000_000 }),
  gpuBytesPerSecond: fc.option(positive.map((part) => 1e12 * part)),
  pcieBytesPerSecond: positive.map((part) => 1e10 * part),
  secondsPerCopy: share.map((part) => 1e-4 * part),
  copiesPerBlock: fc.integer({ min: 1, max: 80 }),
});

/** Milliseconds, which may be none. */
const milliseconds = (most: number) =>
  fc.oneof(
    share.map((part) => most * part),
    fc.constant(0),
  );

const linear: fc.Arbitrary<LinearLatencyConfig> = fc.record({
  model: fc.constant("linear" as const),
  preset: fc.constant(null),
  coefficients: fc.record({
    prefill: fc.record({
      base: milliseconds(20),
      perToken: milliseconds(0.1),
      perTokenSquared: milliseconds(1e-5),
    }),
    decode: fc
      .array(
        fc.record({
          fromBatch: fc.integer({ min: 2, max: 12 }),
          base: milliseconds(20),
          perContextToken: milliseconds(1e-3),
          perSequence: milliseconds(0.1),
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map((fits) => {
        const sorted = fits.toSorted((a, b) => a.fromBatch - b.fromBatch);
        return sorted.map((fit, at) => (at === 0 ? { ...fit, fromBatch: 1 } : fit));
      }),
  }),
  transfers,
});

/** Arithmetic and memory take about as long, so that a growing context makes the one or the other the longer. */
const roofline: fc.Arbitrary<RooflineLatencyConfig> = fc
  .record({
    model: fc.constant("roofline" as const),
    prefillEfficiency: positive,
    decodeEfficiency: positive,
    flopsPerToken: share.map((part) => 1e10 * part),
    flopsPerTokenPair: share.map((part) => 1e7 * part),
    weightBytes: share.map((part) => 1e11 * part),
    expertPart: fc.oneof(share, fc.constant(0)),
    expertShare: positive,
    bytesPerToken: share.map((part) => 1e7 * part),
    flopsPerSecond: fc.constant(1e12),
    bytesPerSecond: fc.constant(1e12),
    stages: fc.integer({ min: 1, max: 4 }),
    transfers,
  })
  .map(({ expertPart, ...config }) => ({
    ...config,
    expertBytes: expertPart * config.weightBytes,
  }));

const latency: fc.Arbitrary<LatencyConfig> = fc.oneof(linear, roofline);

const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 15 }));
const decodes = fc
  .record({ decodeSequences: count, contextEach: fc.nat(3000) })
  .map(({ decodeSequences, contextEach }) => ({
    decodeSequences,
    contextTokens: decodeSequences * contextEach,
  }));
const nothingElse = {
  prefillTokens: 0,
  prefillSquares: 0,
  prefillContext: 0,
  copiedTokens: 0,
  swappedBlocks: 0,
  swappedTokens: 0,
};
const decodeOnly: fc.Arbitrary<Work> = decodes
  .filter(({ decodeSequences }) => decodeSequences > 0)
  .map((work) => ({ ...nothingElse, ...work }));
const anyWork: fc.Arbitrary<Work> = fc
  .tuple(decodes, count, fc.nat(1000), fc.nat(1000), count, count)
  .map(([work, prefills, each, before, copiedTokens, swappedBlocks]) => ({
    ...work,
    prefillTokens: prefills * each,
    prefillSquares: prefills * each ** 2,
    prefillContext: prefills * before,
    copiedTokens,
    swappedBlocks,
    swappedTokens: 16 * swappedBlocks,
  }));

const inTicks = (clock: number) =>
  BigInt(engine.ns(clock)) * BigInt(TICKS_PER_NANOSECOND) + BigInt(engine.ticks(clock));

/** A price, read: the first iteration, how much longer each further one is, and for how many that holds. */
interface Price extends StepTime {
  readonly growth: bigint;
  readonly steps: number;
}

/** What the engine asks for pieces of work, one after the other. */
function pricesOf(config: LatencyConfig, works: readonly Work[]): Price[] {
  const mark = engine.mark();
  const model = latencyModel(config);
  const prices = works.map((work): Price => {
    const { prefillTokens, prefillSquares, prefillContext, decodeSequences } = work;
    const { contextTokens, copiedTokens, swappedBlocks, swappedTokens } = work;
    const address = engine.work(
      ...[prefillTokens, prefillSquares, prefillContext, decodeSequences],
      ...[contextTokens, copiedTokens, swappedBlocks, swappedTokens],
    );
    const price = engine.price(model, address);
    return {
      total: inTicks(engine.first(price)),
      transfer: inTicks(engine.transfer(price)),
      growth: inTicks(engine.growth(price)),
      steps: engine.steps(price),
    };
  });
  engine.release(mark);
  return prices;
}

/** The work of a later iteration of the same batch: each sequence reads one token more. */
function later(work: Work, step: number): Work {
  return { ...work, contextTokens: work.contextTokens + step * work.decodeSequences };
}

describe("the engine's step times", () => {
  it("are what the reference simulator has for each iteration alone, whatever was priced before", () => {
    fc.assert(
      fc.property(latency, fc.array(fc.oneof(anyWork, decodeOnly)), (config, works) => {
        const prices = pricesOf(config, works);
        expect(prices.map(({ total, transfer }) => ({ total, transfer }))).toEqual(
          works.map((work) => stepTime(config, work)),
        );
      }),
    );
  });

  it("hold for a series as long as each of its iterations alone would take as long", () => {
    fc.assert(
      fc.property(latency, decodeOnly, (config, work) => {
        const [price] = pricesOf(config, [work]);
        const { total, growth, steps } = price!;
        const alone = (step: number) => stepTime(config, later(work, step)).total;
        for (let step = 0; step < steps; step += 1)
          expect(total + BigInt(step) * growth, `step ${step}`).toBe(alone(step));
        // A series is as long as may be: behind it something else is the longer.
        if (steps < MOST_STEPS)
          expect(alone(steps)).toBeGreaterThan(total + BigInt(steps) * growth);
      }),
    );
  });

  it("are asked for anew behind an iteration with prompts, copies or transfers", () => {
    fc.assert(
      fc.property(latency, anyWork, (config, work) => {
        const happensOnce = work.prefillTokens + work.copiedTokens + work.swappedBlocks > 0;
        if (happensOnce) expect(pricesOf(config, [work])[0]!.steps).toBe(1);
      }),
    );
  });
});

describe("the roofline", () => {
  /** A decode iteration's time by its memory reads alone, in seconds. */
  const seconds = (changes: Partial<RooflineLatencyConfig>, sequences: number) => {
    const config: RooflineLatencyConfig = {
      ...{ model: "roofline", prefillEfficiency: 1, decodeEfficiency: 1 },
      ...{ flopsPerToken: 0, flopsPerTokenPair: 0, flopsPerSecond: 1e12, bytesPerSecond: 1e12 },
      ...{ weightBytes: 1e10, expertBytes: 0, expertShare: 1, bytesPerToken: 1e5, stages: 1 },
      transfers: {
        ...{ bytesPerToken: 1e5, gpuBytesPerSecond: null, pcieBytesPerSecond: 1e10 },
        ...{ secondsPerCopy: 0, copiesPerBlock: 1 },
      },
      ...changes,
    };
    const work = { ...nothingElse, decodeSequences: sequences, contextTokens: 1000 * sequences };
    return Number(pricesOf(config, [work])[0]!.total) / TICKS_PER_NANOSECOND / 1e9;
  };

  it("reads the weights once, and the KV of all contexts", () => {
    expect(seconds({}, 10)).toBeCloseTo((1e10 + 10 * 1000 * 1e5) / 1e12, 9);
  });

  it("reads a token's own experts for one token, and nearly all for many", () => {
    const experts = { expertBytes: 8e9, expertShare: 8 / 128 };
    const read = (sequences: number) => 1e12 * seconds({ ...experts, bytesPerToken: 0 }, sequences);
    expect(read(1)).toBeCloseTo(2e9 + 8e9 / 16, -2);
    expect(read(2)).toBeCloseTo(2e9 + 8e9 * (1 - (15 / 16) ** 2), -2);
    expect(read(1000)).toBeCloseTo(1e10, -2);
  });

  it("takes a token through the stages one after the other, and divides the sequences among them", () => {
    expect(seconds({ stages: 4 }, 1)).toBeCloseTo((1e10 + 1000 * 1e5) / 1e12, 9);
    expect(seconds({ stages: 4 }, 2)).toBeCloseTo((1e10 + 1000 * 1e5) / 1e12, 9);
    expect(seconds({ stages: 4 }, 400)).toBeCloseTo((1e10 + 100 * 1000 * 1e5) / 1e12, 9);
  });
});

describe("moving blocks", () => {
  it("takes no time where nothing is moved, nor inside a GPU whose bandwidth is not known", () => {
    fc.assert(
      fc.property(linear, anyWork, (config, work) => {
        const unknown = { ...config, transfers: { ...config.transfers, gpuBytesPerSecond: null } };
        const [copies, none] = pricesOf(unknown, [work, { ...work, copiedTokens: 0 }]);
        expect(copies!.total).toBe(none!.total);
        const [stays] = pricesOf(config, [{ ...work, swappedBlocks: 0, swappedTokens: 0 }]);
        expect(stays!.transfer).toBe(0n);
      }),
    );
  });
});
