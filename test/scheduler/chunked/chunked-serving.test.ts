import { describe, expect, it } from "vitest";
import type { ChunkedSchedulerConfig } from "../../../src/config/scheduler-config.ts";
import { fromNanoseconds, MAX_SERIES_STEPS, ZERO_TIME } from "../../../src/core/time.ts";
import type { LatencyModel } from "../../../src/latency/latency.ts";
import type { ContentStart, Request, Segment } from "../../../src/request.ts";
import { runSetup } from "../../../src/run-setup.ts";
import { type ToldFact, tellingSink, toldOf } from "../../told-facts.ts";

const MICROSECOND_NS = 1000;

/** An iteration lasts a microsecond for each token that it computes. */
const oneMicrosecondEach: LatencyModel = {
  price({ prefillTokens, decodeSequences }) {
    const first = fromNanoseconds((prefillTokens + decodeSequences) * MICROSECOND_NS);
    const steps = prefillTokens > 0 ? 1 : MAX_SERIES_STEPS;
    return { first, growth: ZERO_TIME, steps, transfer: ZERO_TIME };
  },
};

interface Sent {
  readonly prompt: number;
  readonly outputs: readonly number[];
  readonly atMicroseconds?: number;
  readonly priority?: number;
  readonly content?: readonly Segment[];
  readonly outputContent?: ContentStart;
}

interface Run {
  readonly sent: readonly Sent[];
  readonly limits?: Partial<ChunkedSchedulerConfig>;
  readonly blocks?: number;
  readonly caching?: boolean;
}

/** Blocks of 10 tokens; `blocks` of them can be given out. */
function serve({ sent, limits, blocks = 100, caching = true }: Run) {
  const facts: ToldFact[] = [];
  const requests = sent.map(
    (
      { prompt, outputs, atMicroseconds = 0, priority = 0, content, outputContent },
      id,
    ): Request => ({
      id,
      arrivalNs: atMicroseconds * MICROSECOND_NS,
      promptTokens: prompt,
      outputTokens: outputs,
      priority,
      content: content ?? null,
      outputContent: outputContent ?? null,
      user: null,
    }),
  );
  let next = 0;
  const result = runSetup({
    setup: {
      label: "v1",
      strategy: "prefix-cached",
      options: { blockSize: 10, caching },
      scheduler: {
        policy: "chunked",
        maxRunning: 100,
        maxBatchedTokens: 1000,
        maxWaiting: null,
        chunkedPrefill: true,
        longPrefillThreshold: 0,
        order: "fcfs",
        fullSequenceGate: true,
        ...limits,
      },
      preemption: { mode: "recompute", swapSlots: 0 },
      latency: { model: "linear", preset: null } as never,
    },
    config: {
      pool: { slots: 10 * (blocks + 1), bytesPerToken: null },
      maxModelLen: 10_000,
      measure: { fromNs: 0, until: "end", slo: null },
    },
    stream: {
      nextArrival() {
        const request = requests[next++];
        return request === undefined ? null : { atNs: request.arrivalNs, user: null };
      },
      nextOfUser: () => null,
      create: (id) => requests[id]!,
    },
    latency: oneMicrosecondEach,
    seed: 0,
    paranoid: true,
    observer: { facts: tellingSink((fact) => facts.push(fact)), decided() {} },
  });
  return { result, facts };
}

/** When each request ended, in microseconds, by id. */
function endings(facts: readonly ToldFact[]): Record<number, number> {
  return Object.fromEntries(
    toldOf(facts, "finished").map(([atNs, { id }]) => [id, atNs / MICROSECOND_NS]),
  );
}

function cachedTokens(facts: readonly ToldFact[]): number[] {
  return toldOf(facts, "admitted").map(([, , cached]) => cached);
}

const same: readonly Segment[] = [{ contentId: 7, offset: 0, length: 45 }];

/** Two equal prompts of 45 tokens, the second long after the first has ended. */
const twice = [
  { prompt: 45, outputs: [3], content: same },
  { prompt: 45, outputs: [3], atMicroseconds: 1000, content: same },
];

