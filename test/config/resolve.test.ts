import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { models } from "../../src/config/catalog/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { resolvedDocument } from "../../src/config/resolved-document.ts";
import { changed, loadError, loadText, SMALL_CONFIG, writeFiles } from "./temporary-config.ts";

const MODEL_CONFIG = `model: opt-13b
memory: {kvPool: 12GiB}
workload:
  requests: 20
  arrivals: {process: poisson, rate: 5}
  lengths: {dataset: sharegpt-sosp23}
allocators:
  - strategy: paged
`;

test("the resolved document writes every default out", () => {
  const transfers = {
    bytesPerToken: 819_200,
    gpuBytesPerSecond: 2039e9,
    pcieBytesPerSecond: 25e9,
    secondsPerCopy: 5e-6,
    copiesPerBlock: 80,
  };
  expect(resolvedDocument(loadText(MODEL_CONFIG))).toEqual({
    name: "a",
    seeds: [42],
    model: models["opt-13b"],
    gpu: expect.objectContaining({ name: "a100-80gb", bandwidthGBps: 2039, tflops: 312 }),
    tensorParallel: 1,
    pipelineParallel: 1,
    maxModelLen: 2048,
    memory: { slots: 15_728, bytesPerToken: 819_200 },
    workload: {
      requests: 20,
      durationSeconds: null,
      arrivals: { process: "poisson", rate: 5 },
      lengths: { kind: "dataset", dataset: "sharegpt-sosp23" },
      n: 1,
      trace: null,
    },
    measure: { fromSeconds: 0, until: "last-arrival", slo: null },
    allocators: [
      {
        label: "paged 16",
        strategy: "paged",
        blockSize: 16,
        reserve: "none",
        watermark: 0.01,
        scheduler: {
          policy: "prefill-first",
          maxRunning: 256,
          maxBatchedTokens: 2048,
          maxWaiting: "unlimited",
        },
        preemption: { mode: "recompute", swapSlots: 0 },
        latency: {
          model: "roofline",
          prefillEfficiency: 0.45,
          decodeEfficiency: 0.3,
          flopsPerToken: 2 * 12.853e9,
          flopsPerTokenPair: 4 * 40 * 5120,
          weightBytes: 2 * 12.853e9,
          expertBytes: 0,
          expertShare: 1,
          bytesPerToken: 819_200,
          flopsPerSecond: 312e12,
          bytesPerSecond: 2039e9,
          stages: 1,
          transfers,
        },
      },
    ],
  });
});

const prefixOf = (prefix: string) =>
  loadText(changed("requests: 20", `requests: 20\n  prefix: ${prefix}`)).workload.prefix;

test("what prompts share has its defaults, and is null where it is nothing", () => {
  expect(loadText(SMALL_CONFIG).workload.prefix).toBeNull();
  for (const nothing of ["{}", "{shared: 0}"]) expect(prefixOf(nothing)).toBeNull();
  const system = { sharedTokens: 512, pool: 1, zipf: 0 };
  expect(prefixOf("{shared: 512}")).toEqual({ ...system, conversations: null });
  const turns = { law: { kind: "constant", value: 5 }, min: null, max: null };
  for (const five of ["5", "{constant: 5}"])
    expect(prefixOf(`{shared: 512, turns: ${five}}`)).toEqual({
      ...system,
      conversations: { turns, thinkSeconds: 0 },
    });
  expect(prefixOf("{turns: {uniform: [1, 9], min: 2}, thinkTime: 1min}")).toEqual({
    ...{ sharedTokens: 0, pool: 1, zipf: 0 },
    conversations: {
      turns: { law: { kind: "uniform", low: 1, high: 9 }, min: 2, max: null },
      thinkSeconds: 60,
    },
  });
});

test("the resolved document shows what prompts share", () => {
  const text = changed("requests: 20", "requests: 20\n  prefix: {shared: 512, pool: 8, zipf: 1}");
  expect(resolvedDocument(loadText(text))).toMatchObject({
    workload: { prefix: { sharedTokens: 512, pool: 8, zipf: 1, conversations: null } },
  });
});

test("without a model nothing about one is made up", () => {
  const config = loadText(SMALL_CONFIG);
  expect(config.model).toBeNull();
  expect(config.gpu).toBeNull();
  expect(config.pool).toEqual({ slots: 1000, bytesPerToken: null });
  expect(config.setups[0]!.latency.transfers.gpuBytesPerSecond).toBeNull();
  expect(config.setups[0]!.scheduler.maxBatchedTokens).toBe(2048);
});

