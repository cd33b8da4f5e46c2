import { expect, test } from "vitest";
import { parse } from "yaml";
import { changed, fileError, loadError, SMALL_CONFIG, writeFiles } from "./temporary-config.ts";

const PAGED = "  - strategy: paged\n    blockSize: 16";

/** What is wrong, the text that is, and the whole line that says so. */
const table: readonly (readonly [string, string, string])[] = [
  [
    "a number that is too small",
    changed("blockSize: 16", "blockSize: 0"),
    "a.yaml:13:16: allocators[0].blockSize: expected an integer ≥ 1, got 0",
  ],
  [
    "a fraction for an integer",
    changed("requests: 20", "requests: 1.5"),
    "a.yaml:4:13: workload.requests: expected an integer ≥ 1, got 1.5",
  ],
  [
    "a word for a number",
    changed("rate: 5", "rate: fast"),
    'a.yaml:5:38: workload.arrivals.rate: expected a number > 0, got "fast"',
  ],
  [
    "a negative rate",
    changed("rate: 5", "rate: -1"),
    "a.yaml:5:38: workload.arrivals.rate: expected a number > 0, got -1",
  ],
  [
    "not a number",
    changed("rate: 5", "rate: .nan"),
    "a.yaml:5:38: workload.arrivals.rate: expected a number > 0, got NaN",
  ],
  [
    "infinity",
    changed("rate: 5", "rate: .inf"),
    "a.yaml:5:38: workload.arrivals.rate: expected a number ≤ 1000000, got Infinity",
  ],
  [
    "an integer beyond exactness",
    `seed: 99999999999999999999\n${SMALL_CONFIG}`,
    "a.yaml:1:7: seed: expected an integer ≤ 9007199254740991, got 100000000000000000000",
  ],
  [
    "an unknown key, with the nearest",
    changed("blockSize: 16", "blokSize: 16"),
    'a.yaml:13:5: allocators[0].blokSize: unknown key "blokSize"; did you mean blockSize? (known: strategy, blockSize, watermark, reserve, label, scheduler, preemption)',
  ],
  [
    "an unknown key with no near one",
    changed("requests: 20", "requests: 20\n  zebra: 1"),
    'a.yaml:5:3: workload.zebra: unknown key "zebra" (known: requests, duration, arrivals, lengths, decoding, prefix, trace)',
  ],
  [
    "an option of another strategy",
    changed("placement: buddy", "blockSize: 16"),
    'a.yaml:15:5: allocators[1].blockSize: contiguous has no "blockSize", paged or prefix-cached has; known: reserve, placement',
  ],
  [
    "an unknown name, with the nearest",
    changed("placement: buddy", "placement: budy"),
    'a.yaml:15:16: allocators[1].placement: unknown name "budy"; did you mean buddy? (known: first-fit, best-fit, next-fit, worst-fit, buddy)',
  ],
  [
    "a property of Object as a strategy",
    changed("strategy: paged", "strategy: constructor"),
    'a.yaml:12:15: allocators[0].strategy: unknown name "constructor" (known: contiguous, paged, prefix-cached)',
  ],
  [
    "a missing section",
    changed("memory: {slots: 1000}\n", ""),
    "a.yaml:1:1: memory: expected an object, got nothing",
  ],
  [
    "two ways to size the pool",
    changed("{slots: 1000}", "{slots: 1000, kvPool: 1GiB}"),
    "a.yaml:1:9: memory: expected one of kvPool, slots, utilization, got kvPool and slots",
  ],
  [
    "no way to size the pool",
    changed("{slots: 1000}", "{}"),
    "a.yaml:1:9: memory: expected one of kvPool, slots, utilization, got none",
  ],
  [
    "a size in a unit that is none",
    changed("{slots: 1000}", "{kvPool: 12 GIGS}"),
    'a.yaml:1:18: memory.kvPool: expected a size such as 12GiB (units: B, kB, KiB, MB, MiB, GB, GiB, TB, TiB), got "12 GIGS"',
  ],
  [
    "a size without a unit",
    changed("{slots: 1000}", "{kvPool: 12}"),
    "a.yaml:1:18: memory.kvPool: expected a size such as 12GiB, got 12",
  ],
  [
    "a pool of no size",
    `model: opt-13b\n${changed("{slots: 1000}", "{kvPool: 0GiB}")}`,
    "a.yaml:2:18: memory.kvPool: expected a size > 0",
  ],
  [
    "a pool in bytes without a model",
    changed("{slots: 1000}", "{kvPool: 1GiB}"),
    "a.yaml:1:18: memory.kvPool: a pool in bytes needs a model; give model, or memory.slots",
  ],
  [
    "a pool beyond simulation",
    changed("{slots: 1000}", "{slots: 1000000000}"),
    "a.yaml:1:17: memory.slots: expected an integer ≤ 134217728, got 1000000000",
  ],
  [
    "a block beyond simulation",
    changed("blockSize: 16", "blockSize: 8388608"),
    "a.yaml:13:16: allocators[0].blockSize: expected an integer ≤ 32768, got 8388608",
  ],
  [
    "a prefix cache of too many blocks",
    changed("{slots: 1000}", "{slots: 100000000}").replace(
      PAGED,
      "  - {engine: vllm-v1, blockSize: 1}",
    ),
    "a.yaml:12:34: allocators[0].blockSize: a pool of 100000000 slots has too many such blocks; at most 67108864 can be simulated, so expected at least 2, got 1",
  ],
  [
    "both seed and seeds",
    `seed: 1\nseeds: [1, 2]\n${SMALL_CONFIG}`,
    "a.yaml:2:8: seeds: expected one of seed and seeds, got both",
  ],
  [
    "a seed given twice",
    `seeds: [1, 1]\n${SMALL_CONFIG}`,
    "a.yaml:1:8: seeds: expected different seeds",
  ],
  [
    "a negative seed",
    `seed: -1\n${SMALL_CONFIG}`,
    "a.yaml:1:7: seed: expected an integer ≥ 0, got -1",
  ],
  [
    "no maxModelLen and no model",
    changed("maxModelLen: 200\n", ""),
    "a.yaml:1:1: maxModelLen: expected a number of tokens (there is no model)",
  ],
  [
    "GPUs that cannot share the heads",
    `model: llama-3-8b\ntensorParallel: 3\n${SMALL_CONFIG}`,
    "a.yaml:2:17: tensorParallel: expected a divisor of the 32 query heads, got 3",
  ],
  [
    "more stages than layers",
    `model: llama-3-8b\npipelineParallel: 33\n${SMALL_CONFIG}`,
    "a.yaml:2:19: pipelineParallel: expected at most 32, the layers, got 33",
  ],
  [
    "a context beyond the model's",
    `model: opt-13b\n${changed("maxModelLen: 200", "maxModelLen: 4096")}`,
    "a.yaml:3:14: maxModelLen: expected at most 2048, the longest context of opt-13b, got 4096",
  ],
  [
    "no step times",
    SMALL_CONFIG.replace(/latency:[\s\S]*\nallocators/, "allocators"),
    "a.yaml:1:1: latency: expected step times: give model (and gpu), or latency.model: linear",
  ],
  [
    "a roofline without a model",
    SMALL_CONFIG.replace(/latency:[\s\S]*\nallocators/, "latency: {model: roofline}\nallocators"),
    "a.yaml:7:10: latency: the roofline needs a model: give model (and gpu), or latency.model: linear",
  ],
  [
    "a key of the other step-time model",
    changed("decode: [{base: 2}]", "decode: [{base: 2}]\n  decodeEfficiency: 0.3"),
    "a.yaml:11:21: latency.decodeEfficiency: the linear model has no decodeEfficiency; it has preset, prefill, decode",
  ],
  [
    "a linear model with half its coefficients",
    changed("  decode: [{base: 2}]\n", ""),
    "a.yaml:8:3: latency: the linear model needs either preset or prefill and decode",
  ],
  [
    "decode fits out of order",
    changed("[{base: 2}]", "[{base: 2}, {fromBatch: 1, base: 3}]"),
    "a.yaml:10:35: latency.decode[1].fromBatch: expected more than 1, got 1",
  ],
  [
    "a first decode fit that leaves small batches out",
    changed("[{base: 2}]", "[{fromBatch: 5, base: 2}]"),
    "a.yaml:10:24: latency.decode[0].fromBatch: expected 1 in the first fit, got 5",
  ],
  [
    "a process without its rate",
    changed("process: poisson, rate: 5", "process: poisson"),
    "a.yaml:5:13: workload.arrivals.rate: poisson arrivals need rate",
  ],
  [
    "a key of another process",
    changed("rate: 5", "rate: 5, users: 3"),
    "a.yaml:5:48: workload.arrivals.users: poisson arrivals have no users; they have rate",
  ],
  [
    "no arrivals",
    changed("  arrivals: {process: poisson, rate: 5}\n", ""),
    "a.yaml:4:3: workload: expected arrivals (or a trace)",
  ],
  [
    "no end of the workload",
    changed("  requests: 20\n", ""),
    "a.yaml:4:3: workload: expected requests, duration or both",
  ],
  [
    "arrivals beyond simulated time",
    changed("rate: 5", "rate: 0.0000001"),
    "a.yaml:5:38: workload.arrivals.rate: requests / rate is 2315 days; at most 90 can be simulated",
  ],
  [
    "bursts that hardly ever have an arrival",
    changed("process: poisson, rate: 5", "process: bursty, rate: 5, burst: 4, onTime: 1us"),
    "a.yaml:5:58: workload.arrivals.onTime: a burst has 0.00002 arrivals on average, expected at least 0.001; raise onTime, or use process: poisson, which bursts so short amount to",
  ],
  [
    "two laws for a length",
    changed("{constant: 10}", "{constant: 10, uniform: [1, 2]}"),
    "a.yaml:6:21: workload.lengths.prompt: expected one of constant, uniform, lognormal, quantiles, got constant and uniform",
  ],
  [
    "lengths of two kinds",
    changed("{prompt:", "{dataset: alpaca, prompt:"),
    "a.yaml:6:12: workload.lengths: expected either dataset or prompt and output, got dataset and prompt and output",
  ],
  [
    "a uniform law upside down",
    changed("[1, 20]", "[20, 1]"),
    "a.yaml:6:55: workload.lengths.output.uniform: expected [low, high], got [20, 1]",
  ],
  [
    "quantiles that do not reach 1",
    changed("{uniform: [1, 20]}", "{quantiles: [[0, 1], [0.5, 9]]}"),
    "a.yaml:6:57: workload.lengths.output.quantiles: expected probabilities from 0 to 1",
  ],
  [
    "quantiles that fall",
    changed("{uniform: [1, 20]}", "{quantiles: [[0, 9], [1, 1]]}"),
    "a.yaml:6:66: workload.lengths.output.quantiles[1]: expected rising probabilities and values",
  ],
  [
    "a law that never meets its bounds",
    changed("{uniform: [1, 20]}", "{uniform: [1, 20], min: 21}"),
    "a.yaml:6:45: workload.lengths.output: samples hardly ever fall between min and max",
  ],
  [
    "min above max",
    changed("{uniform: [1, 20]}", "{uniform: [1, 20], min: 9, max: 3}"),
    "a.yaml:6:69: workload.lengths.output.min: expected at most max (3), got 9",
  ],
  [
    "parallel decoding without n",
    changed("requests: 20", "requests: 20\n  decoding: {mode: parallel}"),
    "a.yaml:5:13: workload.decoding.n: parallel decoding needs n, the sequences per request",
  ],
  [
    "a pool of system prompts without a length",
    changed("requests: 20", "requests: 20\n  prefix: {pool: 8}"),
    "a.yaml:5:18: workload.prefix.pool: pool needs shared, the tokens of a system prompt",
  ],
  [
    "no turns",
    changed("requests: 20", "requests: 20\n  prefix: {turns: 0}"),
    "a.yaml:5:19: workload.prefix.turns: expected an integer ≥ 1, got 0",
  ],
  [
    "a law of turns with a misspelt key",
    changed("requests: 20", "requests: 20\n  prefix: {turns: {unifrom: [1, 4]}}"),
    'a.yaml:5:20: workload.prefix.turns.unifrom: unknown key "unifrom"; did you mean uniform? (known: constant, uniform, lognormal, quantiles, min, max)',
  ],
  [
    "turns that never meet their bounds",
    changed("requests: 20", "requests: 20\n  prefix: {turns: {constant: 3, max: 2}}"),
    "a.yaml:5:19: workload.prefix.turns: samples hardly ever fall between min and max",
  ],
  [
    "time to think without turns",
    changed("requests: 20", "requests: 20\n  prefix: {shared: 80, thinkTime: 5s}"),
    "a.yaml:5:35: workload.prefix.thinkTime: thinkTime needs turns, the messages of a conversation",
  ],
  [
    "conversations of closed arrivals",
    changed("{process: poisson, rate: 5}", "{process: closed, users: 3}\n  prefix: {turns: 3}"),
    "a.yaml:6:19: workload.prefix.turns: conversations begin at a rate, which closed arrivals do not have",
  ],
  [
    "a system prompt in front of a trace",
    changed(
      "requests: 20",
      "trace: {file: a.yaml, format: generic}\n  prefix: {shared: 80}",
    ).replace(/ {2}lengths.*\n/, ""),
    "a.yaml:5:11: workload.prefix: a trace has prompts of its own; leave one of the two out",
  ],
  [
    "a trace and lengths",
    changed("requests: 20", "requests: 20\n  trace: {file: t.csv, format: azure}"),
    "a.yaml:7:12: workload.lengths: a trace has its own lengths; leave one of the two out",
  ],
  [
    "a window that ends before it begins",
    `measure: {from: 10s, until: 5s}\n${SMALL_CONFIG}`,
    "a.yaml:1:29: measure.until: expected a time after measure.from",
  ],
  [
    "an unknown end of the window",
    `measure: {until: last-arival}\n${SMALL_CONFIG}`,
    'a.yaml:1:18: measure.until: unknown name "last-arival"; did you mean last-arrival? (known: last-arrival, end)',
  ],
  [
    "an empty slo",
    `measure: {slo: {}}\n${SMALL_CONFIG}`,
    "a.yaml:1:16: measure.slo: expected ttft, tpot or both",
  ],
  [
    "no allocators",
    SMALL_CONFIG.replace(/allocators:[\s\S]*/, "allocators: []\n"),
    "a.yaml:11:13: allocators: expected a list of at least 1, got an empty list",
  ],
  [
    "an allocator that is no object",
    changed(PAGED, "  - paged"),
    'a.yaml:12:5: allocators[0]: expected an object with strategy or engine, got "paged"',
  ],
  [
    "an allocator without strategy",
    changed(PAGED, "  - blockSize: 16"),
    "a.yaml:12:5: allocators[0].strategy: expected contiguous, paged or prefix-cached, got nothing",
  ],
  [
    "engine and strategy",
    changed(PAGED, "  - {engine: orca, strategy: paged}"),
    "a.yaml:12:5: allocators[0]: expected either engine or strategy, got both",
  ],
  [
    "the same label twice",
    changed(PAGED, "  - {strategy: contiguous}"),
    'a.yaml:13:5: allocators[1]: same label "contiguous max buddy" as allocators[0]; give each a label',
  ],
  [
    "a label with a line break",
    changed(PAGED, `${PAGED}\n    label: "a\\nb"`),
    "a.yaml:14:12: allocators[0].label: expected one line of at most 100 characters",
  ],
  [
    "orca over memory that is not reserved",
    `scheduler: {policy: orca}\n${SMALL_CONFIG}`,
    "a.yaml:13:5: allocators[0]: orca never preempts, so it needs memory reserved at admission; use policy prefill-first, or an allocator with reserve such as contiguous",
  ],
  [
    "static over memory that is not reserved",
    changed(PAGED, `${PAGED}\n    scheduler: {policy: static}`),
    "a.yaml:12:5: allocators[0]: static never preempts, so it needs memory reserved at admission; use policy prefill-first, or an allocator with reserve such as contiguous",
  ],
  [
    "swapping without a model",
    changed(PAGED, `${PAGED}\n    preemption: {mode: swap}`),
    "a.yaml:12:5: allocators[0]: preemption swap needs a model, to know the bytes per token",
  ],
  [
    "a swap space beyond simulation",
    `model: opt-13b\n${changed(PAGED, `${PAGED}\n    preemption: {mode: swap, swapSpace: 500TiB}`)}`,
    "a.yaml:15:41: allocators[0].preemption.swapSpace: that is 671088640 slots; at most 134217728 can be simulated",
  ],
  [
    "a common swap space beyond simulation",
    `model: opt-13b\npreemption: {swapSpace: 500TiB}\n${changed(PAGED, `${PAGED}\n    preemption: {mode: swap}`)}`,
    "a.yaml:2:25: preemption.swapSpace: that is 671088640 slots; at most 134217728 can be simulated",
  ],
  [
    "swapping with a strategy that cannot",
    `model: opt-13b\npreemption: {mode: auto}\n${SMALL_CONFIG}`,
    "a.yaml:16:5: allocators[1]: preemption auto needs a strategy that can swap, such as paged without reserve; give this one its own preemption: {mode: recompute}",
  ],
];

