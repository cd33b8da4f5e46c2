import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../src/report/escape.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import type { RunResult } from "../../src/result.ts";
import { fixture, fixtureRun, SYSTEMS } from "./fixture.ts";

const plain = { width: 80, color: false };

function relabelled(label: string, run: RunResult): RunResult {
  return { ...run, allocator: { ...run.allocator, label } };
}

describe("terminalReport", () => {
  it("stays within 80 columns for every label and name, and lets no control character through", () => {
    const { runs } = fixture();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 120 }), (label) => {
        const document = fixture({ name: label, runs: runs.map((run) => relabelled(label, run)) });
        const report = terminalReport(document, plain);
        expect(Math.max(...report.split("\n").map(displayWidth))).toBeLessThanOrEqual(80);
        expect(report.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 60 },
    );
  });

  it("stays within 80 columns for large numbers", () => {
    const huge = { ...SYSTEMS[0]!, running: 98_765.4, ttft: 1_234_567 };
    const small = { ...SYSTEMS[3]!, label: "x".repeat(70), ttft: 0.012 };
    const runs = [fixtureRun(huge, 1), fixtureRun(huge, 2), fixtureRun(small, 1)];
    for (const line of terminalReport(fixture({ runs }), plain).split("\n"))
      expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  it("aligns its columns", () => {
    const rows = terminalReport(fixture(), plain)
      .split("\n")
      .filter((line) => /^(contiguous|paged).*[█▓]/.test(line));
    expect(rows).toHaveLength(4);
    for (const mark of ["±", "█"])
      expect(new Set(rows.map((row) => row.indexOf(mark))).size).toBe(1);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });

  it("ends with the outcome in words", () => {
    expect(terminalReport(fixture(), plain).trimEnd().split("\n").slice(-2).join(" ")).toBe(
      "paged 16 holds 4.8x the requests of contiguous max buddy at once (33.9 against 7.0) and wastes 4.4 % of the pool in use instead of 79.6 %.",
    );
  });

  it("says the same with and without colour", () => {
    const coloured = terminalReport(fixture(), { width: 80, color: true });
    const sequence = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(coloured).toMatch(sequence);
    expect(coloured.replace(sequence, "")).toBe(terminalReport(fixture(), plain));
  });

  it("shows a dash where a run has no data, and no interval for one seed", () => {
    const run = fixtureRun(SYSTEMS[3]!, 1);
    const nothing = { ...run, memory: { ...run.memory, share: null, wastePercent: null } };
    const report = terminalReport(fixture({ runs: [nothing] }), plain);
    expect(report).toMatch(/paged 16 +33\.9 +– +– +3\.4 +12\.1/);
    expect(report).not.toContain("±");
  });

  it("has something to say about a document without runs", () => {
    expect(terminalReport(fixture({ runs: [] }), plain)).toContain("No allocator completed");
  });
});