describe("chunked serving", () => {
  it("computes a prompt once and finds its full blocks when it comes again", () => {
    const { result, facts } = serve({ sent: twice });
    expect(cachedTokens(facts)).toEqual([0, 40]);
    // 45 tokens and two more; then the 5 that were in no full block, and two more.
    expect(endings(facts)).toEqual({ 0: 47, 1: 1007 });
    expect(result.sharing).toMatchObject({
      prefixHitRate: 40 / 90,
      prefixHitRatePerRequest: 40 / 90,
    });
  });

  it("computes it again with caching off, and has no figures of a cache", () => {
    const { result, facts } = serve({ sent: twice, caching: false });
    expect(endings(facts)).toEqual({ 0: 47, 1: 1047 });
    expect(result.sharing).toMatchObject({ prefixHitRate: null, evictedBlocks: null });
    expect(result.memory.cachedShare).toBeNull();
  });

  it("finds nothing in prompts that nobody shares", () => {
    const own = { prompt: 45, outputs: [3] };
    const { facts } = serve({ sent: [own, { ...own, atMicroseconds: 1000 }] });
    expect(cachedTokens(facts)).toEqual([0, 0]);
  });

  it("admits a head as soon as what it lacks room for has been said by somebody else", () => {
    const said = (length: number) => [{ contentId: 7, offset: 0, length }];
    const sent = [
      { prompt: 15, outputs: [8], content: said(15), outputContent: { contentId: 7, offset: 15 } },
      { prompt: 41, outputs: [1], content: said(41) },
    ];
    const { facts, result } = serve({ sent, blocks: 5 });
    // The second block of the first request fills up in its sixth step; until then three blocks are free, and four are needed.
    const admissions = toldOf(facts, "admitted").map(([atNs, , cached]) => [atNs / 1000, cached]);
    expect(admissions).toEqual([
      [0, 0],
      [15 + 4, 20],
    ]);
    // Looked up in the first step and four more, and then with what it is admitted.
    expect(result.sharing).toMatchObject({ prefixLookupTokens: 15 + 6 * 41, prefixHitTokens: 70 });
  });

  it("shares a step between decodes and a part of a prompt", () => {
    const sent = [
      { prompt: 10, outputs: [5] },
      { prompt: 40, outputs: [1], atMicroseconds: 1 },
    ];
    const { facts } = serve({ sent, limits: { maxBatchedTokens: 16 } });
    // Steps of 10, 1 + 15, 1 + 15 and 1 + 10 tokens, then the first request's last one alone.
    expect(endings(facts)).toEqual({ 1: 10 + 16 + 16 + 11, 0: 10 + 16 + 16 + 11 + 1 });
    const parts = toldOf(facts, "computed").map(([, , , tokens]) => tokens);
    expect(parts).toEqual([15, 15]);
  });

  it("gives a step to those who run, and what is left of its budget to the next prompt", () => {
    const same = { prompt: 2, outputs: [4] };
    const { facts } = serve({ sent: [same, same, same], limits: { maxBatchedTokens: 2 } });
    // Two tokens a step: while one decodes, the next one's prompt is computed a token at a time, and the third waits.
    expect(endings(facts)).toEqual({ 0: 8, 1: 12, 2: 15 });
  });

  it("leaves those behind a request that gives way itself out of the step, and they write nothing", () => {
    const sent = [
      { prompt: 1, outputs: [4] },
      { prompt: 19, outputs: [3], priority: 5 },
      { prompt: 11, outputs: [2], atMicroseconds: 1 },
    ];
    const limits = { order: "priority" } as const;
    const { result, facts } = serve({ sent, limits, blocks: 5, caching: false });
    // Steps of 1 + 19, 1 + 1 + 11, 1 (the second finds no block and gives way), 1 + 1, and again 21 tokens.
    expect(endings(facts)).toEqual({ 0: 36, 1: 57, 2: 36 });
    const tokenMicroseconds = 13 * (1 + 19) + 1 * (2 + 11) + 2 * (3 + 11);
    expect(result.memory.share!.tokenStates).toBe(tokenMicroseconds / (57 * 60));
  });

  it("makes the sequences of a request requests that find each other's prompt", () => {
    const { result, facts } = serve({ sent: [{ prompt: 45, outputs: [3, 9, 6] }] });
    expect(result.requests).toMatchObject({ arrived: 3, finished: 3 });
    expect(cachedTokens(facts)).toEqual([0, 40, 40]);
  });

  it("lets a priority overtake", () => {
    const sent = [
      { prompt: 10, outputs: [2] },
      { prompt: 10, outputs: [2], priority: 5, atMicroseconds: 1 },
      { prompt: 10, outputs: [2], priority: 1, atMicroseconds: 2 },
    ];
    const at = endings(serve({ sent, limits: { order: "priority", maxRunning: 1 } }).facts);
    expect(at[2]).toBeLessThan(at[1]!);
    const inOrder = endings(serve({ sent, limits: { maxRunning: 1 } }).facts);
    expect(inOrder[1]).toBeLessThan(inOrder[2]!);
  });

  it("turns away the newcomers that arrived last when the waiting room is full", () => {
    const sent = [0, 1, 2, 3].map((at) => ({ prompt: 10, outputs: [9], atMicroseconds: at }));
    const { facts } = serve({ sent, limits: { maxRunning: 1, maxWaiting: 1 } });
    const rejected = toldOf(facts, "rejected").map(([, { id }]) => id);
    expect(rejected.sort()).toEqual([2, 3]);
  });

  it("gives up who outgrows the pool while alone, and says what would be needed", () => {
    const { result } = serve({ sent: [{ prompt: 35, outputs: [30] }], blocks: 5 });
    expect(result.verdict.findings[0]).toMatchObject({ code: "failed", need: 60, have: 50 });
    expect(result.requests).toMatchObject({ failed: 1, unfinished: 0 });
  });

  it("counts a block that requests share once, and the null block as rounding", () => {
    const sent = [
      { prompt: 40, outputs: [100], content: same.map((part) => ({ ...part, length: 40 })) },
      { prompt: 40, outputs: [100], content: same.map((part) => ({ ...part, length: 40 })) },
    ];
    const { result } = serve({ sent, blocks: 39 });
    expect(result.memory.share!.rounding).toBe(10 / 400);
    expect(result.sharing.blocksSavedPercent).toBeGreaterThan(0);
    // 14 blocks each, three of them the same, and the null block.
    expect(result.memory.usedSharePeak).toBe((14 + 11 + 1) / 40);
  });
});
