import { expect, test } from "vitest";
import { type AxisName, axisOf } from "../../src/capacity/axis.ts";
import type { Capacity } from "../../src/capacity/capacity.ts";
import type { Failure } from "../../src/capacity/failure.ts";
import type { Probe } from "../../src/capacity/probe.ts";
import { parseTarget } from "../../src/capacity/target.ts";
import { note } from "../../src/cli/capacity-notes.ts";
import { loadText, SMALL_CONFIG } from "../config/temporary-config.ts";

const USERS = "workload.arrivals={process: closed, users: 2}";
const TTFT = "latency.ttft.p99";

function tried(load: number, mean: number | null, what?: Failure["what"], cause = TTFT): Probe {
  const failure = what === undefined ? null : { what, cause };
  const meets = failure === null && mean !== null && mean <= 2;
  return { load, seeds: 1, values: [{ mean, halfWidth: null }], meets, failure };
}

/** What is said about the loads of a search, the edge first, then the nearest outside, then one step beyond. */
function said(find: AxisName, found: readonly (Probe | null)[], more: Partial<Capacity> = {}) {
  const [edge = null, outside = null, beyond = null] = found;
  const config = loadText(SMALL_CONFIG, find === "concurrency" ? [USERS] : []);
  const axis = axisOf(config, find, () => config);
  const target = parseTarget(`${TTFT}<=2`);
  const probes = found.filter((probe) => probe !== null).sort((a, b) => a.load - b.load);
  const means = [edge, beyond].map((probe) => probe?.values[0]?.mean ?? null);
  const growth = means[0] && means[1] ? means[1] / means[0] : null;
  const capacity = { label: "a", edge, outside, beyond, isOpen: false, limitedBy: 0, growth };
  return note({ ...capacity, probes, ...more }, { config, axis, target, capacities: [] });
}

test.each([
  [[1, 1.5], "no cliff: 5 % more load makes latency.ttft.p99 1.5 times as large"],
  [[1, 1.96], "cliff: 5 % more load makes latency.ttft.p99 2.0 times as large"],
  [[1, 3], "cliff: 5 % more load makes latency.ttft.p99 3.0 times as large"],
  [[0, 3], "no cliff can be told: latency.ttft.p99 is 0 at the edge"],
] as const)("an edge with %j is as sharp as it is", ([there, beyond], text) => {
  const missed = { ...tried(1.05, beyond), meets: false };
  expect(said("rate", [tried(1, there), tried(1.01, 2.1), missed])).toBe(text);
});

test("a target that is met again beyond the edge has no cliff there", () => {
  const found = [tried(1, 1), tried(1.01, 2.1), tried(1.05, 1.9)];
  expect(said("rate", found)).toBe("no cliff: the target is met again at 1.05 1/s");
});

test.each([
  ["overloaded", "with 5 % more load the queue grows to the end of a run (scheduler.maxWaiting)"],
  ["turned away", "with 5 % more load requests are turned away (scheduler.maxWaiting)"],
  ["aborted", "cliff: with 5 % more load a run is aborted (scheduler.maxWaiting)"],
  [
    "not measured",
    "no cliff can be told: scheduler.maxWaiting is not measured in every run at 1.05 1/s",
  ],
  [
    "too short",
    "no cliff can be told: runs are too short to tell at 1.05 1/s: raise workload.requests",
  ],
] as const)("where a run is %s beyond the edge, that is said", (what, text) => {
  const found = [tried(1, 1), tried(1.01, 3), tried(1.05, 3, what, "scheduler.maxWaiting")];
  expect(said("rate", found)).toBe(text);
});

test("a floor breaks down where its value halves", () => {
  const config = loadText(SMALL_CONFIG);
  const axis = axisOf(config, "pool", () => config);
  const target = parseTarget("throughput.requestsPerSecond>=2");
  for (const [growth, text] of [
    [0.4, "cliff: 5 % less memory makes throughput.requestsPerSecond 0.40 times as large"],
    [0.9, "no cliff: 5 % less memory makes throughput.requestsPerSecond 0.90 times as large"],
  ] as const) {
    const [edge, outside, beyond] = [
      tried(100, 5),
      tried(99, 5),
      { ...tried(95, 5), meets: false },
    ];
    const capacity = { label: "a", edge, outside, beyond, isOpen: false, limitedBy: 0, growth };
    expect(note({ ...capacity, probes: [] }, { config, axis, target, capacities: [] })).toBe(text);
  }
});

test("of few users one more is more than a step, and is called what it is", () => {
  const found = [tried(4, 1), tried(5, 3), tried(5, 3)];
  expect(said("concurrency", found)).toBe(
    "cliff: 25 % more load makes latency.ttft.p99 3.0 times as large",
  );
});

test("where all or nothing meets the target, what was tried is said and no more", () => {
  const isOpen = { isOpen: true };
  expect(said("rate", [tried(3072, 1)], { ...isOpen, probes: [tried(3, 1), tried(3072, 1)] })).toBe(
    "every rate that was tried meets the target (2 from 3.00 to 3,072 1/s)",
  );
  expect(said("concurrency", [tried(20, 1)], isOpen)).toBe(
    "every number of users that was tried meets the target (20 users); for more users raise workload.requests",
  );
  expect(said("tp", [tried(1, 1)])).toBe("1 GPU is the least there is");
  expect(said("pool", [null, tried(64_000, 3)])).toBe(
    "no pool that was tried meets the target (64,000 slots); at 64,000 slots latency.ttft.p99 is 3.00",
  );
  expect(said("pool", [null, tried(64, null, "turned away", "memory")])).toBe(
    "no pool that was tried meets the target (64 slots); at 64 slots requests are turned away (memory)",
  );
});

test("where nothing is told beyond a load, that is said, and what would help", () => {
  const late = [tried(2, 1), tried(2.02, null, "not measured", "measure.from")];
  expect(said("rate", late, { isOpen: true })).toBe(
    "not every run is measured above 2.00 1/s: lower measure.from or raise workload.requests",
  );
  const none = [tried(50, 1), tried(49, null, "not measured")];
  expect(said("pool", none, { isOpen: true })).toBe(
    "latency.ttft.p99 is not measured in every run below 50 slots",
  );
});
