import { expect, test } from "vitest";
import { type AxisName, axisOf } from "../../src/capacity/axis.ts";
import { capacityOf } from "../../src/capacity/capacity.ts";
import { type Probe, Prober } from "../../src/capacity/probe.ts";
import { parseTarget } from "../../src/capacity/target.ts";
import { loadConfig } from "../../src/config/load.ts";
import { loadText } from "../config/temporary-config.ts";

const CONFIG = `memory: {slots: 400}
maxModelLen: 200
seeds: [1, 2]
workload:
  requests: 300
  arrivals: {process: poisson, rate: 1}
  lengths: {prompt: {constant: 10}, output: {uniform: [1, 20]}}
latency:
  model: linear
  prefill: {base: 1, perToken: 0.1}
  decode: [{base: 20}]
allocators: [{strategy: paged}]
`;

async function probe(
  [name, load]: readonly [AxisName, number],
  slo: string,
  ...set: string[]
): Promise<Probe> {
  const config = loadText(CONFIG, set);
  return new Prober(
    0,
    axisOf(config, name, () => config),
    parseTarget(slo),
  ).complete(load);
}

const SMALL_ROOM = "scheduler.maxWaiting=2";
const LONG_PROMPTS = "workload.lengths.prompt={uniform: [10, 250]}";
const LONG_OUTPUTS = "workload.lengths.output={uniform: [1, 150]}";

test("a load of which the waiting room turns requests away is not served, however fast the others are", async () => {
  const slo = "latency.ttft.p99<=10";
  expect(await probe(["rate", 1000], slo, SMALL_ROOM)).toMatchObject({
    meets: false,
    failure: { what: "turned away", cause: "scheduler.maxWaiting" },
  });
  expect(await probe(["rate", 1], slo, SMALL_ROOM)).toMatchObject({ meets: true, failure: null });
});

test("the target may say how many are turned away, and is then missed like any other", async () => {
  const lossy = "latency.ttft.p99<=10, requests.rejected<=250";
  const lossless = "latency.ttft.p99<=10, requests.rejected<=100";
  for (const [slo, meets] of [[lossy, true] as const, [lossless, false] as const]) {
    const { values, ...rest } = await probe(["rate", 200], slo, SMALL_ROOM);
    expect(rest, slo).toMatchObject({ meets, failure: null });
    expect(values[1]!.mean).toBeGreaterThan(100);
  }
});

test("who asks for losses does not say how many are all right", async () => {
  const { failure } = await probe(["rate", 1000], "requests.rejected>=1", SMALL_ROOM);
  expect(failure?.what).toBe("turned away");
});

test("requests that are too long for the model are rejected at every load, and count for none", async () => {
  const slo = "latency.ttft.p99<=100, requests.rejected>=1";
  for (const axis of [["rate", 0.1] as const, ["pool", 5000] as const])
    expect(await probe(axis, slo, LONG_PROMPTS)).toMatchObject({ meets: true, failure: null });
});

test("requests that outgrow the whole pool fail at every load: they count against the pool, not the load", async () => {
  const set = [LONG_OUTPUTS, "memory.slots=128"];
  const counted = await probe(["rate", 0.05], "requests.failed<=0", ...set);
  expect(counted).toMatchObject({ meets: false, failure: null });
  const slo = "latency.ttft.p99<=1000";
  expect(await probe(["rate", 0.05], slo, ...set)).toMatchObject({ meets: true, failure: null });
  expect(await probe(["pool", 128], slo, ...set)).toMatchObject({
    meets: false,
    failure: { what: "turned away", cause: "memory" },
  });
});

test("requests that a small pool rejects on arrival are a reason for a larger one", async () => {
  const whole = "allocators=[{strategy: contiguous, placement: buddy, reserve: oracle}]";
  const slo = "latency.ttft.p99<=1e6";
  expect(await probe(["pool", 24], slo, whole, "workload.arrivals.rate=0.1")).toMatchObject({
    meets: false,
    failure: { what: "turned away", cause: "memory" },
  });
});

test("a waiting room that a small pool fills is a reason for a larger pool", async () => {
  const set = [SMALL_ROOM, "workload.arrivals.rate=15"];
  const slo = "latency.ttft.p99<=100";
  expect(await probe(["pool", 40], slo, ...set)).toMatchObject({
    meets: false,
    failure: { what: "turned away", cause: "scheduler.maxWaiting" },
  });
  expect(await probe(["pool", 4000], slo, ...set)).toMatchObject({ meets: true });
});

