import { expect, test } from "vitest";
import { architectures } from "../../src/config/catalog/index.ts";
import { architectureOf, families } from "../../src/config/hugging-face/index.ts";
import { huggingFaceSchema } from "../../src/config/hugging-face/keys.ts";
import {
  activeParameterCount,
  modelSpecOf,
  parameterCount,
} from "../../src/config/hugging-face/parameters.ts";
import { asksForFp8Cache, quantizationFor } from "../../src/config/hugging-face/quantization.ts";

/** Parameters in the safetensors index of the public weights. */
const PUBLISHED: Readonly<Record<string, number>> = {
  gpt2: 124_439_808,
  "gpt2-xl": 1_557_611_200,
  "opt-13b": 12_853_473_280,
  "gpt-neox-20b": 20_554_567_680,
  "falcon-7b": 6_921_720_704,
  "bloom-176b": 176_247_271_424,
  "starcoder-15b": 15_517_456_384,
  "phi-2": 2_779_683_840,
  "llama-2-7b": 6_738_415_616,
  "llama-3.1-405b": 405_853_388_800,
  "llama-3.2-11b-v": 10_670_220_835,
  "mistral-nemo-12b": 12_247_782_400,
  "mixtral-8x7b": 46_702_792_704,
  "qwen2.5-7b": 7_615_616_512,
  "qwen2.5-vl-7b": 8_292_166_656,
  "qwen2-vl-7b": 8_291_375_616,
  "r1-qwen-1.5b": 1_777_088_000,
  "qwen3-8b": 8_190_735_360,
  "qwen3-235b-a22b": 235_093_634_560,
  "gemma-2-9b": 9_241_705_984,
  "gemma-3-1b": 999_885_952,
  "gemma-3-27b": 27_432_406_640,
  "deepseek-v2-lite": 15_706_484_224,
  "command-r-08-2024": 32_296_476_672,
  "gpt-oss-20b": 20_914_757_184,
  "phi-4": 14_659_507_200,
};

test("parameters come out as published, to a thousandth", () => {
  for (const [name, published] of Object.entries(PUBLISHED)) {
    const difference = parameterCount(architectures[name]!) / published - 1;
    expect(Math.abs(difference), name).toBeLessThan(0.001);
  }
});

function read(config: unknown) {
  return architectureOf(huggingFaceSchema.parse(config), "own", "config.json");
}

test("shared and routed experts of Qwen1.5-MoE: 14.3 B in all, 2.7 B at work", () => {
  const model = read({
    model_type: "qwen2_moe",
    hidden_size: 2048,
    intermediate_size: 5632,
    moe_intermediate_size: 1408,
    shared_expert_intermediate_size: 5632,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    num_experts: 60,
    num_experts_per_tok: 4,
    decoder_sparse_step: 1,
    vocab_size: 151_936,
    max_position_embeddings: 8192,
    sliding_window: 32_768,
    use_sliding_window: false,
    tie_word_embeddings: false,
  });
  expect(parameterCount(model) / 1e9).toBeCloseTo(14.3, 1);
  expect(activeParameterCount(model) / 1e9).toBeCloseTo(2.7, 1);
  expect(model.layers[0]!.cache.kind).toBe("full");
});

test("ChatGLM3-6B has keys of its own", () => {
  const model = read({
    model_type: "chatglm",
    hidden_size: 4096,
    ffn_hidden_size: 13_696,
    num_layers: 28,
    num_attention_heads: 32,
    multi_query_attention: true,
    multi_query_group_num: 2,
    kv_channels: 128,
    padded_vocab_size: 65_024,
    seq_length: 8192,
  });
  expect(parameterCount(model) / 1e9).toBeCloseTo(6.24, 2);
  expect(model.layers[0]!.cache).toEqual({ kind: "full", kvHeads: 2, headDim: 128 });
});

const SMALL = {
  model_type: "llama",
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  vocab_size: 100,
  max_position_embeddings: 4096,
};

test("a RoPE scaling stretches the context unless config.json already says so", () => {
  const context = (rope_scaling: unknown) => read({ ...SMALL, rope_scaling }).maxModelLen;
  expect(context({ type: "linear", factor: 4 })).toBe(16_384);
  expect(context({ rope_type: "yarn", factor: 4, original_max_position_embeddings: 32_768 })).toBe(
    131_072,
  );
  expect(context({ rope_type: "llama3", factor: 8 })).toBe(4096);
  expect(context(null)).toBe(4096);
  const stated = (more: object) => read({ ...SMALL, ...more }).maxModelLen;
  const linear = { rope_type: "linear", factor: 8 };
  expect(stated({ rope_parameters: linear })).toBe(32_768);
  const byType = { sliding_attention: { rope_type: "default" }, full_attention: linear };
  expect(stated({ rope_parameters: byType })).toBe(32_768);
  expect(stated({ model_type: "gemma3_text", rope_scaling: linear })).toBe(4096);
});

