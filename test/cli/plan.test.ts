import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { gpus } from "../../src/config/catalog/index.ts";
import { temporaryFolder } from "../config/temporary-config.ts";
import { kvsim } from "./captured.ts";

function plan(...args: string[]) {
  return kvsim(["plan", ...args]);
}

async function planned(...args: string[]) {
  const { out, exitCode } = await plan(...args, "--json");
  return { exitCode, ...JSON.parse(out) };
}

function configFile(content: string): string {
  const path = join(temporaryFolder(), "config.json");
  writeFileSync(path, content);
  return path;
}

test("the article's question has an answer in one command", async () => {
  const { exitCode, out } = await plan(
    ...["--model", "llama-13b", "--gpu", "a100-40gb", "--tp", "2"],
    ...["--concurrency", "10", "--context", "2000"],
  );
  expect(exitCode).toBe(0);
  for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(out).toContain("KV per token      819,200 B (800.0 KiB), 409,600 B on each GPU");
  expect(out).toMatch(/2 × a100-40gb .*\n.*1 × a100-80gb/s);
  expect(out).toMatch(/Maximum concurrency for 2,048 tokens per request: \d+\.\d\dx/);
});

test("GiB and GB are told apart", async () => {
  const { out } = await plan("--model", "opt-13b", "--gpu", "a100-40gb");
  expect(out).toMatch(/memory of each GPU +GiB +GB +range, GiB/);
  expect(out).toMatch(/weights +23\.94 +25\.71/);
});

test("JSON has every figure, of the model and of a GPU, in bytes", async () => {
  const result = await planned("--model", "llama-3-70b", "--gpu", "h100", "--tp", "4");
  expect(result).toMatchObject({
    exitCode: 0,
    schema: "kvsim.plan/1",
    parameters: 70_553_706_496,
    kvBytesPerToken: 327_680,
    gpu: "h100-80gb",
    tensorParallel: 4,
    fits: true,
    problem: null,
    remedies: [],
    perGpu: { kvBytesPerToken: 81_920, totalBytes: Math.floor(79.1 * 2 ** 30) },
  });
  expect(Object.keys(result.gpus)).toEqual(Object.keys(gpus));
  expect(result.gpus["h100-80gb"]).toEqual({
    count: 2,
    tensorParallel: 2,
    pipelineParallel: 1,
  });
  expect(result.tokens.low).toBeLessThan(result.tokens.planned);
});

test("without a GPU it takes as many of the usual one as are needed", async () => {
  expect(await planned("--model", "llama-2-70b")).toMatchObject({
    exitCode: 0,
    gpu: "a100-80gb",
    tensorParallel: 2,
  });
});

test("a name that is taken for the catalogue's is told beside it", async () => {
  const { out } = await plan("--model", "allenai/Llama-3.1-Tulu-3-8B", "--gpu", "h100");
  expect(out).toMatch(/^allenai\/Llama-3.1-Tulu-3-8B, taken for llama-3.1-8b \(8.0 B parameters\)/);
  const taken = await planned("--model", "TheBloke/Llama-2-7B-GPTQ", "--gpu", "t4");
  expect(taken).toMatchObject({ model: "llama-2-7b", takenFrom: "TheBloke/Llama-2-7B-GPTQ" });
  expect((await planned("--model", "Llama-2-7B", "--gpu", "a6000")).takenFrom).toBeNull();
});

describe("a quantized checkpoint", () => {
  const planOf = (quantization_config: object, ...more: string[]) => {
    const config = { ...BASE, sliding_window: null, rope_scaling: null, quantization_config };
    return [...["--hf-config", configFile(JSON.stringify(config)), "--gpu", "t4"], ...more];
  };
  const heading = async (args: readonly string[]) =>
    (await plan(...args)).out.split("\n\n")[0]!.replaceAll("\n", " ");

  it("keeps its own bits whichever kernel reads them", async () => {
    const args = planOf({ quant_method: "gptq", bits: 8, group_size: 64 });
    expect(await planned(...args, "--quantization", "gptq_marlin")).toMatchObject({
      quantization: { bits: 8, groupSize: 64 },
      kvBytesPerElement: 2,
    });
  });

  it("is cached in fp8 where it has scales for it, unless told otherwise", async () => {
    const kv_cache_scheme = { num_bits: 8, type: "float" };
    const args = planOf({ quant_method: "compressed-tensors", config_groups: {}, kv_cache_scheme });
    expect(await planned(...args)).toMatchObject({ quantization: null, kvBytesPerElement: 1 });
    expect(await heading(args)).toContain("; float16; KV in fp8, as the checkpoint asks;");
    const flag = [...args, "--quantization", "compressed-tensors"];
    expect(await planned(...flag)).toMatchObject({ quantization: null, kvBytesPerElement: 1 });
    const told = [...args, "--kv-dtype", "bfloat16"];
    expect((await planned(...told)).kvBytesPerElement).toBe(2);
    expect(await heading(told)).not.toContain("fp8");
  });

  it("says which parts it leaves as they were", async () => {
    const args = planOf({ quant_method: "awq", modules_to_not_convert: ["self_attn"] });
    expect(await heading(args)).toContain("; awq 4-bit; attention in float16;");
  });
});

