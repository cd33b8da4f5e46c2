import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { resolvedDocument } from "../../src/config/resolved-document.ts";
import { publishedRows } from "../../src/report/published.ts";
import { PUBLISHED } from "../../src/report/published-data.ts";
import { fixture } from "./fixture.ts";

const alpaca = {
  model: { name: "opt-13b" },
  maxModelLen: 2048,
  workload: {
    arrivals: { process: "poisson", rate: 30 },
    lengths: { kind: "dataset", dataset: "alpaca-sosp23" },
    n: 1,
  },
};

describe("publishedRows", () => {
  it("stands each of the paper's ShareGPT values beside a simulated one", () => {
    const rows = publishedRows(fixture());
    const expected = PUBLISHED.filter(({ dataset }) => dataset === "sharegpt-sosp23");
    expect(rows.map(({ published }) => published)).toHaveLength(expected.length);
    expect(new Set(rows.map(({ published }) => published))).toEqual(new Set(expected));
  });

  it("knows the configs that come with kvsim for the paper's", () => {
    for (const [name, rows] of [
      ["sharegpt-opt13b", 17],
      ["alpaca-opt13b", 4],
    ] as const) {
      const config = resolvedDocument(loadConfig(`sim-configs/${name}.yaml`, { set: [] }));
      expect(publishedRows(fixture({ config }))).toHaveLength(rows);
    }
  });

  it("books idle, rounding and remainder under external & others, as the paper does", () => {
    const row = publishedRows(fixture()).find(
      ({ published }) =>
        published.system === "orca-oracle" && published.metric === "external & others",
    );
    expect(row?.simulated.mean).toBeCloseTo(100 * (0.244 + 0.031 + 0.076 + 0.0018), 6);
    expect(row?.difference).toBeCloseTo(35.28 - 36.6, 6);
  });

  it("gives a reason for what differs by more than 5 %, and only for that", () => {
    const rows = publishedRows(fixture());
    const batched = rows.filter(({ published }) => published.metric === "running");
    expect(batched.map(({ differs }) => differs)).toEqual([false, false, false, true]);
    expect(batched.map(({ note }) => note !== null)).toEqual([false, false, false, true]);
  });

  it("blames saturation only at a higher rate than the published one", () => {
    const { config } = fixture();
    const slow = JSON.parse(JSON.stringify(config).replace('"rate":4', '"rate":2'));
    const row = publishedRows(fixture({ config: slow })).find(
      ({ published }) => published.system === "vllm" && published.metric === "running",
    );
    expect(row?.differs).toBe(true);
    expect(row?.note).toBeNull();
  });

  it("has the batched requests of Alpaca, but no shares", () => {
    const rows = publishedRows(fixture({ config: alpaca }));
    expect(rows.map(({ published }) => published.value)).toEqual([7, 43.24, 72.75, 132.44]);
    expect(rows.at(-1)?.note).toMatch(/arrival rate/);
  });

  it.each([
    ["another model", { ...alpaca, model: { name: "opt-66b" } }],
    ["another length limit", { ...alpaca, maxModelLen: 1024 }],
    ["parallel sampling", { ...alpaca, workload: { ...alpaca.workload, n: 4 } }],
    ["other lengths", { ...alpaca, workload: { ...alpaca.workload, lengths: {} } }],
    ["no config", null],
  ])("compares nothing with %s", (_, config) => {
    expect(publishedRows(fixture({ config }))).toEqual([]);
  });

  it("compares nothing on another pool or with other options", () => {
    const runs = fixture().runs.map((run) => ({ ...run, memory: { ...run.memory, slots: 9999 } }));
    expect(publishedRows(fixture({ runs }))).toEqual([]);
    const others = fixture().runs.map((run) => ({
      ...run,
      allocator: { ...run.allocator, blockSize: 32, placement: "first-fit" },
    }));
    expect(publishedRows(fixture({ runs: others }))).toEqual([]);
  });
});