test("the shortest context that is stated counts, but for Cohere's own key", () => {
  expect(read({ ...SMALL, seq_length: 1024 }).maxModelLen).toBe(1024);
  expect(read({ ...SMALL, model_max_length: 131_072 }).maxModelLen).toBe(131_072);
});

test("quantization_config is read in each maker's words", () => {
  const of = (quantization_config: unknown) => read({ ...SMALL, quantization_config }).quantization;
  expect(of({ quant_method: "gptq", bits: 8, group_size: -1 })).toEqual({
    method: "gptq",
    bits: 8,
    groupSize: null,
  });
  expect(of({ quant_method: "awq", bits: 4, group_size: 64 })?.groupSize).toBe(64);
  expect(of({ quant_method: "bitsandbytes", load_in_8bit: true })?.bits).toBe(8);
  const compressed = (weights: unknown) =>
    of({ quant_method: "compressed-tensors", config_groups: { group_0: { weights } } });
  expect(compressed({ num_bits: 8, type: "float" })?.method).toBe("fp8");
  expect(compressed({ num_bits: 8, type: "int" })?.method).toBe("int8");
  expect(compressed({ num_bits: 4, type: "int", group_size: 128 })).toEqual({
    method: "gptq",
    bits: 4,
    groupSize: 128,
  });
  expect(compressed({ num_bits: 4, type: "float", group_size: 16 })?.method).toBe("nvfp4");
  expect(compressed({ num_bits: 4, type: "float", group_size: 32 })?.method).toBe("mxfp4");
  expect(of({ quant_method: "bitsandbytes", bnb_4bit_use_double_quant: false })?.groupSize).toBe(
    64,
  );
  expect(of({ quant_method: "modelopt", quant_algo: "FP8" })?.method).toBe("fp8");
  expect(of({ quant_method: "modelopt", quant_algo: "NVFP4" })?.method).toBe("nvfp4");
  expect(of({ quant_method: "modelopt_fp4" })?.method).toBe("nvfp4");
  expect(() => of({ quant_method: "modelopt", quant_algo: "MIXED_PRECISION" })).toThrow(
    'quant_algo: expected FP8 or NVFP4, got "MIXED_PRECISION"',
  );
  expect(() => of({ quant_method: "magic" })).toThrow('unknown quantization "magic" (known: gptq');
  expect(() => of({ quant_method: "torchao" })).toThrow(
    'bytes of a weight are not known for "torchao" (known: gptq',
  );
  expect(of(null)).toBeNull();
});

const INT4 = { num_bits: 4, type: "int", group_size: 128 };
const FP8 = { num_bits: 8, type: "float" };

function compressedTensors(config_groups: unknown, more: object = {}) {
  const quantization_config = { quant_method: "compressed-tensors", config_groups, ...more };
  return read({ ...SMALL, quantization_config }).quantization;
}

test("groups of compressed-tensors are told apart by the modules that they name", () => {
  const gptq = { method: "gptq", bits: 4, groupSize: 128 };
  const fp8 = { method: "fp8", bits: 8, groupSize: null };
  const rest = { targets: ["Linear"], weights: INT4 };
  expect(compressedTensors({ group_0: rest })).toEqual(gptq);
  const attention = { targets: ["re:.*self_attn.*"], weights: FP8 };
  expect(compressedTensors({ group_0: attention, group_1: rest })).toEqual({
    ...gptq,
    parts: { attention: fp8 },
  });
  expect(compressedTensors({ group_0: attention })).toEqual({
    ...fp8,
    parts: { attention: fp8, feedForward: null, experts: null },
  });
  const some = { targets: ["model.layers.1.mlp.down_proj"], weights: FP8 };
  const others = { targets: ["re:.*proj"], weights: INT4 };
  expect(compressedTensors({ group_0: others, group_1: some })).toEqual(fp8);
});

test("what a checkpoint leaves out in most layers is not quantized, and may be all", () => {
  const groups = { group_0: { targets: ["Linear"], weights: INT4 } };
  const partsWithout = (ignore: readonly string[]) => compressedTensors(groups, { ignore })?.parts;
  expect(partsWithout(["lm_head", "re:.*mlp.gate$"])).toBeUndefined();
  expect(partsWithout(["lm_head", "re:.*self_attn.*"])).toEqual({ attention: null });
  expect(partsWithout(["re:.*self_attn.*", "re:.*mlp.*"])).toBeUndefined();
  expect(compressedTensors(groups, { ignore: ["re:.*self_attn.*", "re:.*mlp.*"] })).toBeNull();
  const queries = (count: number) =>
    Array.from({ length: count }, (_, layer) => `model.layers.${layer}.self_attn.q_proj`);
  expect(partsWithout(queries(32))).toEqual({ attention: null });
  expect(partsWithout(queries(2))).toBeUndefined();
  expect(partsWithout([...queries(8), "model.layers.31.mlp.down_proj"])).toBeUndefined();
  expect(partsWithout(["re:^(?!.*experts).*mlp"])).toBeUndefined();
  expect(compressedTensors({}, { kv_cache_scheme: FP8 })).toBeNull();
});

