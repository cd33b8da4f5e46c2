import { describe, expect, it } from "vitest";
import { headline } from "../../src/report/headline.ts";
import { fixture, fixtureRun, SYSTEMS, type System } from "./fixture.ts";

const [max, , , paged] = SYSTEMS as [System, System, System, System];

const idle = { shares: [0.2, 0.1, 0, 0, 0, 0] } as const;

function of(...systems: readonly System[]) {
  return headline(
    fixture({ runs: systems.flatMap((system) => [1, 2].map((seed) => fixtureRun(system, seed))) }),
  );
}

describe("headline", () => {
  it("names whoever wins, whichever comes first", () => {
    expect(of(paged, max)).toBe(of(max, paged));
    expect(of(paged, max)).toBe(
      "paged 16 holds 4.8x the requests of contiguous max buddy at once (33.9 against 7.0) and wastes 4.4 % of the pool in use instead of 79.6 %.",
    );
  });

  it("says what holding more costs", () => {
    expect(of({ ...max, running: 70 }, paged)).toBe(
      "contiguous max buddy holds 2.1x the requests of paged 16 at once (70.1 against 33.9), yet wastes 79.6 % of the pool in use against 4.4 % and says its first token 117.0x later (1,415.43 ± 35.90 s against 12.09 ± 0.31 s).",
    );
    const preempting = { ...paged, shares: max.shares, ttft: max.ttft, preempted: 40 };
    expect(of(preempting, max)).toMatch(
      /, yet preempts more requests \(40\.\d % against 0\.0 %\)\.$/,
    );
    const losing = [1, 2].map((seed) => {
      const run = fixtureRun(preempting, seed);
      return { ...run, requests: { ...run.requests, finished: 6000, failed: 1200 } };
    });
    const runs = [...losing, fixtureRun(max, 1), fixtureRun(max, 2)];
    expect(headline(fixture({ runs }))).toMatch(
      /, yet turns more away \(16\.7 % against 0\.0 %\) and preempts/,
    );
  });

  it("claims no win where the difference is small", () => {
    expect(of({ ...max, running: 33, ttft: paged.ttft }, paged)).toBe(
      "No allocator holds clearly more requests than another (33.1 to 33.9 at once).",
    );
  });

  it("names the one that answers sooner where that tells them apart", () => {
    const late = { ...max, running: 33, ttft: 4 * paged.ttft };
    expect(of(late, paged)).toMatch(
      /at once\), but paged 16 says its first token 4\.0x sooner than contiguous max buddy \(/,
    );
  });

  it("claims no win that the intervals do not carry", () => {
    const wide = [
      fixtureRun({ ...paged, running: 5 }, 1),
      fixtureRun({ ...paged, running: 60 }, 2),
    ];
    const runs = [...wide, fixtureRun(max, 1), fixtureRun(max, 2)];
    expect(headline(fixture({ runs }))).toMatch(/^No allocator holds clearly more/);
  });

  it("says so when memory is idle everywhere", () => {
    const fine = { ...idle, findings: [], preempted: 0 };
    expect(of({ ...max, ...fine }, { ...paged, ...fine, running: 7 })).toMatch(
      /: memory is not what limits this load\.$/,
    );
  });

  it("does not say so where somebody was refused memory, lost it, or had to go", () => {
    const fine = { ...paged, ...idle, findings: [], preempted: 0, running: 7 };
    const unlucky: Partial<System>[] = [
      { shares: [0.2, 0.1, 0, 0, 0, 0.05] },
      { preempted: 3 },
      { findings: max.findings },
    ];
    for (const change of unlucky)
      expect(of({ ...max, ...fine, label: "a", ...change }, fine)).not.toMatch(/short of room/);
  });

  it("draws no verdict from results of different loads", () => {
    const config = { differences: { "workload.requests": { "#1": 1, "#2": 2 }, gpu: {} } };
    expect(headline(fixture({ config }))).toBe(
      "The loads differ (workload.requests): who holds more at once says nothing of the allocators.",
    );
    expect(headline(fixture({ config: { differences: { gpu: {} } } }))).toMatch(/ holds /);
  });

  it("names the one that keeps up where the others are full, though it has fewer at once", () => {
    const roomy = { ...max, ...idle, findings: [], running: 5 };
    expect(of(roomy, paged)).toBe(
      "contiguous max buddy serves this load with 70 % of the pool idle (5.0 requests at once), where paged 16 is full with 33.9.",
    );
  });

  it("leaves out what did not complete, and says how many", () => {
    const stuck = { status: "stalled", explanation: "", findings: [] } as const;
    const runs = fixture().runs.map((run) =>
      run.allocator.label === "paged 16" ? { ...run, verdict: stuck } : run,
    );
    expect(headline(fixture({ runs }))).toMatch(/^contiguous oracle .* 1 of 4 did not complete\.$/);
    const none = runs.filter((run) => run.verdict === stuck);
    expect(headline(fixture({ runs: none }))).toMatch(/^No allocator completed/);
  });

  it("counts as not completed only what did not", () => {
    const runs = fixture().runs.map((run) =>
      run.allocator.label === "paged 16"
        ? { ...run, concurrency: { ...run.concurrency, runningMean: null } }
        : run,
    );
    expect(headline(fixture({ runs }))).toMatch(/^contiguous oracle buddy holds .* %\.$/);
  });

  it("blames the window only where it is too short for all", () => {
    const short = { code: "short-window", request: null, need: null, have: null } as const;
    const of = (isShort: (label: string) => boolean) => {
      const runs = fixture().runs.map((run) => {
        const finding = { ...short, setting: null, text: "" };
        const findings = isShort(run.allocator.label) ? [finding] : [];
        return { ...run, verdict: { ...run.verdict, findings } };
      });
      return headline(fixture({ runs }));
    };
    expect(of(() => true)).toMatch(/^No request ended in the window/);
    expect(of((label) => label === "paged 16")).toMatch(/^paged 16 holds/);
  });

  it("says so where everything completed and no time was measured", () => {
    const runs = fixture().runs.map((run) => ({
      ...run,
      concurrency: { ...run.concurrency, runningMean: null },
    }));
    expect(headline(fixture({ runs }))).toMatch(/^Nothing was measured/);
  });
});
