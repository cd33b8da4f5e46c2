import { describe, expect, it } from "vitest";
import { condensedNotices, notices, noticeText } from "../../src/report/findings.ts";
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

  it("are said once in a few lines also where their figures differ, with those of the first", () => {
    const nothing = { request: null, need: null, have: null, setting: null };
    const of = (index: number, text: string) => {
      const verdict = { explanation: "", findings: [{ code: "overloaded", ...nothing, text }] };
      return {
        ...fixtureRun(SYSTEMS[index]!, 1),
        verdict: { status: "completed" as const, ...verdict },
      };
    };
    const runs = [of(0, "3 of 7 wait"), of(3, "2 of 7 wait"), of(1, "all wait")];
    expect(condensedNotices(fixture({ runs })).map(noticeText)).toEqual([
      "overloaded (contiguous max buddy | paged 16; seed 1, figures of contiguous max buddy): 3 of 7 wait",
      "overloaded (contiguous pow2 buddy; seed 1): all wait",
    ]);
    expect(notices(fixture({ runs })).length).toBe(3);
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
