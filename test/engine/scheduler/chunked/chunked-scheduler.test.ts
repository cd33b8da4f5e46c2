import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caches } from "../../chunked-scheduler.ts";
import { BLOCK_SIZE, type Sent, Server, tokensOf } from "./serve.ts";

const MAX_MODEL_LEN = 64;

const requests = fc.array(
  fc
    .record({
      promptTokens: fc.integer({ min: 1, max: 40 }),
      outputTokens: fc.integer({ min: 1, max: 24 }),
      share: fc.integer({ min: 0, max: 40 }),
      priority: fc.integer({ min: 0, max: 2 }),
      afterSteps: fc.integer({ min: 0, max: 6 }),
    })
    .map(({ share, ...sent }) => ({ ...sent, shared: Math.min(share, sent.promptTokens) })),
  { minLength: 1, maxLength: 12 },
);

const limits = fc.record({
  maxRunning: fc.integer({ min: 1, max: 8 }),
  maxBatchedTokens: fc.integer({ min: 1, max: 80 }),
  maxModelLen: fc.constant(MAX_MODEL_LEN),
  longPrefillThreshold: fc.constantFrom(0, 1, 7, 30),
  order: fc.constantFrom("fcfs" as const, "priority" as const),
  fullSequenceGate: fc.boolean(),
});

/** Blocks of a pool that holds the longest request, and not many. */
const blocks = fc.integer({ min: MAX_MODEL_LEN / BLOCK_SIZE, max: 40 });

/** Serves all requests, each sent so many steps after the one before; `seen` is called after each step's decisions. */
function serveAll(
  server: Server,
  sent: readonly (Sent & { afterSteps: number })[],
  seen: (tokens: Record<number, number>, step: number) => void,
): void {
  const coming = [...sent];
  let since = 0;
  for (let step = 0; coming.length > 0 || server.present > 0; step += 1, since += 1) {
    while (coming.length > 0 && coming[0]!.afterSteps <= since) {
      server.send(coming.shift()!);
      since = 0;
    }
    expect(step).toBeLessThan(20_000);
    server.scheduler.schedule();
    seen(tokensOf(server.scheduler), step);
    server.scheduler.complete();
  }
}

function idsOf(requests: readonly { readonly id: number }[]): number[] {
  return requests.map(({ id }) => id);
}

describe("serving any requests from a pool that holds the longest", () => {
  it("keeps the limits, ends every request after all its tokens, and leaves the pool free", () => {
    fc.assert(
      fc.property(limits, blocks, fc.boolean(), requests, (given, pool, caching, sent) => {
        const mark = caches.module.mark();
        const server = new Server(given, pool, caching);
        serveAll(server, sent, (tokens) => {
          const computed = Object.values(tokens).reduce((sum, count) => sum + count, 0);
          expect(computed).toBeLessThanOrEqual(given.maxBatchedTokens);
          expect(server.scheduler.runningCount).toBeLessThanOrEqual(given.maxRunning);
          for (const count of Object.values(tokens)) expect(count).toBeGreaterThan(0);
        });
        expect(server.requests.map(({ generated }) => generated)).toEqual(
          sent.map(({ outputTokens }) => outputTokens),
        );
        expect(server.cache.freeBlocks).toBe(pool);
        caches.module.release(mark);
      }),
    );
  });

  it("computes without a cache and without preemption each prompt once and each output but the last", () => {
    fc.assert(
      fc.property(limits, requests, (given, sent) => {
        const mark = caches.module.mark();
        const server = new Server(given, 400, false);
        let computed = 0;
        serveAll(server, sent, (tokens) => {
          for (const count of Object.values(tokens)) computed += count;
        });
        expect(computed).toBe(
          sent.reduce(
            (sum, { promptTokens, outputTokens }) => sum + promptTokens + outputTokens - 1,
            0,
          ),
        );
        caches.module.release(mark);
      }),
    );
  });
});

