import type { Layer } from "../catalog/architecture.ts";
import { cacheOf, eachLayer, type Family, outside, readSizes, windowOf } from "./common.ts";
import { needed } from "./keys.ts";
import { usualLayer } from "./layer.ts";

/** gpt-oss: experts only, every other layer slides, an attention sink for each head, biases everywhere. */
const gptOss: Family = (config) => {
  const sizes = readSizes(config);
  const { hidden, heads, kvHeads, headDim } = sizes;
  const width = needed(config, "intermediate_size");
  const count = needed(config, "num_local_experts");
  const attentionVectors = (heads + 2 * kvHeads) * headDim + hidden + heads;
  const layer = (index: number): Layer =>
    usualLayer({
      ...sizes,
      feedForward: 0,
      matrices: 3,
      experts: {
        count,
        perToken: needed(config, "num_experts_per_tok"),
        width,
        vectors: 2 * width + hidden,
      },
      cache: cacheOf(
        sizes,
        windowOf(config, index, (at) => at % 2 === 0),
      ),
      vectors: 2 * hidden + attentionVectors + count,
    });
  const common = outside(config, sizes);
  // vLLM keeps its rotary table in float32: twice the elements of the others' (gpt_oss.py).
  const rotaryTable = 2 * common.rotaryTable;
  return { ...common, rotaryTable, layers: eachLayer(sizes.layers, layer) };
};

/** ChatGLM2 to GLM-4-9B as first published, with keys of their own. */
const chatglm: Family = (config) => {
  const read = readSizes({ ...config, vocab_size: needed(config, "padded_vocab_size") });
  const kvHeads = config.multi_query_attention
    ? needed(config, "multi_query_group_num")
    : read.heads;
  const sizes = { ...read, kvHeads, headDim: config.kv_channels ?? read.headDim };
  const layer = usualLayer({
    ...sizes,
    feedForward: needed(config, "ffn_hidden_size"),
    matrices: 3,
    experts: null,
    cache: cacheOf(sizes, null),
    vectors: 2 * sizes.hidden + (sizes.heads + 2 * kvHeads) * sizes.headDim,
  });
  const common = outside(config, sizes);
  return {
    ...common,
    rotaryTable: common.rotaryTable / 2,
    layers: eachLayer(sizes.layers, () => layer),
  };
};

/** Families with keys or layers of their own. */
export const specialFamilies: Readonly<Record<string, Family>> = { gpt_oss: gptOss, chatglm };
