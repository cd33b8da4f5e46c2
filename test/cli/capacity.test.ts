import { expect, test } from "vitest";
import { SMALL_CONFIG, writeFiles } from "../config/temporary-config.ts";
import { kvsim } from "./captured.ts";

const CLOSED = "workload.arrivals={process: closed, users: 2, thinkTime: 1s}";

/** Long enough for loads at which requests wait. */
const LONGER = ["--set", "workload.requests=500"];

function capacity(find: string, slo: string, ...args: string[]) {
  const path = writeFiles({ "small.yaml": SMALL_CONFIG });
  return kvsim(["capacity", path, "--find", find, "--slo", slo, ...args]);
}

test.each([
  ["rate", []],
  ["pool", []],
  ["concurrency", ["--set", CLOSED]],
])("--find %s is a table and a plot in 80 columns", async (find, args) => {
  const { exitCode, out, err } = await capacity(find, "latency.ttft.p99<=0.01", ...args);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(out).toMatch(/^a paged 16 /m);
  expect(out).toMatch(/^b contiguou…ax buddy /m);
  expect(out).toContain("both logarithmic");
});

test("--json has every load that was tried", async () => {
  const { out } = await capacity("rate", "latency.ttft.p99<=0.01", ...LONGER, "--json");
  const document = JSON.parse(out);
  expect(document).toMatchObject({ schema: "kvsim.capacity/1", find: "rate", unit: "1/s" });
  for (const { load, probes, ratioToFirst } of document.allocators) {
    expect(ratioToFirst).toBe(load / document.allocators[0].load);
    expect(probes.find((probe: { load: number }) => probe.load === load).meets).toBe(true);
  }
});

test("a target that nothing meets ends with 1 and says so", async () => {
  const { exitCode, out } = await capacity("rate", "latency.ttft.p99<=0.000001");
  expect(exitCode).toBe(1);
  const text = out.replace(/\n/g, " ");
  expect(text).toContain(
    "paged 16: no rate that was tried meets the target (11 from 0.0049 to 5.00 1/s); at 0.0049 1/s latency.ttft.p99 is 0.0020",
  );
});

test.each([
  ["rate", "ttft.p99<=1", "did you mean latency.ttft.p99?"],
  ["rats", "latency.ttft.p99<=1", "did you mean rate?"],
  ["concurrency", "latency.ttft.p99<=1", "needs a closed loop"],
  ["rate", "throughput.goodputRequestsPerSecond>=1", "set measure.slo={ttft: 2s}"],
])("--find %s --slo %s is one line and exit 2", async (find, slo, text) => {
  const { exitCode, err } = await capacity(find, slo);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/^error: .*\n$/);
  expect(err).toContain(text);
});

test("a load of which the waiting room turns requests away is not served, and the table says so", async () => {
  const find = ["--find", "rate", "--slo", "latency.ttft.p99<=30"];
  const path = "sim-configs/bursty.yaml";
  const { exitCode, out } = await kvsim(["capacity", path, ...find]);
  expect(exitCode).toBe(0);
  expect(out).not.toMatch(/^[ab] .*≥/m);
  expect(out).toMatch(/^a reserve max +1\.22 +8\.61 +turned away /m);
  for (const label of ["reserve max", "paged"])
    expect(out).toContain(`${label} is limited: requests are turned away (scheduler.maxWaiting)`);
  const { allocators } = JSON.parse((await kvsim(["capacity", path, ...find, "--json"])).out);
  expect(allocators[0]).toMatchObject({ beyond: { failure: "turned away" }, growth: null });
  for (const { limitedBy, edge, probes } of allocators) {
    expect(limitedBy).toBe("turned away");
    expect(edge).toMatchObject({ meets: true, failure: null, cause: null });
    const { failure, cause } = probes.at(-1);
    expect({ failure, cause }).toEqual({ failure: "turned away", cause: "scheduler.maxWaiting" });
  }
});

test("a load that cannot be kept up is not served, and the table says so", async () => {
  const { exitCode, out } = await capacity("rate", "latency.ttft.p99<=1000", ...LONGER);
  expect(exitCode).toBe(0);
  expect(out).not.toMatch(/^[ab] .*≥/m);
  expect(out).toMatch(/^a paged 16 .* overloaded /m);
  expect(out).toContain("paged 16 is limited: the queue grows to the end of a run");
  expect(out).toContain("paged 16: with 5 % more load the queue grows to the end of a run");
});

test("a run that is too short for what it would show claims no edge", async () => {
  const { out } = await capacity("rate", "latency.ttft.p99<=1000");
  expect(out).toMatch(/^a paged 16 +≥ 229 +0\.0054 +– +– +\d+$/m);
  expect(out).toContain(
    "paged 16: runs are too short to tell above 229 1/s: raise workload.requests",
  );
});

test("where not every run is measured above a load, no edge is claimed", async () => {
  const late = ["--set", "measure={from: 3s, until: last-arrival}"];
  const { exitCode, out } = await capacity("rate", "latency.ttft.p99<=0.1", ...late);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^a paged 16 +≥ \d\.\d\d +0\.00\d+ +– +– +\d+$/m);
  expect(out.replace(/\n/g, " ")).toMatch(
    /paged 16: not every run is measured above \d\.\d\d 1\/s: lower measure\.from or raise workload\.requests /,
  );
  const json = await capacity("rate", "latency.ttft.p99<=0.1", ...late, "--json");
  for (const { open, beyond, ratioToFirst, limitedBy } of JSON.parse(json.out).allocators)
    expect({ open, beyond, ratioToFirst, limitedBy }).toEqual({
      open: true,
      beyond: null,
      ratioToFirst: null,
      limitedBy: "not measured",
    });
});

test("what is counted has no decimals, and what was tried is all that is claimed", async () => {
  const { exitCode, out } = await capacity("pool", "latency.ttft.p99<=0.000001");
  expect(exitCode).toBe(1);
  expect(out.replace(/\n/g, " ")).toContain(
    "paged 16: no pool that was tried meets the target (7 from 1,000 to 64,000 slots); at 64,000 slots latency.ttft.p99 is 0.0030",
  );
});

test("the plot's labels tell small values apart, and its rims say that they are rims", async () => {
  const { out } = await capacity("rate", "latency.ttft.p99<=0.000001");
  const labels = out.match(/^ *(≥ |≤ )?[\d.]+e-\d/gm)?.map((label) => label.trim());
  expect(labels).toEqual([
    ...["≥ 8.0e-6", "4.0e-6", "2.0e-6", "1.0e-6"],
    ...["5.0e-7", "2.5e-7", "≤ 1.2e-7"],
  ]);
});

test("a plot on which nothing could be drawn is left out", async () => {
  const { out } = await capacity("rate", "sharing.prefixHitRate>=0");
  expect(out).not.toContain("both logarithmic");
  expect(out).toContain("sharing.prefixHitRate is not measured in");
});

test("a load that meets the target again beyond the edge is told of", async () => {
  const find = ["--find", "rate", "--slo", "latency.ttft.p99<=30"];
  const { out } = await kvsim(["capacity", "sim-configs/bursty.yaml", ...find]);
  expect(out).toMatch(/^paged: no cliff: the target is met again at 2\.\d\d 1\/s$/m);
});