for (const [what, text, message] of table)
  test(`${what} is one line`, () => {
    expect(loadError(text)).toBe(message);
  });

const refused: readonly (readonly [string, string, string])[] = [
  [
    "policy chunked over a pool for groups",
    `scheduler: {policy: chunked}\n${SMALL_CONFIG}`,
    "a.yaml:13:5: allocators[0]: policy chunked needs strategy prefix-cached, got paged",
  ],
  [
    "a prefix cache under another policy",
    changed(PAGED, "  - {strategy: prefix-cached, scheduler: {policy: orca}}"),
    "a.yaml:12:5: allocators[0]: strategy prefix-cached needs policy chunked, got orca",
  ],
  [
    "swapping under chunked",
    `model: opt-13b\n${changed(PAGED, "  - {engine: vllm-v1, preemption: {mode: swap}}")}`,
    "a.yaml:13:5: allocators[0]: policy chunked always recomputes, as vLLM V1 does; swap is not one of its modes: give this one its own preemption: {mode: recompute}",
  ],
  [
    "a key of chunked under another policy",
    changed(PAGED, "  - {strategy: paged, scheduler: {chunkedPrefill: true}}"),
    "a.yaml:12:51: allocators[0].scheduler.chunkedPrefill: policy prefill-first has no chunkedPrefill; only chunked has it",
  ],
  [
    "a common key of chunked that nobody uses",
    `scheduler: {order: priority}\n${SMALL_CONFIG}`,
    "a.yaml:1:20: scheduler.order: policy prefill-first has no order; only chunked has it",
  ],
  [
    "memory.utilization without a model",
    changed("{slots: 1000}", "{utilization: 0.9}"),
    "a.yaml:1:23: memory.utilization: a planned pool needs model and gpu; or give memory.kvPool",
  ],
  [
    "memory.utilization as a percentage",
    changed("{slots: 1000}", "{utilization: 90}"),
    "a.yaml:1:23: memory.utilization: expected a number ≤ 1, got 90",
  ],
  [
    "memory.utilization of a GPU that is too small",
    `model: llama-3-70b\ngpu: l4\n${changed("{slots: 1000}", "{utilization: 0.9}")}`,
    "a.yaml:3:23: memory.utilization: llama-3-70b leaves no memory for KV on 1 × l4; raise tensorParallel, or see kvsim plan for what would fit",
  ],
  [
    "beam search",
    changed("requests: 20", "requests: 20\n  decoding: {mode: beam}"),
    'a.yaml:5:20: workload.decoding.mode: "beam" does not exist in this version; known: greedy, parallel',
  ],
];

