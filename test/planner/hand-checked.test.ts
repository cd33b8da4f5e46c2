import { expect, test } from "vitest";
import type {
  Architecture,
  Quantization,
  QuantizedFormat,
} from "../../src/config/catalog/architecture.ts";
import { architectures } from "../../src/config/catalog/index.ts";
import { architectureOf } from "../../src/config/hugging-face/index.ts";
import { huggingFaceSchema } from "../../src/config/hugging-face/keys.ts";
import { parameterCount } from "../../src/config/hugging-face/parameters.ts";
import { quantizations } from "../../src/config/hugging-face/quantization.ts";
import { splits } from "../../src/planner/fleet.ts";
import { releaseOf, version } from "../../src/planner/release.ts";
import { kvBytesPerToken, stageCache } from "../../src/planner/stage.ts";
import { bytesPerQuantizedWeight, weights } from "../../src/planner/weights.ts";
import { planOf, settingsOf, V0 } from "./plan-of.ts";

/** A config.json as a user has it. */
function read(config: unknown): Architecture {
  return architectureOf(huggingFaceSchema.parse(config), "own", "config.json");
}

const LLAMA_3_1_8B = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
};

test("Llama-3.1-8B, added up by hand", () => {
  const model = read(LLAMA_3_1_8B);
  const attention = 4096 * 4096 * 2 + 4096 * 1024 * 2;
  const feedForward = 3 * 4096 * 14_336;
  const layers = 32 * (attention + feedForward + 2 * 4096);
  const parameters = layers + 2 * 128_256 * 4096 + 4096;
  expect(parameters).toBe(8_030_261_248);
  expect(parameterCount(model)).toBe(parameters);
  expect(kvBytesPerToken(settingsOf(model, "h100-80gb"))).toBe(2 * 32 * 8 * 128 * 2);
  // vLLM prints 14.9888 GiB: the parameters and 131,072 rotary angles of 128 elements.
  const { bytes } = weights(settingsOf(model, "h100-80gb"));
  expect(bytes).toBe(2 * (parameters + 131_072 * 128));
  expect((bytes / 2 ** 30).toFixed(4)).toBe("14.9888");
});

test("Llama-3.1-70B on four GPUs: a quarter of the split matrices, norms whole", () => {
  const model = read({
    ...LLAMA_3_1_8B,
    hidden_size: 8192,
    intermediate_size: 28_672,
    num_hidden_layers: 80,
    num_attention_heads: 64,
  });
  expect(parameterCount(model)).toBe(70_553_706_496);
  const one = settingsOf(model, "h100-80gb");
  const four = settingsOf(model, "h100-80gb", { tensorParallel: 4 });
  expect(kvBytesPerToken(one)).toBe(327_680);
  expect(kvBytesPerToken(four)).toBe(81_920);
  const norms = 81 * 2 * 8192 - 8192 + 131_072 * 128;
  expect(weights(four).bytes).toBeCloseTo((weights(one).bytes - 2 * norms) / 4 + 2 * norms, 0);
});

test("heads are replicated, never cut, when there are fewer than GPUs", () => {
  const per = (tensorParallel: number) =>
    kvBytesPerToken(settingsOf("qwen3-30b-a3b", "h100-80gb", { tensorParallel }));
  expect([1, 2, 4, 8].map(per)).toEqual([98_304, 49_152, 24_576, 24_576]);
  const projections = 2 * 2 * 2048 * 512 * 48;
  const weightsOf = (tensorParallel: number) =>
    weights(settingsOf("qwen3-30b-a3b", "h100-80gb", { tensorParallel })).bytes;
  // Each of 8 GPUs holds a quarter of the key and value projections, not an eighth.
  const model = architectures["qwen3-30b-a3b"]!;
  const whole = model.layers.reduce((sum, { weights: w }) => sum + w.router + w.vectors, 0);
  const fixed = 2 * (whole + model.otherParameters + model.rotaryTable);
  expect(weightsOf(8)).toBeCloseTo((weightsOf(1) - fixed) / 8 + fixed + projections / 8, 0);
});