test("a checkpoint with scales for keys and values is cached in fp8 where vLLM does", () => {
  const kv_cache_scheme = FP8;
  expect(asksForFp8Cache({ quant_method: "compressed-tensors", kv_cache_scheme })).toBe(true);
  expect(asksForFp8Cache({ quant_method: "modelopt", kv_cache_quant_algo: "FP8" })).toBe(true);
  expect(asksForFp8Cache({ quant_method: "fp8", kv_cache_scheme })).toBe(false);
  expect(asksForFp8Cache({ quant_method: "compressed-tensors" })).toBe(false);
});

test("vLLM's flag picks a kernel; bits and groups are the checkpoint's", () => {
  const own = { method: "gptq", bits: 8, groupSize: null } as const;
  expect(quantizationFor("gptq_marlin", own)).toBe(own);
  expect(quantizationFor("moe_wna16", { ...own, method: "awq" })?.method).toBe("awq");
  expect(quantizationFor("compressed-tensors", own)).toBe(own);
  expect(quantizationFor("compressed-tensors", null)).toBeNull();
  expect(quantizationFor("awq", own)).toMatchObject({ method: "awq", bits: 4 });
  expect(quantizationFor("gptq_marlin", null)).toMatchObject({ bits: 4, groupSize: 128 });
  expect(quantizationFor("torchao", own)).toBeNull();
});

test("layer types, patterns and switches decide which layers slide", () => {
  const kinds = (more: object) =>
    read({ ...SMALL, sliding_window: 32, ...more })
      .layers.map(({ cache }) => cache.kind[0])
      .join("");
  expect(kinds({})).toBe("ssss");
  expect(kinds({ use_sliding_window: false })).toBe("ffff");
  expect(kinds({ sliding_window: null })).toBe("ffff");
  expect(kinds({ model_type: "exaone4", sliding_window_pattern: "LLG" })).toBe("ssfs");
  expect(kinds({ model_type: "exaone4", sliding_window_pattern: 2 })).toBe("sfsf");
  expect(kinds({ model_type: "starcoder2" })).toBe("ssss");
  expect(kinds({ model_type: "qwen2", use_sliding_window: true, max_window_layers: 3 })).toBe(
    "fffs",
  );
  expect(kinds({ model_type: "gemma2" })).toBe("sfsf");
  expect(kinds({ model_type: "gemma3_text", sliding_window_pattern: 2 })).toBe("sfsf");
  const layer_types = ["full_attention", "sliding_attention", "full_attention", "full_attention"];
  expect(kinds({ layer_types })).toBe("fsff");
});

test("every family reads what it needs, and names a key that is missing", () => {
  for (const model_type of Object.keys(families))
    expect(() => read({ model_type }), model_type).toThrow(
      /^\w+: expected an integer ≥ 1, got nothing/,
    );
});

test("null says the same as no key, whichever it is", () => {
  const nothing = Object.keys(huggingFaceSchema.shape).map((key) => [key, null]);
  expect(read({ ...Object.fromEntries(nothing), ...SMALL })).toEqual(read(SMALL));
  const mpt = { model_type: "mpt", d_model: 64, n_heads: 4, n_layers: 2, max_seq_len: 128 };
  const { layers } = read({ ...mpt, vocab_size: 100, attn_config: { kv_n_heads: null } });
  expect(layers[0]!.cache).toEqual({ kind: "full", kvHeads: 4, headDim: 16 });
});

test("what a file leaves out at its top is what its class had before the key", () => {
  const falcon = { model_type: "falcon", hidden_size: 4544, num_hidden_layers: 32 };
  const first = read({ ...falcon, num_attention_heads: 71, vocab_size: 65_024 });
  expect(first.maxModelLen).toBe(2048);
  // SmolLM3-3B: 3,075,098,624 parameters with one table of 128,256 tokens, as it is when nothing is said.
  const smollm = { model_type: "smollm3", hidden_size: 2048, intermediate_size: 11_008 };
  const heads = { num_hidden_layers: 36, num_attention_heads: 16, num_key_value_heads: 4 };
  const sizes = { vocab_size: 128_256, max_position_embeddings: 65_536 };
  expect(parameterCount(read({ ...smollm, ...heads, ...sizes }))).toBe(3_075_098_624);
});

test("a simulation sees the sizes of the layer that stands for all", () => {
  expect(modelSpecOf(read({ ...SMALL, num_key_value_heads: 2 }))).toMatchObject({
    layers: 4,
    kvHeads: 2,
    headDim: 16,
    weightBytesPerParameter: 2,
    latentElements: null,
  });
});