for (const [what, text, message] of refused)
  test(`${what} is refused`, () => {
    expect(loadError(text)).toBe(message);
  });

test("of several problems the first in the file is told", () => {
  const text = changed("rate: 5", "rate: -1").replace("blockSize: 16", "blockSize: 0");
  expect(loadError(text)).toMatch(/^a\.yaml:5:38: workload\.arrivals\.rate: /);
});

test("a prefix of nothing shared is accepted", () => {
  const text = changed("requests: 20", "requests: 20\n  prefix: {shared: 0}\n  zebra: 1");
  expect(loadError(text)).toContain("zebra");
});

test("a file that is named but missing is told with its path", () => {
  const text = changed("requests: 20", "trace: {file: none.csv, format: azure}").replace(
    / {2}lengths.*\n/,
    "",
  );
  expect(loadError(text)).toBe("a.yaml:4:17: workload.trace.file: no such file: none.csv");
  expect(loadError(`model: {hfConfig: none.json}\n${SMALL_CONFIG}`)).toBe(
    "a.yaml:1:19: model.hfConfig: no such file: none.json",
  );
});

test("a problem inside an alias is placed where the alias points", () => {
  const text = changed("prompt: {constant: 10}", "prompt: &len {constant: 0}").replace(
    "{uniform: [1, 20]}",
    "*len",
  );
  expect(loadError(text)).toMatch(/^a\.yaml:6:37: workload\.lengths\.prompt\.constant: /);
});

test("JSON is read too, tabs and all", () => {
  const value = parse(SMALL_CONFIG);
  value.memory.slots = 0;
  const path = writeFiles({ "a.json": JSON.stringify(value, null, "\t") });
  expect(fileError(path)).toBe("a.json:3:12: memory.slots: expected an integer ≥ 1, got 0");
});

test("a GPU that is none is told with those whose names it begins", () => {
  expect(loadError(`gpu: mi3\n${SMALL_CONFIG}`)).toMatch(
    /^a\.yaml:1:6: gpu: unknown GPU "mi3"; did you mean mi300x or mi325x\? \(known: /,
  );
});

test("a misspelt key is told before what it leaves missing", () => {
  expect(loadError(changed("requests: 20", "request: 20"))).toMatch(
    /^a\.yaml:4:3: workload\.request: unknown key "request"; did you mean requests\?/,
  );
});