test("multi-query attention keeps one head however many GPUs there are", () => {
  const per = (tensorParallel: number) =>
    kvBytesPerToken(settingsOf("starcoder-15b", "a100-80gb", { tensorParallel }));
  expect([1, 4].map(per)).toEqual([20_480, 20_480]);
});

test("Qwen3-30B-A3B: all 128 experts of 48 layers are resident", () => {
  const model = architectures["qwen3-30b-a3b"]!;
  const experts = model.layers.reduce((sum, layer) => sum + layer.weights.experts, 0);
  expect(experts).toBe(48 * 128 * 3 * 2048 * 768);
  expect(parameterCount(model)).toBe(30_532_122_624);
});

const DEEPSEEK_V3 = {
  model_type: "deepseek_v3",
  hidden_size: 7168,
  intermediate_size: 18_432,
  moe_intermediate_size: 2048,
  num_hidden_layers: 61,
  num_attention_heads: 128,
  num_key_value_heads: 128,
  n_routed_experts: 256,
  n_shared_experts: 1,
  num_experts_per_tok: 8,
  first_k_dense_replace: 3,
  q_lora_rank: 1536,
  kv_lora_rank: 512,
  qk_nope_head_dim: 128,
  qk_rope_head_dim: 64,
  v_head_dim: 128,
  vocab_size: 129_280,
  max_position_embeddings: 163_840,
  rope_scaling: { type: "yarn", factor: 40, original_max_position_embeddings: 4096 },
  quantization_config: { quant_method: "fp8", fmt: "e4m3", weight_block_size: [128, 128] },
  torch_dtype: "bfloat16",
};

test("DeepSeek-V3 caches 576 elements a layer, whole on every GPU", () => {
  const model = read(DEEPSEEK_V3);
  expect(kvBytesPerToken(settingsOf(model, "h200"))).toBe(61 * 576 * 2);
  expect(kvBytesPerToken(settingsOf(model, "h200", { tensorParallel: 8 }))).toBe(70_272);
  expect(parameterCount(model) / 1e9).toBeCloseTo(671.03, 1);
  expect(model.maxModelLen).toBe(163_840);
  // FP8 for all but embeddings, head, router and norms: 671 GB and the second byte of those.
  expect(weights(settingsOf(model, "h200")).bytes / 1e9).toBeCloseTo(673, 0);
});

test("Gemma 2 slides in every other layer, Gemma 3 in five of six", () => {
  const kinds = (model: string) =>
    stageCache(settingsOf(model, "h100-80gb"))
      .map(({ kind }) => kind[0]!)
      .join("");
  expect(kinds("gemma-2-9b")).toBe("sf".repeat(21));
  expect(kinds("gemma-3-27b")).toBe(`${"sssssf".repeat(10)}ss`);
  expect(kvBytesPerToken(settingsOf("gemma-2-9b", "h100-80gb"))).toBe(2 * 42 * 8 * 256 * 2);
});

test("a Gemma 3 request holds its window in 52 layers and all its tokens in 10", () => {
  const limits = { maxModelLen: 32_768, maxBatchedTokens: 8192 };
  const { pool } = planOf("gemma-3-27b", "h100-80gb", { ...limits, tensorParallel: 2 });
  expect(pool.groups.map(({ layer, layers }) => `${layers} ${layer.kind}`)).toEqual([
    ...["9 sliding", "9 sliding", "9 sliding", "9 sliding", "8 sliding", "8 sliding"],
    "10 full",
  ]);
  // ⌈(1023 + 8192) / 16⌉ + 1 = 577 blocks for each of six sliding groups, 2,048 for the full one.
  expect(pool.maxConcurrency).toBe(pool.blocks / (6 * 577 + 2048));
});

