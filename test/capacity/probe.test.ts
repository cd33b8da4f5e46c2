import { expect, test } from "vitest";
import { axisOf } from "../../src/capacity/axis.ts";
import { Prober } from "../../src/capacity/probe.ts";
import { parseTarget } from "../../src/capacity/target.ts";
import { loadText } from "../config/temporary-config.ts";

const CONFIG = loadText(`memory: {slots: 400}
maxModelLen: 200
seeds: [1, 2, 3]
workload:
  requests: 400
  arrivals: {process: poisson, rate: 5}
  lengths: {prompt: {constant: 10}, output: {uniform: [1, 20]}}
latency:
  model: linear
  prefill: {base: 1, perToken: 0.1}
  decode: [{base: 20}]
allocators:
  - {strategy: paged, blockSize: 16}
  - {strategy: contiguous, placement: buddy}
`);
const TARGET = parseTarget("latency.normalized.mean<=0.2");

test("a pool that turns requests away is no answer, however fast the others are", async () => {
  const axis = axisOf(CONFIG, "pool", () => CONFIG);
  const probe = await new Prober(0, axis, TARGET).complete(20);
  expect(probe).toMatchObject({ meets: false, failure: { what: "turned away", cause: "memory" } });
});

test("seeds that are left out change no decision", async () => {
  const axis = axisOf(CONFIG, "rate", () => CONFIG);
  const skipped: number[] = [];
  for (const rate of [1, 3, 5, 6, 7, 8, 10, 20]) {
    const quick = new Prober(1, axis, TARGET);
    const meets = await quick.meets(rate);
    skipped.push(3 - quick.probes[0]!.seeds);
    expect(meets, `${rate}`).toBe((await new Prober(1, axis, TARGET).complete(rate)).meets);
  }
  expect(Math.max(...skipped)).toBeGreaterThan(0);
});
