import { basename, resolve } from "node:path";
import { z } from "zod";
import type { ModelSpec } from "../catalog/specs.ts";
import { decode } from "../explain.ts";
import { ConfigProblem, formatPath } from "../problem.ts";
import { readInput } from "../read-input.ts";

const size = z.int().min(1);

/** The keys of a model's config.json that KV and step times depend on; decoder-only transformers have them all. */
const schema = z.looseObject({
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.optional(),
  head_dim: size.nullish(),
  hidden_size: size,
  intermediate_size: size.optional(),
  ffn_dim: size.optional(),
  moe_intermediate_size: size.optional(),
  num_local_experts: size.optional(),
  num_experts: size.optional(),
  n_routed_experts: size.nullish(),
  num_experts_per_tok: size.nullish(),
  vocab_size: size,
  max_position_embeddings: size,
  tie_word_embeddings: z.boolean().optional(),
  sliding_window: size.nullish(),
  use_sliding_window: z.boolean().optional(),
  kv_lora_rank: size.nullish(),
  qk_rope_head_dim: size.nullish(),
});

type HuggingFaceConfig = z.output<typeof schema>;

/** A model from the config.json beside its public weights. Throws {@link ConfigProblem} for what is not modelled. */
export function readHuggingFaceConfig(file: string, folder: string): ModelSpec {
  const path = ["model", "hfConfig"];
  const decoded = decode(schema, parseJson(path, readInput(path, resolve(folder, file))));
  if (!decoded.ok) {
    const { path: key, text } = decoded.problems[0]!;
    throw new ConfigProblem(path, `in ${basename(file)}: ${formatPath(key)}: ${text}`);
  }
  const config = decoded.value;
  if (config.sliding_window && config.use_sliding_window !== false)
    throw new ConfigProblem(path, "sliding-window layers do not exist in this version");
  return specOf(config, basename(file));
}

function parseJson(path: string[], bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ConfigProblem(path, "expected a JSON file");
  }
}

function specOf(config: HuggingFaceConfig, file: string): ModelSpec {
  const heads = config.num_attention_heads;
  const { total, active } = parameterCounts(config);
  const rank = config.kv_lora_rank;
  return {
    name: file.replace(/\.json$/, ""),
    layers: config.num_hidden_layers,
    heads,
    kvHeads: config.num_key_value_heads ?? heads,
    headDim: headSize(config),
    hidden: config.hidden_size,
    parameters: total,
    activeParameters: active,
    vocabulary: config.vocab_size,
    maxModelLen: config.max_position_embeddings,
    weightBytesPerParameter: 2,
    kvBytesPerElement: 2,
    latentElements: rank ? rank + (config.qk_rope_head_dim ?? 0) : null,
    source: file,
  };
}

function headSize(config: HuggingFaceConfig): number {
  return config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads);
}

/**
 * Parameters of a transformer of these sizes: the attention's four matrices, a feed-forward layer of three matrices
 * (two where the file says `ffn_dim`, as OPT does) for each expert, and the embeddings. Norms and biases are left out.
 */
function parameterCounts(config: HuggingFaceConfig): { total: number; active: number } {
  const hidden = config.hidden_size;
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  const attention = 2 * hidden * headSize(config) * (heads + kvHeads);
  const width = config.moe_intermediate_size ?? config.intermediate_size ?? config.ffn_dim;
  const matrices = config.ffn_dim === undefined ? 3 : 2;
  const feedForward = matrices * hidden * (width ?? 4 * hidden);
  const experts = config.num_local_experts ?? config.num_experts ?? config.n_routed_experts ?? 1;
  const used = Math.min(config.num_experts_per_tok ?? 1, experts);
  const tables = config.tie_word_embeddings === true || config.ffn_dim !== undefined ? 1 : 2;
  const embeddings = tables * config.vocab_size * hidden;
  const layers = config.num_hidden_layers;
  return {
    total: layers * (attention + experts * feedForward) + embeddings,
    active: layers * (attention + used * feedForward) + embeddings,
  };
}