test("maxBatchedTokens follows a long context", () => {
  const config = loadText(MODEL_CONFIG.replace("opt-13b", "llama-3-8b"));
  expect(config.setups[0]!.scheduler.maxBatchedTokens).toBe(8192);
});

test("the pool and the swap space are whole slots", () => {
  const swapping = "preemption: {mode: swap, swapSpace: 1GiB}\n";
  const config = loadText(swapping + MODEL_CONFIG);
  expect(config.pool.slots).toBe(Math.floor((12 * 2 ** 30) / 819_200));
  expect(config.setups[0]!.preemption).toEqual({
    mode: "swap",
    swapSlots: Math.floor(2 ** 30 / 819_200),
  });
  const byDefault = loadText(`preemption: {mode: auto}\n${MODEL_CONFIG}`);
  expect(byDefault.setups[0]!.preemption.swapSlots).toBe(Math.floor(2 ** 32 / 819_200));
});

test("a pool that is too small for a token is no config error", () => {
  expect(loadText(MODEL_CONFIG.replace("12GiB", "1KiB")).pool.slots).toBe(0);
});

test("tensor parallelism keeps at least a KV head on every GPU and multiplies the speed", () => {
  const text = MODEL_CONFIG.replace("opt-13b", "llama-3-8b");
  const on = (gpus: number) => loadText(`tensorParallel: ${gpus}\n${text}`);
  expect(on(8).pool.bytesPerToken).toBe(on(1).pool.bytesPerToken);
  expect(on(16).pool.bytesPerToken).toBe(2 * on(8).pool.bytesPerToken!);
  const latency = on(4).setups[0]!.latency;
  expect(latency).toMatchObject({ flopsPerSecond: 4 * 312e12, bytesPerSecond: 4 * 2039e9 });
  expect(latency.transfers.pcieBytesPerSecond).toBe(4 * 25e9);
});

test("a latent cache is whole on every GPU of a tensor-parallel group", () => {
  const text = MODEL_CONFIG.replace("opt-13b", "deepseek-v3");
  expect(loadText(text).pool.bytesPerToken).toBe(70_272);
  expect(loadText(`tensorParallel: 8\n${text}`).pool.bytesPerToken).toBe(8 * 70_272);
});

test("kvDtype and dtype change bytes per token and weights", () => {
  const config = loadText(`kvDtype: fp8\ndtype: int4\n${MODEL_CONFIG}`);
  expect(config.pool.bytesPerToken).toBe(409_600);
  expect(config.setups[0]!.latency).toMatchObject({ weightBytes: 12.853e9 / 2 });
});

test("a model written out has sizes that follow from the ones given", () => {
  const text = MODEL_CONFIG.replace("opt-13b", "{layers: 40, kvHeads: 40, headDim: 128}");
  const { model, pool } = loadText(`maxModelLen: 2048\n${text}`);
  expect(pool.bytesPerToken).toBe(819_200);
  expect(model).toMatchObject({ heads: 40, hidden: 5120, maxModelLen: 2048 });
  expect(Math.abs(model!.parameters / models["opt-13b"]!.parameters - 1)).toBeLessThan(0.01);
  expect(loadError(text)).toBe("a.yaml:1:8: model: expected maxModelLen here or at the top level");
});

const LLAMA_3_8B = {
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  hidden_size: 4096,
  intermediate_size: 14_336,
  vocab_size: 128_256,
  max_position_embeddings: 8192,
  tie_word_embeddings: false,
};

function hfConfig(content: unknown) {
  const text = MODEL_CONFIG.replace("opt-13b", "{hfConfig: config.json}");
  return writeFiles({ "a.yaml": text, "config.json": JSON.stringify(content) });
}

test("a Hugging Face config.json gives the model of the catalogue", () => {
  const { model, pool } = loadConfig(hfConfig(LLAMA_3_8B), { set: [] });
  const known = models["llama-3-8b"]!;
  for (const key of ["layers", "heads", "kvHeads", "headDim", "hidden", "maxModelLen"] as const)
    expect(model![key]).toBe(known[key]);
  expect(Math.abs(model!.parameters / known.parameters - 1)).toBeLessThan(0.001);
  expect(pool.bytesPerToken).toBe(131_072);
});

