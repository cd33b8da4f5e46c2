import { expect, it } from "vitest";
import { axisOf } from "../../src/capacity/axis.ts";
import { capacityOf, ratioTo } from "../../src/capacity/capacity.ts";
import { Prober } from "../../src/capacity/probe.ts";
import { TOLERANCE } from "../../src/capacity/search.ts";
import { isMet, parseTarget } from "../../src/capacity/target.ts";
import { loadConfig } from "../../src/config/load.ts";
import { simulate } from "../../src/simulate.ts";
import { kvsim } from "../cli/captured.ts";
import { writeFiles } from "../config/temporary-config.ts";

const path = writeFiles({
  "small.yaml": `model: opt-13b
maxModelLen: 2048
seeds: [1, 2]
memory: {kvPool: 6GiB}
workload: {requests: 120, arrivals: {process: poisson, rate: 1}, lengths: {dataset: sharegpt-sosp23}}
latency: {model: linear, preset: distserve-opt13b-a100-40gb}
allocators: [{engine: orca, reserve: oracle}, {strategy: paged}]
`,
});

const target = parseTarget("latency.ttft.mean<=2");

it("the largest rate agrees with a fine sweep over rates, and with runs on either side of it", async () => {
  const config = loadConfig(path, { set: ["workload.requests=1000"] });
  const axis = axisOf(config, "rate", () => config);
  for (const [index, { label }] of config.setups.entries()) {
    const { edge } = await capacityOf({ index, label }, axis, target);
    let sweep = 0;
    for (let rate = 0.3; rate < 4; rate *= 1.03) {
      const runs = (await simulate(axis.at(rate))).filter((run) => run.allocator.label === label);
      const mean = runs.reduce((sum, run) => sum + run.latency.ttft.mean!, 0) / runs.length;
      if (!isMet(target[0]!, mean)) break;
      sweep = rate;
    }
    expect(edge!.load / sweep).toBeGreaterThan(1 - 2 * TOLERANCE);
    expect(edge!.load / sweep).toBeLessThan(1.03 * (1 + 2 * TOLERANCE));
  }
});

it("a load that was run before is not run again", async () => {
  const set = ["workload.requests=30", "workload.arrivals.rate=0.2"];
  const config = loadConfig(path, { set });
  const prober = new Prober(
    1,
    axisOf(config, "pool", () => config),
    target,
  );
  const first = await prober.complete(3000);
  expect(await prober.complete(3000)).toEqual(first);
  expect(first).toMatchObject({ load: 3000, seeds: 2, failure: null });
  expect(prober.probes).toEqual([first]);
});

it("a pool in which somebody is turned away does not count as met", async () => {
  const config = loadConfig(path, { set: ["workload.requests=30"] });
  const prober = new Prober(
    1,
    axisOf(config, "pool", () => config),
    target,
  );
  expect(await prober.complete(64)).toMatchObject({
    meets: false,
    failure: { what: "turned away", cause: "memory" },
  });
});

it("no pool is searched that is larger than what can be simulated", () => {
  const most = (slots: number, allocator: string) => {
    const set = [`memory={slots: ${slots}}`, `allocators=[${allocator}]`];
    const config = loadConfig(path, { set });
    return axisOf(config, "pool", () => config).most;
  };
  expect(most(1000, "{strategy: paged}")).toBe(64_000);
  expect(most(2 ** 24, "{strategy: paged}")).toBe(2 ** 27);
  expect(most(2 ** 24, "{strategy: prefix-cached, blockSize: 1}")).toBe(2 ** 26);
});

it("no rate is searched at which the last request would come too late to be simulated", async () => {
  const set = ["workload.requests=200", "workload.arrivals.rate=0.001"];
  const config = loadConfig(path, { set });
  const axis = axisOf(config, "rate", () => config);
  const never = parseTarget("latency.ttft.mean<=0.000001");
  const { edge, probes } = await capacityOf({ index: 1, label: "paged" }, axis, never);
  expect(edge).toBeNull();
  expect(probes[0]!.load).toBeCloseTo((4 * 200) / (90 * 24 * 3600), 12);
});

it("sizes are searched that can share the model's heads", async () => {
  const find = ["--find", "tp", "--slo", "latency.ttft.mean<=0.000001", "--json"];
  const { out } = await kvsim(["capacity", path, ...find, "--set", "model=qwen2.5-0.5b"]);
  const { probes } = JSON.parse(out).allocators[1];
  expect(probes.map(({ load }: { load: number }) => load)).toEqual([1, 2]);
});