describe("a vLLM command", () => {
  it("is the plan's options, and the options beside it win", async () => {
    const command =
      "vllm serve TheBloke/Llama-2-7B-Chat-GPTQ --tensor-parallel-size 2 --max-model-len 2K " +
      "--gpu-memory-utilization 0.8 --kv-cache-dtype fp8 --enforce-eager --whatever";
    const result = await planned("--vllm", command, "--gpu", "T4", "--utilization", "0.7");
    expect(result).toMatchObject({
      model: "llama-2-7b",
      quantization: { method: "gptq" },
      tensorParallel: 2,
      maxModelLen: 2048,
      kvBytesPerElement: 1,
      utilization: 0.7,
      unknownFlags: ["--whatever"],
      perGpu: { cudaGraphs: { bytes: 0 } },
    });
    expect((await plan("--vllm", command)).out).toContain("not known: --whatever\n");
  });

  it("takes a draft model's memory in, or says that it does not know it", async () => {
    const drafted = (model: string) =>
      `vllm serve llama-3.1-8b --speculative-config '{"model": "${model}", "num_speculative_tokens": 5}'`;
    const known = await plan("--vllm", drafted("meta-llama/Llama-3.2-1B-Instruct"));
    expect(known.out).toContain("llama-3.2-1b drafts");
    const json = await planned("--vllm", drafted("meta-llama/Llama-3.2-1B-Instruct"));
    expect(json).toMatchObject({ draftModel: "llama-3.2-1b", kvBytesPerToken: 163_840 });
    const quantized = await planned("--vllm", drafted("someone/Llama-3.2-1B-Instruct-AWQ"));
    expect(quantized.perGpu.weights.bytes).toBeLessThan(json.perGpu.weights.bytes);
    expect((await plan("--vllm", drafted("me/mine"))).out).toContain(
      "me/mine, which drafts, is not in the catalogue",
    );
  });

  it("follows the switches that change the pool", async () => {
    const blocks = async (model: string, flags: string, environment = "") => {
      const command = `${environment} vllm serve ${model} --max-model-len 8192 ${flags}`;
      return (await planned("--vllm", command, "--gpu", "h100-80gb")).blocks.planned;
    };
    const gemma = (flags: string) => blocks("gemma-3-27b", flags);
    expect(await gemma("--disable-hybrid-kv-cache-manager")).toBeLessThan(await gemma(""));
    const v0 = (flags: string) => blocks("llama-3.1-8b", flags, "VLLM_USE_V1=0");
    expect(await v0("--enable-chunked-prefill")).toBeGreaterThan(await v0(""));
    expect(await v0("--enable-chunked-prefill=False")).toBe(await v0(""));
  });

  it("has its misspelt flags told with the nearest", async () => {
    const command = "vllm serve Qwen/Qwen3-14B --max-model-length 16384 --whatever";
    expect((await plan("--vllm", command, "--gpu", "l40s")).out).toContain(
      "not known: --max-model-length (did you mean --max-model-len?) --whatever\n",
    );
  });

  it("may fix the blocks, the KV memory, the draft and the engine", async () => {
    const of = (flags: string, environment = "") =>
      planned("--vllm", `${environment} vllm serve llama-3-8b ${flags}`, "--gpu", "a6000");
    expect((await of("--num-gpu-blocks-override 1000")).blocks.planned).toBe(1000);
    const bytes = await of("--kv-cache-memory-bytes 2147483648");
    expect(bytes.blocks).toEqual({ planned: 1024, low: 1024, high: 1024 });
    const eagle = await of(`--speculative-config '{"method": "eagle"}'`);
    expect(eagle.kvBytesPerToken).toBe(135_168);
    const v0 = await of("--swap-space 8", "VLLM_USE_V1=0");
    expect(v0).toMatchObject({ engine: "vllm-v0", cpuBlocks: 4096 });
  });

  it("may allow contexts that the model was not made for, as vLLM does", async () => {
    const command = "vllm serve huggyllama/llama-13b --max-model-len 4096";
    const allowed = `VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 ${command}`;
    expect(await planned("--vllm", allowed)).toMatchObject({ exitCode: 0, maxModelLen: 4096 });
    expect((await plan("--vllm", command)).err).toMatch(/expected at most 2048, the longest/);
  });

  it("must name a model", async () => {
    expect((await plan("--vllm", "vllm serve --port 80")).err).toBe(
      "error: --vllm: expected a command that names a model, vllm serve MODEL …\n",
    );
  });
});

