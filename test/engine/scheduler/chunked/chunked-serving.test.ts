import { describe, expect, it } from "vitest";
import type { ChunkedSchedulerConfig } from "../../../../src/config/scheduler-config.ts";
import type { ContentStart, Request, Segment } from "../../../../src/request.ts";
import { runSetup } from "../../../../src/run-setup.ts";
import type { RequestStream } from "../../../../src/workload/workload.ts";
import { stepTime } from "../../../oracle/step-time.ts";
import { WatchedRun } from "../../watched-run.ts";

const MICROSECOND_NS = 1000;

/** An iteration lasts a microsecond, in milliseconds, for each token that it computes. */
const ONE_MICROSECOND_EACH = {
  model: "linear",
  preset: null,
  coefficients: {
    prefill: { base: 0, perToken: 0.001, perTokenSquared: 0 },
    decode: [{ fromBatch: 1, base: 0, perContextToken: 0, perSequence: 0.001 }],
  },
  transfers: {
    bytesPerToken: 1,
    gpuBytesPerSecond: null,
    pcieBytesPerSecond: 1e12,
    secondsPerCopy: 0,
    copiesPerBlock: 1,
  },
} as const;

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

/** What is seen of a run between its iterations, times in microseconds. */
interface Seen {
  /** When each request finished, by id. */
  readonly endings: Record<number, number>;
  /** When requests were admitted, in order, and how many of their tokens were found in the cache. */
  readonly admissions: [at: number, hitTokens: number][];
  /** Tokens of each part of a prompt that was not the last. */
  readonly parts: number[];
  readonly turnedAway: number[];
}

/** Blocks of 10 tokens; `blocks` of them can be given out. */
function serve({ sent, limits, blocks = 100, caching = true }: Run) {
  const setup = {
    label: "v1",
    strategy: "prefix-cached",
    options: { blockSize: 10, caching },
    scheduler: {
      policy: "chunked" as const,
      maxRunning: 100,
      maxBatchedTokens: 1000,
      maxWaiting: null,
      chunkedPrefill: true,
      longPrefillThreshold: 0,
      order: "fcfs" as const,
      fullSequenceGate: true,
      ...limits,
    },
    preemption: { mode: "recompute" as const, swapSlots: 0 },
    latency: ONE_MICROSECOND_EACH,
  };
  const config = {
    pool: { slots: 10 * (blocks + 1), bytesPerToken: null },
    maxModelLen: 10_000,
    measure: { fromNs: 0, until: "end" as const, slo: null },
  };
  const result = runSetup({ setup, config, stream: streamOf(sent), seed: 0, paranoid: true });
  return { result, seen: watch(new WatchedRun({ setup, config, stream: streamOf(sent), price })) };
}

function price(work: Parameters<typeof stepTime>[1]) {
  return stepTime(ONE_MICROSECOND_EACH, work);
}

function streamOf(sent: readonly Sent[]): RequestStream {
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
  return {
    foreseeable: null,
    nextArrival() {
      const request = requests[next++];
      return request === undefined ? null : { atNs: request.arrivalNs, user: null };
    },
    nextOfUser: () => null,
    create: (id) => requests[id]!,
  };
}

function watch(run: WatchedRun): Seen {
  const seen: Seen = { endings: {}, admissions: [], parts: [], turnedAway: [] };
  for (const { nowNs, isDecision, finished, turnedAway } of run.instants()) {
    const now = nowNs / MICROSECOND_NS;
    for (const id of finished) seen.endings[id] = now;
    seen.turnedAway.push(...turnedAway);
    if (!isDecision) continue;
    for (const [, hitTokens] of run.admitted()) seen.admissions.push([now, hitTokens]);
    seen.parts.push(...run.parts());
  }
  return seen;
}

function cachedTokens({ admissions }: Seen): number[] {
  return admissions.map(([, cached]) => cached);
}

const same: readonly Segment[] = [{ contentId: 7, offset: 0, length: 45 }];

/** Two equal prompts of 45 tokens, the second long after the first has ended. */
const twice = [
  { prompt: 45, outputs: [3], content: same },
  { prompt: 45, outputs: [3], atMicroseconds: 1000, content: same },
];