describe("a step", () => {
  it("computes prompts in parts, running requests first, until its budget is spent", () => {
    const server = new Server();
    server.send({ promptTokens: 20, outputTokens: 2 }, { promptTokens: 20, outputTokens: 2 });
    expect(server.step()).toEqual({ 0: 16 });
    expect(server.step()).toEqual({ 0: 4, 1: 12 });
    expect(server.step()).toEqual({ 0: 1, 1: 8 });
    expect(server.step()).toEqual({ 1: 1 });
    expect(server.present).toBe(0);
  });

  it("computes of one request no more than the threshold, decoding or not", () => {
    const server = new Server({ longPrefillThreshold: 5 });
    server.send({ promptTokens: 12, outputTokens: 2 });
    expect([server.step(), server.step(), server.step()]).toEqual([{ 0: 5 }, { 0: 5 }, { 0: 2 }]);
  });

  it("takes whole prompts only without chunked prefill, one that just fits among them", () => {
    const server = new Server({ chunkedPrefill: false });
    server.send(
      { promptTokens: 10, outputTokens: 1 },
      { promptTokens: 6, outputTokens: 1 },
      { promptTokens: 16, outputTokens: 1 },
    );
    expect(server.step()).toEqual({ 0: 10, 1: 6 });
    expect(server.step()).toEqual({ 2: 16 });
  });

  it("lets nobody overtake a head that has no room", () => {
    const server = new Server({}, 6);
    server.send(
      { promptTokens: 12, outputTokens: 4 },
      { promptTokens: 16, outputTokens: 1 },
      { promptTokens: 1, outputTokens: 1 },
    );
    expect(server.step()).toEqual({ 0: 12 });
    expect(server.step()).toEqual({ 0: 1 });
  });

  it("admits on the first part of a prompt only where the whole need not fit", () => {
    for (const fullSequenceGate of [true, false]) {
      const server = new Server({ fullSequenceGate, maxBatchedTokens: 8 }, 4);
      server.send({ promptTokens: 20, outputTokens: 1 });
      expect(server.step()).toEqual(fullSequenceGate ? {} : { 0: 8 });
    }
  });

  it("skips what a prompt longer than the model can never compute, and serves the others", () => {
    const server = new Server({ maxModelLen: 16, maxBatchedTokens: 12 });
    server.send({ promptTokens: 17, outputTokens: 1 }, { promptTokens: 4, outputTokens: 3 });
    expect(server.step()).toEqual({ 0: 12 });
    expect(server.step()).toEqual({ 0: 3, 1: 4 });
    expect(server.step()).toEqual({ 1: 1 });
    expect(server.cache.heldBlocks(server.requests[1]!.handle)).toBe(2);
    expect(server.step()).toEqual({ 1: 1 });
    expect(server.step()).toEqual({});
    expect(idsOf(server.scheduler.running())).toEqual([0]);
  });
});

describe("when memory runs out", () => {
  it("preempts who was admitted last, and admits nobody in that step", () => {
    const server = new Server({}, 4, false);
    server.send({ promptTokens: 7, outputTokens: 8 }, { promptTokens: 7, outputTokens: 8 });
    server.step();
    server.step();
    server.send({ promptTokens: 1, outputTokens: 1 });
    const step = server.scheduler.schedule();
    const [, last] = server.requests;
    expect(tokensOf(server.scheduler)).toEqual({ 0: 1 });
    expect(idsOf(step.preempted)).toEqual([1]);
    expect(last!.lostTokens).toBe(8);
    expect(step.leftWaiting).toBeNull();
    expect(idsOf(server.scheduler.running())).toEqual([0]);
    expect(server.scheduler.waiting()).toEqual([1, 2]);
  });

  it("takes back the tokens of a victim of low priority that was scheduled already", () => {
    const server = new Server({ order: "priority", maxBatchedTokens: 20 }, 4, false);
    server.send({ promptTokens: 5, outputTokens: 8, priority: 1 });
    server.step();
    server.send({ promptTokens: 8, outputTokens: 8, priority: 0 });
    server.step();
    const step = server.scheduler.schedule();
    expect(tokensOf(server.scheduler)).toEqual({ 1: 1 });
    expect(idsOf(step.preempted)).toEqual([0]);
    expect(server.requests[0]!.lostTokens).toBe(6);
    expect(step.budgetTokens).toBe(19);
  });
});
