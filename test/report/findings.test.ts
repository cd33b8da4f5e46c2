import { describe, expect, it } from "vitest";
import { notices, noticeText } from "../../src/report/findings.ts";
import type { Finding } from "../../src/result.ts";
import { fixture, fixtureRun, SYSTEMS } from "./fixture.ts";

const finding: Finding = {
  code: "failed",
  request: 7,
  need: 3000,
  have: 2048,
  setting: "memory",
  text: "it outgrew the pool",
};

function textsFor(findings: readonly Finding[], status: "completed" | "stalled" = "completed") {
  const run = fixtureRun(SYSTEMS[3]!, 1);
  const verdict = { status, explanation: "request 7 can never continue", findings };
  return notices(fixture({ runs: [{ ...run, verdict }] })).map(noticeText);
}

describe("notices", () => {
  it("give request, need, what there is and the setting", () => {
    expect(textsFor([finding])).toEqual([
      "failed (paged 16; seed 1): it outgrew the pool (request 7, needs 3,000, has 2,048, change memory)",
    ]);
  });

  it("do not repeat what the text says already", () => {
    const text = "request 7 needs 3000 slots of 2048; raise memory";
    expect(textsFor([{ ...finding, text }])).toEqual([`failed (paged 16; seed 1): ${text}`]);
  });

  it("tell a run that did not complete, and nothing of one that simply did", () => {
    expect(textsFor([], "stalled")).toEqual([
      "stalled (paged 16; seed 1): request 7 can never continue",
    ]);
    expect(textsFor([])).toEqual([]);
  });

  it("say whose figures they are where several seeds have some", () => {
    const notice = { labels: ["a, b", "c"], code: "thrash", seeds: [1, 2] };
    expect(noticeText({ ...notice, text: "5 times" })).toBe(
      "thrash (a, b | c; seeds 1, 2, figures of seed 1): 5 times",
    );
    expect(noticeText({ ...notice, text: "often" })).toBe("thrash (a, b | c; seeds 1, 2): often");
  });

  it("count the seeds where they are many", () => {
    const seeds = Array.from({ length: 2000 }, (_, index) => index + 1);
    expect(noticeText({ labels: ["a"], code: "thrash", seeds, text: "often" })).toBe(
      "thrash (a; 2,000 seeds): often",
    );
  });

  it("say once what holds for several allocators and seeds", () => {
    expect(
      notices(fixture()).map(({ code, labels, seeds }) => [code, labels.length, seeds]),
    ).toEqual([
      ["overloaded", 3, [1, 2]],
      ["rejected", 1, [1, 2]],
    ]);
  });
});