test("a Hugging Face config.json with sliding windows or without layers is refused", () => {
  const sliding = hfConfig({ ...LLAMA_3_8B, sliding_window: 4096 });
  expect(() => loadConfig(sliding, { set: [] })).toThrow(
    "model.hfConfig: sliding-window layers do not exist in this version",
  );
  expect(() => loadConfig(hfConfig({}), { set: [] })).toThrow(
    "in config.json: num_hidden_layers: expected an integer ≥ 1, got nothing",
  );
});

test("an engine stands for its allocator, scheduler and preemption, and options go over it", () => {
  const entries =
    "  - {engine: orca}\n  - {engine: vllm-v0}\n  - {engine: orca, reserve: oracle}\n";
  const text = `scheduler: {maxRunning: 7}\n${MODEL_CONFIG.replace("  - strategy: paged\n", entries)}`;
  const [orca, vllm, oracle] = loadText(text).setups;
  expect(orca).toMatchObject({
    strategy: "contiguous",
    options: { reserve: "max", placement: "buddy" },
    scheduler: { policy: "orca", maxRunning: 7 },
    label: "contiguous max buddy, orca",
  });
  expect(vllm).toMatchObject({
    strategy: "paged",
    options: { blockSize: 16, watermark: 0.01 },
    scheduler: { policy: "prefill-first", maxRunning: 7 },
    preemption: { mode: "auto" },
  });
  expect(oracle!.options).toEqual({ reserve: "oracle", placement: "buddy" });
});

test("an allocator's own scheduler goes over the common one, key by key", () => {
  const own = "    scheduler: {maxRunning: 3}\n    label: few\n";
  const text = `scheduler: {maxRunning: 7, maxWaiting: 0}\n${MODEL_CONFIG}${own}`;
  const [setup] = loadText(text).setups;
  expect(setup).toMatchObject({ label: "few", scheduler: { maxRunning: 3, maxWaiting: 0 } });
});

test("quantities and arrivals come out in base units", () => {
  const text = changed("requests: 20", "duration: 2m").replace(
    "{process: poisson, rate: 5}",
    "{process: bursty, rate: 5, burst: 4, onTime: 500ms}",
  );
  const measure = "measure: {from: 10, until: 1.5m, slo: {tpot: 100ms}}\n";
  const config = loadText(measure + text);
  expect(config.workload).toMatchObject({
    requests: null,
    durationNs: 120e9,
    arrivals: { process: "bursty", rate: 5, burst: 4, onSeconds: 0.5 },
  });
  expect(config.measure).toEqual({
    fromNs: 10e9,
    until: 90e9,
    slo: { ttftSeconds: null, tpotSeconds: 0.1 },
  });
});

test("users of a closed loop think for no time unless told", () => {
  const text = changed("{process: poisson, rate: 5}", "{process: closed, users: 3}");
  expect(loadText(text).workload.arrivals).toEqual({
    process: "closed",
    users: 3,
    thinkSeconds: 0,
  });
});

test("a trace is found beside the config and shown without its folder", () => {
  const text = changed("requests: 20", "trace: {file: t.csv, format: sharegpt}").replace(
    / {2}lengths.*\n/,
    "",
  );
  const path = writeFiles({ "a.yaml": text, "t.csv": "abc" });
  const config = loadConfig(path, { set: [] });
  expect(config.workload.trace!.path).toBe(`${dirname(path)}/t.csv`);
  const document = JSON.stringify(resolvedDocument(config));
  expect(document).not.toContain(basename(dirname(path)));
  // SHA-256 of "abc", FIPS 180-2, B.1.
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(document).toContain(`{"file":"t.csv","sha256":"${sha256}","format":"sharegpt"`);
});

test("the seed of the command line replaces the config's", () => {
  const path = writeFiles({ "a.yaml": `seeds: [1, 2]\n${SMALL_CONFIG}` });
  expect(loadConfig(path, { set: [] }).seeds).toEqual([1, 2]);
  expect(loadConfig(path, { set: [], seed: 0 }).seeds).toEqual([0]);
});

test("a GPU may be named as people write it, and as kvsim plan takes it", () => {
  const gpu = (name: string) => loadText(`gpu: ${name}\n${MODEL_CONFIG}`).gpu?.name;
  expect(gpu("a100-40gb")).toBe("a100-40gb");
  expect(gpu("h100")).toBe("h100-80gb");
  expect(gpu("NVIDIA RTX A6000 48GB")).toBe("a6000");
});