it("a bound of nothing that is missed is what decides", async () => {
  const config = loadConfig(path, { set: ["workload.requests=30"] });
  const axis = axisOf(config, "rate", () => config);
  const terms = parseTarget("latency.ttft.mean<=1000, preemption.count>0");
  const { limitedBy } = await capacityOf({ index: 0, label: "oracle" }, axis, terms);
  expect(limitedBy).toBe(1);
});

it("the edge is one also where a step beyond it is beyond the end of the axis", async () => {
  const users = "workload.arrivals={process: closed, users: 90}";
  const set = [users, "workload.requests=104", "memory.kvPool=400GiB"];
  const config = loadConfig(path, { set });
  const axis = axisOf(config, "concurrency", () => config);
  const bound = parseTarget("concurrency.runningPeak<=101");
  const found = await capacityOf({ index: 1, label: "paged" }, axis, bound);
  const { edge, outside, beyond, growth } = found;
  expect([edge, outside, beyond].map((probe) => probe?.load)).toEqual([101, 102, 106]);
  expect(growth).toBe(104 / 101);
});

it("where nothing is measured beyond a load, that load is no edge and is compared with none", async () => {
  const set = ["workload.requests=100", "measure={from: 120s, until: last-arrival}"];
  const config = loadConfig(path, { set });
  const axis = axisOf(config, "rate", () => config);
  const found = await capacityOf({ index: 1, label: "paged" }, axis, target);
  expect(found).toMatchObject({ isOpen: true, beyond: null, growth: null });
  expect(found.edge).toMatchObject({ meets: true, failure: null });
  expect(found.outside?.failure).toEqual({ what: "not measured", cause: "measure.from" });
  expect(found.outside!.load / found.edge!.load).toBeLessThan(1 + TOLERANCE);
  const known = { ...found, isOpen: false };
  for (const [first, other] of [[found, known] as const, [known, found] as const])
    expect(ratioTo(first, other)).toBeNull();
  expect(ratioTo(known, known)).toBe(1);
});

it("what decides is what the nearest load misses, also where a step beyond meets the target again", async () => {
  const config = loadConfig("sim-configs/bursty.yaml", { set: [] });
  const axis = axisOf(config, "rate", () => config);
  const lossless = parseTarget("latency.ttft.p99<=30, requests.rejected<=0");
  const found = await capacityOf({ index: 1, label: "paged" }, axis, lossless);
  expect(found.outside).toMatchObject({ meets: false, failure: null });
  expect(found.beyond?.meets).toBe(true);
  expect(found.limitedBy).toBe(1);
});

it("one GPU is the answer where it meets the target: there are not fewer", async () => {
  const config = loadConfig(path, { set: ["workload.arrivals.rate=0.1"] });
  const axis = axisOf(config, "tp", () => config);
  const found = await capacityOf({ index: 1, label: "paged" }, axis, target);
  expect(found).toMatchObject({ edge: { load: 1 }, isOpen: false, outside: null, beyond: null });
  expect(ratioTo(found, found)).toBe(1);
});

it("tensor-parallel sizes at which the model does not fit are passed over", async () => {
  const large = writeFiles({
    "large.yaml": `model: llama-3.1-70b
gpu: a100-80gb
maxModelLen: 8192
memory: {utilization: 0.9}
workload: {requests: 60, arrivals: {process: poisson, rate: 1}, lengths: {dataset: azure-conv-2023}}
allocators: [{strategy: paged}]
`,
  });
  const find = ["capacity", large, "--find", "tp", "--slo", "latency.tpot.mean<=0.05"];
  const { exitCode, out } = await kvsim(find);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^a paged 16 +4 /m);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

it("a target that nothing meets exits with 1, a wrong one with 2 and one line", async () => {
  const impossible = ["capacity", path, "--find", "rate", "--slo", "latency.ttft.mean<=0.000001"];
  expect((await kvsim([...impossible, "--set", "workload.requests=20"])).exitCode).toBe(1);
  const wrong = await kvsim(["capacity", path, "--find", "rate", "--slo", "latency.tftt.mean<=1"]);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.err).toMatch(/^error: .*latency\.ttft\.mean.*\n$/);
  const axis = await kvsim(["capacity", path, "--find", "rat", "--slo", "latency.ttft.mean<=1"]);
  expect(axis.err).toMatch(/^error: --find rat: .*did you mean rate\?\n$/);
});