describe("chunked serving", () => {
  it("computes a prompt once and finds its full blocks when it comes again", () => {
    const { result, seen } = serve({ sent: twice });
    expect(cachedTokens(seen)).toEqual([0, 40]);
    // 45 tokens and two more; then the 5 that were in no full block, and two more.
    expect(seen.endings).toEqual({ 0: 47, 1: 1007 });
    expect(result.sharing).toMatchObject({
      prefixHitRate: 40 / 90,
      prefixHitRatePerRequest: 40 / 90,
    });
  });

  it("computes it again with caching off, and has no figures of a cache", () => {
    const { result, seen } = serve({ sent: twice, caching: false });
    expect(seen.endings).toEqual({ 0: 47, 1: 1047 });
    expect(result.sharing).toMatchObject({ prefixHitRate: null, evictedBlocks: null });
    expect(result.memory.cachedShare).toBeNull();
  });

  it("finds nothing in prompts that nobody shares", () => {
    const own = { prompt: 45, outputs: [3] };
    const { seen } = serve({ sent: [own, { ...own, atMicroseconds: 1000 }] });
    expect(cachedTokens(seen)).toEqual([0, 0]);
  });

  it("admits a head as soon as what it lacks room for has been said by somebody else", () => {
    const said = (length: number) => [{ contentId: 7, offset: 0, length }];
    const sent = [
      { prompt: 15, outputs: [8], content: said(15), outputContent: { contentId: 7, offset: 15 } },
      { prompt: 41, outputs: [1], content: said(41) },
    ];
    const { seen, result } = serve({ sent, blocks: 5 });
    // The second block of the first request fills up in its sixth step; until then three blocks are free, and four are needed.
    expect(seen.admissions).toEqual([
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
    const { seen } = serve({ sent, limits: { maxBatchedTokens: 16 } });
    // Steps of 10, 1 + 15, 1 + 15 and 1 + 10 tokens, then the first request's last one alone.
    expect(seen.endings).toEqual({ 1: 10 + 16 + 16 + 11, 0: 10 + 16 + 16 + 11 + 1 });
    expect(seen.parts).toEqual([15, 15]);
  });

  it("gives a step to those who run, and what is left of its budget to the next prompt", () => {
    const same = { prompt: 2, outputs: [4] };
    const { seen } = serve({ sent: [same, same, same], limits: { maxBatchedTokens: 2 } });
    // Two tokens a step: while one decodes, the next one's prompt is computed a token at a time, and the third waits.
    expect(seen.endings).toEqual({ 0: 8, 1: 12, 2: 15 });
  });

  it("leaves those behind a request that gives way itself out of the step, and they write nothing", () => {
    const sent = [
      { prompt: 1, outputs: [4] },
      { prompt: 19, outputs: [3], priority: 5 },
      { prompt: 11, outputs: [2], atMicroseconds: 1 },
    ];
    const limits = { order: "priority" } as const;
    const { result, seen } = serve({ sent, limits, blocks: 5, caching: false });
    // Steps of 1 + 19, 1 + 1 + 11, 1 (the second finds no block and gives way), 1 + 1, and again 21 tokens.
    expect(seen.endings).toEqual({ 0: 36, 1: 57, 2: 36 });
    const tokenMicroseconds = 13 * (1 + 19) + 1 * (2 + 11) + 2 * (3 + 11);
    expect(result.memory.share!.tokenStates).toBe(tokenMicroseconds / (57 * 60));
  });

  it("makes the sequences of a request requests that find each other's prompt", () => {
    const { result, seen } = serve({ sent: [{ prompt: 45, outputs: [3, 9, 6] }] });
    expect(result.requests).toMatchObject({ arrived: 3, finished: 3 });
    expect(cachedTokens(seen)).toEqual([0, 40, 40]);
  });

  it("lets a priority overtake", () => {
    const sent = [
      { prompt: 10, outputs: [2] },
      { prompt: 10, outputs: [2], priority: 5, atMicroseconds: 1 },
      { prompt: 10, outputs: [2], priority: 1, atMicroseconds: 2 },
    ];
    const at = serve({ sent, limits: { order: "priority", maxRunning: 1 } }).seen.endings;
    expect(at[2]).toBeLessThan(at[1]!);
    const inOrder = serve({ sent, limits: { maxRunning: 1 } }).seen.endings;
    expect(inOrder[1]).toBeLessThan(inOrder[2]!);
  });

  it("turns away the newcomers that arrived last when the waiting room is full", () => {
    const sent = [0, 1, 2, 3].map((at) => ({ prompt: 10, outputs: [9], atMicroseconds: at }));
    const { result, seen } = serve({ sent, limits: { maxRunning: 1, maxWaiting: 1 } });
    expect(seen.turnedAway.toSorted()).toEqual([2, 3]);
    expect(result.requests).toMatchObject({ rejected: 2, failed: 0 });
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
