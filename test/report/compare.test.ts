import { describe, expect, it } from "vitest";
import { compareReport, configDifferences, mergeDocuments } from "../../src/report/compare.ts";
import { displayWidth } from "../../src/report/escape.ts";
import { parseResultDocument, resultJson } from "../../src/report/json.ts";
import { fixture } from "./fixture.ts";

const slow = fixture();
const fast = fixture({
  config: JSON.parse(JSON.stringify(slow.config).replace('"rate":4', '"rate":8')),
});

describe("configDifferences", () => {
  it("names each setting that differs, and nothing between equal configs", () => {
    expect(configDifferences([slow, fast])).toEqual([
      { path: "workload.arrivals.rate", values: [4, 8] },
    ]);
    expect(configDifferences([slow, fixture()])).toEqual([]);
  });

  it("counts a missing setting as different", () => {
    expect(
      configDifferences([fixture({ config: { a: { b: 1 } } }), fixture({ config: { a: {} } })]),
    ).toEqual([{ path: "a.b", values: [1, undefined] }]);
  });
});

describe("mergeDocuments", () => {
  it("keeps every run, told apart by its document", () => {
    const merged = mergeDocuments([slow, fast]);
    const labels = new Set(merged.runs.map((run) => run.allocator.label));
    expect(merged.runs).toHaveLength(16);
    expect(labels.size).toBe(8);
    expect(labels).toContain("#2 paged 16");
  });

  it("is a result document itself, even of configs that share nothing", () => {
    for (const config of [fast.config, "foreign", null]) {
      const merged = mergeDocuments([slow, fixture({ config })]);
      expect(parseResultDocument(resultJson(merged))).toHaveProperty("document");
    }
  });

  it("leaves a setting that differs out of what was simulated", () => {
    expect(mergeDocuments([slow, fast]).config).toMatchObject({
      model: { name: "opt-13b" },
      workload: { arrivals: { rate: undefined } },
      differences: { "workload.arrivals.rate": { "#1": 4, "#2": 8 } },
    });
  });
});

describe("compareReport", () => {
  it("starts with the differences and stays within 80 columns", () => {
    const report = compareReport([slow, fast], { width: 80, color: false });
    expect(report).toMatch(/^workload\.arrivals\.rate differs: #1 4, #2 8\n/);
    for (const line of report.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });
});
