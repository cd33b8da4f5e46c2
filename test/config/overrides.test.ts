import { expect, test } from "vitest";
import { applyOverrides } from "../../src/config/overrides.ts";
import { loadError, loadText, SMALL_CONFIG } from "./temporary-config.ts";

test("settings change, add and replace values, and leave the original alone", () => {
  const original = { a: { b: 1 }, list: [{ x: 1 }, { x: 2 }] };
  const settings = ["a.b=2", "c.d.e=[1, two]", "list[1].x=5", "list.0={y: 6}", "a.b=3"];
  expect(applyOverrides(original, settings).value).toEqual({
    a: { b: 3 },
    c: { d: { e: [1, "two"] } },
    list: [{ y: 6 }, { x: 5 }],
  });
  expect(original).toEqual({ a: { b: 1 }, list: [{ x: 1 }, { x: 2 }] });
});

test("a setting never reaches the prototype of the config", () => {
  const { value } = applyOverrides({}, ["__proto__.polluted=1", "a.constructor.b=1"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(value as object)).toEqual(["__proto__", "a"]);
});

test("a setting takes part in defaults and checks like a line of the file", () => {
  const config = loadText(SMALL_CONFIG, [
    "scheduler.maxRunning=9",
    "allocators[1].placement=best-fit",
  ]);
  expect(config.setups[1]).toMatchObject({
    options: { placement: "best-fit" },
    scheduler: { maxRunning: 9 },
  });
});

test("a setting takes the place of what excludes it", () => {
  const bytes = `model: opt-13b\nseeds: [1, 2]\n${SMALL_CONFIG.replace("{slots: 1000}", "{kvPool: 1GiB}")}`;
  const { pool, seeds, workload } = loadText(bytes, [
    "memory.slots=500",
    "seed=7",
    "workload.lengths.prompt.uniform=[1, 9]",
  ]);
  expect([pool.slots, seeds]).toEqual([500, [7]]);
  expect(workload.lengths).toMatchObject({ prompt: { law: { kind: "uniform", high: 9 } } });
});

const wrong: readonly (readonly [string, string])[] = [
  ["memory", "--set memory: expected path=value, such as scheduler.maxRunning=64"],
  ["=3", "--set =3: expected path=value, such as scheduler.maxRunning=64"],
  ["a..b=3", "--set a..b=3: expected path=value, such as scheduler.maxRunning=64"],
  ["a=[1", "--set a=[1: Flow sequence must end with a ]"],
  ["maxModelLen.x=1", '--set maxModelLen.x=1: maxModelLen is 200 and has no "x" inside'],
  ["allocators[2].x=1", "--set allocators[2].x=1: allocators is a list with entries 0 to 1"],
  ["allocators.x=1", "--set allocators.x=1: allocators is a list with entries 0 to 1"],
  ["memory[0]=1", "--set memory[0]=1: memory is an object, not a list"],
  ["memory.slots=0", "a.yaml: --set memory.slots=0: memory.slots: expected an integer ≥ 1, got 0"],
  [
    "workload.rate=1",
    'a.yaml: --set workload.rate=1: workload.rate: unknown key "rate" (known: requests, duration, arrivals, lengths, decoding, prefix, trace)',
  ],
];

for (const [setting, message] of wrong)
  test(`--set ${setting} is refused in one line`, () => {
    expect(loadError(SMALL_CONFIG, [setting])).toBe(message);
  });