test("releases without groups charge a sliding layer like a full one", () => {
  const before = settingsOf("gemma-3-27b", "h100-80gb", {}, V0);
  expect(stageCache(before).every(({ kind }) => kind === "full")).toBe(true);
  const early = releaseOf("vllm-v1", version(0, 8, 5));
  expect(planOf("gemma-3-27b", "h100-80gb", {}, early).pool.groups).toHaveLength(1);
});

test("Llama-3.2-11B-Vision wastes 79.6 % of its cache on layers that never see a token", () => {
  const model = architectures["llama-3.2-11b-v"]!;
  const crossing = model.layers.filter(({ cache }) => cache.kind === "cross").length;
  const self = model.layers.length - crossing;
  expect([self, crossing]).toEqual([32, 8]);
  // Jenga (SOSP'25): text tokens are useful in 32 layers, image tokens in 8; both are kept in all 40.
  const [text, image] = [43, 6193];
  const useful = (self * text + crossing * image) / ((self + crossing) * (text + image));
  expect((100 * (1 - useful)).toFixed(1)).toBe("79.6");
  expect(kvBytesPerToken(settingsOf(model, "h100-80gb", {}, V0))).toBe(40 * 2 * 8 * 128 * 2);
  expect((weights(settingsOf(model, "h100-80gb", {}, V0)).bytes / 2 ** 30).toFixed(1)).toBe("19.9");
});

test("an EAGLE draft caches one layer more and brings its projection", () => {
  const draft = settingsOf("llama-3.1-8b", "h100-80gb", { draftLayers: 1 });
  expect(kvBytesPerToken(draft)).toBe(135_168);
  const layer = 2 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14_336 + 2 * 4096);
  const projection = 2 * 2 * 4096 * 4096;
  const plain = weights(settingsOf("llama-3.1-8b", "h100-80gb")).bytes;
  expect(weights(draft).bytes).toBe(plain + layer + projection);
});

test("a whole model that drafts brings its weights and its cache", () => {
  const draftModel = architectures["llama-3.2-1b"]!;
  const together = settingsOf("llama-3.1-8b", "h100-80gb", { draftModel });
  expect(kvBytesPerToken(together)).toBe(131_072 + 16 * 2 * 8 * 64 * 2);
  const alone = (name: string) => weights(settingsOf(name, "h100-80gb")).bytes;
  expect(weights(together).bytes).toBe(alone("llama-3.1-8b") + alone("llama-3.2-1b"));
});

test("KV is of the model's format where nothing else is said", () => {
  const of = (weightFormat: "float32" | "bfloat16") =>
    kvBytesPerToken(settingsOf("llama-3.1-8b", "h100-80gb", { weightFormat }));
  expect([of("bfloat16"), of("float32")]).toEqual([131_072, 262_144]);
});

test("GPUs share key and value heads equally, or each has a copy", () => {
  const splitsOf = (name: string) =>
    splits(architectures[name]!)
      .filter(({ pipelineParallel }) => pipelineParallel === 1)
      .map(({ tensorParallel }) => tensorParallel);
  // Phi-4 has 10 of them and 40 query heads, Qwen2.5-0.5B 2 and 14, DeepSeek-V3 one latent vector.
  expect(splitsOf("phi-4")).toEqual([1, 2]);
  expect(splitsOf("qwen2.5-0.5b")).toEqual([1, 2]);
  expect(splitsOf("deepseek-v3")).toEqual([1, 2, 4, 8]);
  expect(splitsOf("llama-3.1-8b")).toEqual([1, 2, 4, 8]);
});