/** More than the 400 slots serve. */
const FLOOD = "workload.arrivals.rate=1000";

test("a load whose queue grows as long as the run lasts is not served: the edge is none of the run's length", async () => {
  const edges: number[] = [];
  for (const requests of [2000, 20_000]) {
    const config = loadText(CONFIG, [`workload.requests=${requests}`]);
    const axis = axisOf(config, "rate", () => config);
    const paged = { index: 0, label: "paged" };
    const found = await capacityOf(paged, axis, parseTarget("latency.ttft.mean<=1000"));
    expect(found.outside?.failure).toEqual({ what: "overloaded", cause: null });
    edges.push(found.edge!.load);
  }
  expect(edges[1]! / edges[0]!).toBeCloseTo(1, 1);
});

test("memory may be asked for what it does when it is saturated, but not for latencies then", async () => {
  for (const slo of ["throughput.requestsPerSecond>=1", "memory.wastePercent<=99"])
    expect(await probe(["pool", 400], slo, FLOOD)).toMatchObject({ meets: true, failure: null });
  expect(await probe(["pool", 400], "latency.ttft.p99<=1e6", FLOOD)).toMatchObject({
    meets: false,
    failure: { what: "overloaded" },
  });
});

test("a rate that cannot be kept up is not served, whatever is asked of it", async () => {
  const { failure } = await probe(["rate", 1000], "throughput.requestsPerSecond>=1");
  expect(failure?.what).toBe("overloaded");
});

test("seeds that cannot change that a load is not served are not run", async () => {
  const config = loadText(CONFIG);
  const axis = axisOf(config, "rate", () => config);
  for (const slo of ["latency.ttft.p99<=1e6", "sharing.prefixHitRate>=0"]) {
    const prober = new Prober(0, axis, parseTarget(slo));
    expect(await prober.meets(1000)).toBe(false);
    expect(prober.probes[0]!.seeds).toBe(1);
  }
});

test("a trace is as long as it is, and no queue of it too long", () => {
  for (const [name, hasRate] of [["azure-trace", false] as const, ["azure-conv", true] as const]) {
    const config = loadConfig(`sim-configs/${name}.yaml`, { set: [] });
    expect(axisOf(config, "pool", () => config).hasRate, name).toBe(hasRate);
  }
});

test("users who wait for their answers overload nobody, however many wait", async () => {
  const set = "workload.arrivals={process: closed, users: 200}";
  const met = await probe(["concurrency", 200], "latency.ttft.p99<=1e6", set);
  expect(met).toMatchObject({ meets: true, failure: null });
  const pool = await probe(["pool", 400], "concurrency.waitingMean>=100", set);
  expect(pool).toMatchObject({ meets: true, failure: null });
});

test("a run that is over before its load was there is too short to tell, unless it misses the target", async () => {
  const set = ["workload.requests=9", "workload.lengths.output={constant: 20}"];
  expect(await probe(["rate", 100], "latency.ttft.p99<=10", ...set)).toMatchObject({
    meets: false,
    failure: { what: "too short", cause: null },
  });
  const missed = await probe(["rate", 100], "latency.ttft.p99<=0.001", ...set);
  expect(missed).toMatchObject({ meets: false, failure: null });
  expect(await probe(["rate", 0.1], "latency.ttft.p99<=10", ...set)).toMatchObject({ meets: true });
  expect(await probe(["pool", 4000], "requests.finished>=9", ...set, FLOOD)).toMatchObject({
    meets: true,
  });
});

/** Longer than a run of 300 requests at a thousand a second. */
const LATE_WINDOW = "measure={from: 60s, until: last-arrival}";

test("a load without a value of a term is told apart from one that misses it", async () => {
  const late = await probe(["pool", 4000], "throughput.requestsPerSecond>=1", FLOOD, LATE_WINDOW);
  expect(late).toMatchObject({
    meets: false,
    failure: { what: "not measured", cause: "measure.from" },
    values: [{ mean: null }],
  });
  expect(await probe(["rate", 1], "sharing.prefixHitRate>=0")).toMatchObject({
    meets: false,
    failure: { what: "not measured", cause: "sharing.prefixHitRate" },
  });
});

test("a load that misses one term misses the target, whatever others have no value", async () => {
  const slo = "sharing.prefixHitRate>=0, requests.finished<=10";
  expect(await probe(["rate", 1], slo)).toMatchObject({ meets: false, failure: null });
});