describe("what does not fit", () => {
  it("ends with 1, and says what is missing and what would fit", async () => {
    const { exitCode, out } = await plan("--model", "llama-3-70b", "--gpu", "l4");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/does not fit: [^;]+; \d+\.\d\d GiB are\s+missing on each GPU/);
    expect(out).toMatch(/would fit: --tp 8/);
  });

  it("may fit with a shorter context or fewer bits", async () => {
    const result = await planned("--model", "llama-3.1-8b", "--gpu", "a10g");
    expect(result).toMatchObject({ exitCode: 1, fits: false });
    expect(result.problem).toContain("max seq len (131072)");
    const [shorter] = result.remedies;
    expect(shorter).toMatch(/^--max-model-len \d+$/);
    const length = shorter.split(" ")[1];
    const args = ["--model", "llama-3.1-8b", "--gpu", "a10g", "--max-model-len", length];
    expect((await plan(...args)).exitCode).toBe(0);
  });

  it("is also a load that is too large", async () => {
    const args = ["--model", "llama-13b", "--gpu", "a100-40gb", "--context", "2000"];
    expect((await plan(...args, "--concurrency", "5")).exitCode).toBe(0);
    const many = await plan(...args, "--concurrency", "50");
    expect(many.exitCode).toBe(1);
    expect(many.out).toMatch(/does not fit: \d of 50 requests of 2,000 tokens fit/);
  });
});

describe("a wrong input is one line and 2", () => {
  it.each([
    [
      ["--model", "lama-3-8b"],
      /^error: --model: unknown model "lama-3-8b"; did you mean llama-3-8b\?/,
    ],
    [
      ["--model", "microsoft/Phi-4-multimodal-instruct"],
      /^error: --model: unknown model "microsoft\/Phi-4-multimodal-instruct": the nearest, phi-4, is not "multimodal"; give its config.json with --hf-config\n/,
    ],
    [
      ["--model", "microsoft/phi-4-gguf"],
      /^error: --model: expected weights of one format, .*; say --model phi-4 with/,
    ],
    [["--model", "opt-13b", "--gpu", "a1000"], /^error: --gpu: unknown GPU "a1000"/],
    [[], /^error: expected --model, --hf-config or --vllm\n/],
    [["--model", "opt-13b", "--hf-config", "x"], /^error: expected one of --model and --hf-config/],
    [["--model", "opt-13b", "--tp", "3"], /^error: --tp: expected a divisor of the 40 query heads/],
    [["--model", "opt-13b", "--pp", "41"], /^error: --pp: expected at most 40, the layers, got 41/],
    [
      ["--model", "llama-13b", "--max-model-len", "32k"],
      /^error: --max-model-len: expected at most 2048, the longest context of llama-13b, got 32000/,
    ],
    [
      ["--model", "opt-13b", "--max-num-seqs", "1000000000"],
      /^error: --max-num-seqs: expected an integer ≤ 65536, got "1000000000"/,
    ],
    [
      ["--model", "opt-13b", "--draft-layers", "1e9"],
      /^error: --draft-layers: expected an integer ≥/,
    ],
    [
      ["--model", "opt-13b", "--draft-layers", "1g"],
      /^error: --draft-layers: expected an integer ≤/,
    ],
    [["--model", "opt-13b", "--tp", "0"], /^error: --tp: expected an integer ≥ 1, got "0"/],
    [["--model", "opt-13b", "--utilization", "90"], /^error: --utilization: expected a number > 0/],
    [["--model", "opt-13b", "--quantization", "gptqq"], /^error: --quantization: unknown method/],
    [
      ["--model", "opt-13b", "--quantization", "gguf"],
      /^error: --quantization: expected gptq, .* or mxfp4, got "gguf", which does not tell the bits of opt-13b\n/,
    ],
    [
      ["--model", "opt-13b", "--quantization", "compressed-tensors"],
      /got "compressed-tensors", which does not tell the bits of opt-13b\n/,
    ],
    [["--model", "opt-13b", "--kv-dtype", "int3"], /^error: --kv-dtype: expected auto, fp8/],
    [["--model", "opt-13b", "--engine", "sglang"], /^error: --engine: expected vllm-v0, vllm-v1/],
    [["--model", "opt-13b", "--gpu", "a100-81gb"], /^error: --gpu: unknown GPU "a100-81gb"/],
    [["--model", "opt-13b", "--context", "4096"], /^error: --context: expected at most 2048/],
  ])("%j", async (args, message) => {
    const { exitCode, err, out } = await plan(...args);
    expect(err).toMatch(message);
    expect(err.trimEnd()).not.toContain("\n");
    expect([exitCode, out]).toEqual([2, ""]);
  });

  it.each([
    ["{", "in config.json: expected JSON, which it is not"],
    ["null", "in config.json: expected an object, got nothing"],
    ['{"model_type": "bert"}', 'in config.json: model_type: "bert" is not known'],
    [
      '{"model_type": "lama"}',
      'in config.json: model_type: "lama" is not known; did you mean llama?',
    ],
    [
      '{"model_type": "llama"}',
      "in config.json: num_hidden_layers: expected an integer ≥ 1, got nothing",
    ],
    [
      '{"num_key_value_heads": 0}',
      "in config.json: num_key_value_heads: expected an integer ≥ 1, got 0",
    ],
    [
      '{"vision_config": {"image_size": "x"}}',
      'in config.json: vision_config.image_size: expected an integer ≥ 1 or a list of at least 1, got "x"',
    ],
    ['{"hidden_size": -1}', "in config.json: hidden_size: expected an integer ≥ 1, got -1"],
    [
      '{"model_type": "gpt2", "n_layer": 2, "n_head": 64, "n_embd": 8, "vocab_size": 9}',
      "in config.json: hidden_size: expected at least 64, one for each head",
    ],
    [
      '{"num_hidden_layers": 9000000}',
      "in config.json: num_hidden_layers: expected an integer ≤ 2000, got 9000000",
    ],
    [
      '{"model_type": "llama", "quantization_config": {"quant_method": "magic"}}',
      "in config.json: num_hidden_layers: expected an integer ≥ 1, got nothing",
    ],
  ])("config.json %s", async (content, message) => {
    const { exitCode, err } = await plan("--hf-config", configFile(content));
    expect(err).toBe(`error: --hf-config: ${message}\n`);
    expect(exitCode).toBe(2);
  });

  it("a file that is not there", async () => {
    const { exitCode, err } = await plan("--hf-config", "no/such/config.json");
    expect(err).toMatch(/^error: --hf-config: no such file: .*config\.json\n$/);
    expect(exitCode).toBe(2);
  });
});