test("quantized weights carry their scales, and only matrices are quantized", () => {
  const bytes = (method: QuantizedFormat["method"], groupSize: number | null) =>
    bytesPerQuantizedWeight({ method, bits: 4, groupSize });
  expect(bytes("gptq", 128)).toBe(0.5 + 2.5 / 128);
  expect(bytes("bitsandbytes", null)).toBe(0.5 + 1 / 64 + 1 / 4096);
  expect(bytes("bitsandbytes", 64)).toBe(0.5 + 4 / 64);
  expect(bytes("mxfp4", 32)).toBe(0.5 + 1 / 32);
  expect(bytes("nvfp4", 16)).toBe(0.5 + 1 / 16);
  // The file of TheBloke/Llama-2-7B-GPTQ is 3.90 GB.
  const gptq = { method: "gptq", bits: 4, groupSize: 128 } as const;
  const llama = settingsOf("llama-2-7b", "a6000", { quantization: gptq });
  expect(weights(llama).bytes / 1e9).toBeCloseTo(3.9, 1);
});

test("gpt-oss' experts are padded to what the kernels for MXFP4 take, as vLLM's logs say", () => {
  const of = (model: string, tensorParallel = 1) =>
    weights(settingsOf(model, "h100-80gb", { tensorParallel }));
  const gib = (model: string) => of(model).bytes / 2 ** 30;
  // "Model loading took 13.72 GiB", and 65.97 GiB.
  expect(Math.abs(gib("gpt-oss-20b") / 13.72 - 1)).toBeLessThan(0.002);
  expect(Math.abs(gib("gpt-oss-120b") / 65.97 - 1)).toBeLessThan(0.002);
  // The files of openai/gpt-oss-20b are 13.8 GB: 2880 × 2880 instead of 3072 × 2944, in 24 · 32 experts of 3 matrices.
  const { low, bytes } = of("gpt-oss-20b");
  expect(low / 1e9).toBeCloseTo(13.8, 1);
  const padded = 24 * 32 * 3 * (3072 * 2944 - 2880 * 2880);
  expect(bytes - low).toBeCloseTo(padded * (0.5 + 1 / 32), 0);
  // On four GPUs each has 720 of the width, which become 768.
  const four = of("gpt-oss-20b", 4);
  const quarter = 24 * 32 * 3 * (3072 * 768 - 2880 * 720);
  expect(four.bytes - four.low).toBeCloseTo(quarter * (0.5 + 1 / 32), 0);
  // Qwen3-30B-A3B's 2048 × 768 are multiples already.
  const mxfp4 = { method: "mxfp4", bits: 4, groupSize: 32 } as const;
  const qwen = weights(settingsOf("qwen3-30b-a3b", "h100-80gb", { quantization: mxfp4 }));
  expect(qwen.bytes).toBe(qwen.low);
});

test("parts of layers are as the checkpoint stores them", () => {
  const gptq = { method: "gptq", bits: 4, groupSize: 128 } as const;
  const fp8 = { method: "fp8", bits: 8, groupSize: null } as const;
  const bytes = (quantization: Quantization) =>
    weights(settingsOf("llama-3.1-8b", "h100-80gb", { quantization })).bytes;
  const attention = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024);
  const apart = (format: typeof fp8 | null) => bytes({ ...gptq, parts: { attention: format } });
  expect(apart(null) - bytes(gptq)).toBeCloseTo(attention * (2 - 0.5 - 2.5 / 128), 0);
  expect(apart(fp8) - bytes(gptq)).toBeCloseTo(attention * (1 - 0.5 - 2.5 / 128), 0);
  const experts = settingsOf("qwen3-30b-a3b", "h100-80gb", {
    quantization: quantizations.experts_int8,
  });
  const saved = 48 * 128 * 3 * 2048 * 768;
  const all = weights(settingsOf("qwen3-30b-a3b", "h100-80gb")).bytes;
  expect(all - weights(experts).bytes).toBeCloseTo(saved, 0);
});

test("tied embeddings are held once, float32 checkpoints in half precision", () => {
  const { tokenTable, tiedEmbeddings } = architectures["qwen2.5-1.5b"]!;
  expect(tiedEmbeddings).toBe(true);
  expect(tokenTable).toBe(151_936 * 1536);
  expect(
    settingsOf({ ...architectures["gpt2"]!, weightFormat: "float32" }, "t4").weightFormat,
  ).toBe("float16");
});
