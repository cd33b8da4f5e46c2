import { describe, expect, it } from "vitest";
import { kolmogorovSmirnov, moments } from "../sampling.ts";
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
import { byUser, serve } from "./serve.ts";

describe("the laws of conversations", () => {
  it("have as many turns as their law says", async () => {
    const conversations = byUser(serve(await open({ turns: uniform(1, 8) }), atOnce, 4000));
    const { mean, variance } = moments(Float64Array.from(conversations, ({ length }) => length));
    expect(Math.abs(mean - 4.5)).toBeLessThan(4 * Math.sqrt(variance / 4000));
    expect(variance).toBeCloseTo(63 / 12, 0);
  });

  it("think for exponential times after an answer", async () => {
    const served = serve(await open({ thinkSeconds: 3 }), () => 5e9, 3000);
    const thoughts = byUser(served).flatMap((turns) =>
      essence(turns)
        .slice(1)
        .map(({ thoughtNs }) => thoughtNs / 1e9),
    );
    expect(thoughts.length).toBeGreaterThan(5000);
    const distance = kolmogorovSmirnov(
      Float64Array.from(thoughts),
      (seconds) => 1 - Math.exp(-seconds / 3),
    );
    expect(distance).toBeLessThan(1.95);
  });

  it("draw messages and answers as lengths says, in every turn", async () => {
    const lengths = independent(uniform(1, 100), uniform(1, 100));
    const conversations = byUser(serve(await open({}, { lengths }), atOnce, 3000));
    for (const turn of [0, 1, 4]) {
      const messages = conversations
        .filter((turns) => turns.length > turn)
        .map((turns) => {
          const before = turns[turn - 1]?.request;
          const said = before === undefined ? 0 : before.promptTokens + before.outputTokens[0]!;
          return turns[turn]!.request.promptTokens - said;
        });
      const { mean, variance } = moments(Float64Array.from(messages));
      expect(Math.abs(mean - 50.5)).toBeLessThan(4 * Math.sqrt(variance / messages.length));
    }
  });

  it("repeat the part of their prompts that a count by hand gives", async () => {
    const [system, message, answer, turns, count] = [11, 5, 3, 4, 50];
    const stream = await open(
      { sharedTokens: system, turns: constant(turns), thinkSeconds: 0 },
      { lengths: independent(constant(message), constant(answer)) },
    );
    const seen = new Set<string>();
    let prompts = 0;
    let repeated = 0;
    for (const { request } of serve(stream, atOnce, count)) {
      const tokens = tokensOf(request);
      const beginnings = tokens.map((_, i) => tokens.slice(0, i + 1).join());
      prompts += tokens.length;
      repeated += beginnings.filter((beginning) => seen.has(beginning)).length;
      const said = [...tokens, ...answerOf(request)];
      for (let i = 1; i <= said.length; i++) seen.add(said.slice(0, i).join());
    }
    const later = (turns * (turns - 1)) / 2;
    const said = turns * system + later * (message + answer);
    expect(prompts).toBe(count * (said + turns * message));
    expect(repeated).toBe(count * said - system);
  });
});