const BASE = {
  model_type: "qwen3_moe",
  hidden_size: 2048,
  intermediate_size: 6144,
  num_hidden_layers: 8,
  num_attention_heads: 32,
  num_key_value_heads: 4,
  head_dim: 128,
  num_experts: 16,
  num_experts_per_tok: 2,
  moe_intermediate_size: 768,
  vocab_size: 151_936,
  max_position_embeddings: 4096,
  sliding_window: 512,
  rope_scaling: { type: "yarn", factor: 2 },
  quantization_config: { quant_method: "awq", bits: 4, group_size: 128 },
  text_config: { model_type: "mistral", num_hidden_layers: 2 },
  vision_config: { hidden_size: 64, depth: 2 },
};

test("no config.json, however strange, ends in anything but a plan or one line", async () => {
  const strange = fc.oneof(
    fc.constantFrom(null, 0, 1, -1, 0.5, 1e9, 1e8, "", "x", [], {}, true, [1], { a: 1 }),
    fc.integer({ min: 0, max: 100_000 }),
    fc.constantFrom(
      "gemma2",
      "deepseek_v3",
      "gpt2",
      "mllama",
      "opt",
      "chatglm",
      "falcon",
      "gemma3",
      "qwen2_vl",
    ),
  );
  const edits = fc.array(fc.tuple(fc.constantFrom(...Object.keys(BASE)), strange), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const file = configFile(JSON.stringify({ ...BASE, ...Object.fromEntries(changes) }));
      const { exitCode, out, err } = await plan("--hf-config", file, "--json");
      if (exitCode === 2) expect(err).toMatch(/^error: (?!kvsim failed).+\n$/);
      else expect(Number.isFinite(JSON.parse(out).kvBytesPerToken)).toBe(true);
      expect(err).not.toContain("kvsim failed");
      expect(out).not.toMatch(/NaN|Infinity|"(?:weightsBytes|kvBytesPerToken)": null/);
    }),
    { numRuns: 150 },
  );
});
