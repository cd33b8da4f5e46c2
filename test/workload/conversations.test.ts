import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/random.ts";
import { simulate } from "../../src/simulate.ts";
import { changed, loadText } from "../config/temporary-config.ts";
import {
  answerOf,
  atOnce,
  constant,
  essence,
  independent,
  open,
  tokensOf,
  uniform,
} from "./open-conversations.ts";
import { byUser, type Served, serve } from "./serve.ts";

describe("a conversation", () => {
  it("goes on from everything that was said, prompts and answers", async () => {
    const choice = { sharedTokens: 7, pool: 3, turns: uniform(1, 5) };
    const lengths = independent(uniform(1, 9), uniform(1, 9));
    const conversations = byUser(serve(await open(choice, { lengths, n: 2 }), atOnce, 200));
    for (const turns of conversations) {
      turns.forEach(({ request }, turn) => {
        expect(tokensOf(request)).toHaveLength(request.promptTokens);
        expect(request.outputTokens).toHaveLength(2);
        if (turn === 0) return;
        const before = turns[turn - 1]!.request;
        const said = [...tokensOf(before), ...answerOf(before)];
        expect(tokensOf(request).slice(0, said.length)).toEqual(said);
        expect(request.promptTokens).toBeGreaterThan(said.length);
      });
    }
    expect(conversations.filter((turns) => turns.length > 1).length).toBeGreaterThan(100);
  });

  it("says what nobody else says, after the system prompt", async () => {
    const lengths = independent(constant(3), constant(2));
    const choice = { sharedTokens: 4, pool: 5, turns: constant(3) };
    const conversations = byUser(serve(await open(choice, { lengths }), atOnce, 300));
    const own = conversations.map((turns) => {
      const ids = new Set(turns.map(({ request }) => request.content![1]!.contentId));
      const answers = new Set(turns.map(({ request }) => request.outputContent!.contentId));
      expect(answers).toEqual(ids);
      return [...ids];
    });
    expect(own.every((ids) => ids.length === 1)).toBe(true);
    expect(new Set(own.flat()).size).toBe(300);
    expect(own.flat().every((id) => (id | 0) === id && id >= 5)).toBe(true);
    const systems = conversations.map(([first]) => first!.request.content![0]!);
    expect(systems.every(({ offset, length }) => offset === 0 && length === 4)).toBe(true);
    expect([...new Set(systems.map(({ contentId }) => contentId))].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("is the same whatever the order in which turns are served", async () => {
    const service = fc.tuple(fc.integer(), fc.constantFrom(1, 1e3, 1e9, 1e11));
    const alone = byUser(serve(await open({ sharedTokens: 9, pool: 4 }), atOnce, 40)).map(essence);
    await fc.assert(
      fc.asyncProperty(service, async ([salt, scale]) => {
        const random = randomStream(salt, "service");
        const served = serve(
          await open({ sharedTokens: 9, pool: 4 }),
          () => Math.floor(random() * scale),
          40,
        );
        expect(byUser(served).map(essence)).toEqual(alone);
      }),
      { numRuns: 20 },
    );
  });

  it("keeps its messages when people think longer, and its thoughts when they say more", async () => {
    const messages = (served: Served[]) =>
      byUser(served).map((turns) => turns.map(({ request }) => request.promptTokens));
    const thoughts = (served: Served[]) =>
      byUser(served).map((turns) => essence(turns).map(({ thoughtNs }) => thoughtNs));
    const usual = serve(await open(), atOnce, 100);
    const slow = serve(await open({ thinkSeconds: 100 }), atOnce, 100);
    const wordy = serve(
      await open({}, { lengths: independent(constant(9), constant(9)) }),
      atOnce,
      100,
    );
    expect(messages(slow)).toEqual(messages(usual));
    expect(thoughts(wordy)).toEqual(thoughts(usual));
    expect(thoughts(slow)).not.toEqual(thoughts(usual));
  });

  it("is another one for another seed", async () => {
    const [one, two] = [
      serve(await open(), atOnce, 20),
      serve(await open({ seed: 2 }), atOnce, 20),
    ];
    expect(byUser(one).map(essence)).not.toEqual(byUser(two).map(essence));
  });
});

describe("the end of a conversation", () => {
  it("is where the next prompt would not fit the model", async () => {
    const choice = { turns: constant(10), sharedTokens: 20, maxModelLen: 200 };
    const lengths = independent(uniform(1, 90), uniform(1, 90));
    const cut = byUser(serve(await open(choice, { lengths }), atOnce, 200));
    const whole = byUser(
      serve(await open({ ...choice, maxModelLen: 1e6 }, { lengths }), atOnce, 200),
    );
    cut.forEach((turns, user) => {
      const all = whole[user]!.map(({ request }) => request.promptTokens);
      const fitting = all.findIndex((tokens) => tokens >= 200);
      expect(turns.map(({ request }) => request.promptTokens)).toEqual(
        all.slice(0, fitting === -1 ? 10 : Math.max(1, fitting)),
      );
    });
    expect(cut.some((turns) => turns.length > 1 && turns.length < 10)).toBe(true);
  });

  it("leaves room for one token of an answer", async () => {
    const lengths = independent(constant(20), constant(10));
    for (const [maxModelLen, turns] of [
      [80, 2],
      [81, 3],
    ] as const) {
      const stream = await open({ turns: constant(9), maxModelLen }, { lengths });
      expect(serve(stream, atOnce, 1)).toHaveLength(turns);
    }
  });

  it("is the first message if that alone is too long", async () => {
    const lengths = independent(constant(300), constant(1));
    const served = serve(await open({ maxModelLen: 200 }, { lengths }), atOnce, 10);
    expect(served).toHaveLength(10);
  });

  it("is the limit of requests, which counts every turn", async () => {
    const workload = await open({ turns: constant(5), thinkSeconds: 0 }, { requests: 123 });
    expect(serve(workload, () => 3e9)).toHaveLength(123);
  });

  it("is the duration, for turns as for beginnings", async () => {
    const stream = await open({ thinkSeconds: 5 }, { requests: null, durationNs: 60e9 });
    const served = serve(stream, () => 1e9);
    expect(served.length).toBeGreaterThan(100);
    expect(Math.max(...served.map(({ request }) => request.arrivalNs))).toBeLessThanOrEqual(60e9);
    expect(served.some(({ request, endNs }) => request.arrivalNs < 60e9 && endNs > 60e9)).toBe(
      true,
    );
  });

  it("is beyond simulated time, said in one line", async () => {
    const stream = await open({ turns: constant(2), thinkSeconds: 1e7 });
    expect(() => serve(stream, atOnce, 50)).toThrow(/arrives after 104 days/);
  });

  it("forgets the conversation", async () => {
    const stream = await open({ turns: constant(1) });
    const arrival = stream.nextArrival()!;
    stream.create(0, arrival);
    expect(stream.nextOfUser(arrival.user!, 5)).toBeNull();
    expect(() => stream.nextOfUser(arrival.user!, 6)).toThrow(/has ended/);
  });
});

describe("a run with conversations", () => {
  const text = changed(
    "{process: poisson, rate: 5}",
    "{process: deterministic, rate: 0.1}\n  prefix: {shared: 40, turns: 3}",
  )
    .replace(
      "{prompt: {constant: 10}, output: {uniform: [1, 20]}}",
      "{prompt: {constant: 20}, output: {constant: 10}}",
    )
    .replace("requests: 20", "duration: 55s")
    .replace(
      "  - strategy: paged\n    blockSize: 16",
      "  - {strategy: prefix-cached, blockSize: 16}\n  - {strategy: paged, blockSize: 16}",
    );

  it("hits what was said in every block that was full, and no more", async () => {
    const [cached, paged] = await simulate(loadText(text), { paranoid: true });
    // An answer's last token is never written; a block at the edge of the system prompt is nobody else's.
    const written = [40, 40 + 30 - 1, 40 + 60 - 1];
    const [first, second, third] = written.map((tokens) => Math.floor(tokens / 16) * 16);
    expect(cached!.sharing.prefixHitTokens).toBe(6 * (first! + second! + third!) - first!);
    expect(cached!.sharing.prefixLookupTokens).toBe(6 * (60 + 90 + 120));
    expect(paged!.requests).toMatchObject({ arrived: 18, finished: 18 });
    expect(cached!.requests).toEqual(paged!.requests);
  });
});
