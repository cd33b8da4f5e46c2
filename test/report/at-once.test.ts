import { describe, expect, it } from "vitest";
import { atOnce } from "../../src/report/at-once.ts";
import { headline } from "../../src/report/headline.ts";
import { byAllocator } from "../../src/report/summary.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import type { RunResult } from "../../src/result.ts";
import { fixture, fixtureRun, SYSTEMS } from "./fixture.ts";

const [max, , , paged] = SYSTEMS;
const groups = withSequences(fixtureRun({ ...max!, running: 7 }, 1), 28);
const single = withSequences(fixtureRun({ ...paged!, running: 34 }, 1), 34);

function withSequences(run: RunResult, sequencesMean: number): RunResult {
  return { ...run, concurrency: { ...run.concurrency, sequencesMean } };
}

const of = (...runs: RunResult[]) => atOnce(byAllocator(fixture({ runs })));

describe("what is compared at once", () => {
  it("is requests where all allocators keep a request's sequences together, or all serve them singly", () => {
    for (const runs of [[groups], [single], [single, { ...single, seed: 2 }]])
      expect(of(...runs)).toMatchObject({ unit: "requests", note: null });
  });

  it("asks nothing of those who held nobody", () => {
    const nobody = withSequences(fixtureRun({ ...SYSTEMS[1]!, running: 0 }, 1), 0);
    expect(of(groups, nobody)).toMatchObject({ unit: "requests", note: null });
  });

  it("is sequences where only some do, and the report says whose requests are single sequences", () => {
    const runs = [groups, single];
    const { unit, metric, note } = of(...runs);
    expect(unit).toBe("sequences");
    expect(runs.map(metric)).toEqual([28, 34]);
    expect(note).toMatch(/^Requests of paged 16 are single sequences/);
    const document = fixture({ runs });
    expect(headline(document)).toMatch(/holds 1\.2x the sequences of contiguous max buddy at once/);
    expect(terminalReport(document, { width: 80, color: false })).toContain("sequences at once: ");
  });
});
