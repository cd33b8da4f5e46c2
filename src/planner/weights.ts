import type { Layer, LayerPart, QuantizedFormat } from "../config/catalog/architecture.ts";
import { between, type Estimate, known } from "./estimate.ts";
import { FORMAT_BYTES, type PlanSettings } from "./settings.ts";
import { headsOnGpu, stageLayers } from "./stage.ts";

/** Scales of GPTQ and AWQ are 16-bit, and a zero point as wide as a weight comes with each. */
const SCALE_BYTES = 2;

/** bitsandbytes: 32 bits for a block of 64 weights; doubly quantized (QLoRA, arXiv 2305.14314, §3): 8 bits for 64 weights, and 32 for 256 of those. */
const BITSANDBYTES_SCALES = 1 / 64 + 4 / (64 * 256);

/** Bytes of one weight of a quantized matrix, its scales and zero points included. */
export function bytesPerQuantizedWeight({ method, bits, groupSize }: QuantizedFormat): number {
  const plain = bits / 8;
  switch (method) {
    case "bitsandbytes":
      if (bits !== 4) return plain;
      return plain + (groupSize === null ? BITSANDBYTES_SCALES : 4 / groupSize);
    case "nvfp4":
    case "mxfp4":
      // An 8-bit scale for a block: a float, or a shared exponent (OCP Microscaling Formats 1.0).
      return plain + (groupSize === null ? 0 : 1 / groupSize);
    case "fp8":
    case "int8":
      // Scales of a column, or of a tile of 128 × 128: less than a thousandth.
      return plain + (groupSize === null ? 0 : SCALE_BYTES / groupSize);
    default:
      return groupSize === null ? plain : plain + (SCALE_BYTES + plain) / groupSize;
  }
}

/** Quantized checkpoints leave some layers out, as their makers chose. */
const QUANTIZED_SPREAD = 0.03;

/**
 * What the kernels for MXFP4 round experts up to: Marlin's take hidden sizes of a multiple of 256 and widths of a multiple
 * of 128 (vLLM's mxfp4.py). gpt-oss' 2880 × 2880 become 3072 × 2944, as its logs say (`w13_weight` (32, 5888, …),
 * `hidden_size` 3072); other models' are such multiples. Triton's kernels, where they are installed, take them as they are.
 */
const MXFP4_HIDDEN = 256;
const MXFP4_WIDTH = 128;

/** Weights on the fullest GPU, with what vLLM counts among them: rotary tables and replicated heads. */
export function weights(settings: PlanSettings): Estimate {
  const { quantization } = settings;
  const bytes = sum(settings, layerWeights) + outside(settings) + draftWeights(settings);
  if (quantization === null) return known(bytes);
  if (quantization.method === "mxfp4") {
    const padded = bytes + sum(settings, expertPadding);
    return between(bytes, padded, padded, "which kernels multiply experts in MXFP4");
  }
  const spread = bytes * QUANTIZED_SPREAD;
  return between(bytes - spread, bytes, bytes + spread, "which layers the checkpoint quantizes");
}

function sum(settings: PlanSettings, bytes: (settings: PlanSettings, layer: Layer) => number) {
  return stageLayers(settings).reduce((total, layer) => total + bytes(settings, layer), 0);
}

function expertPadding(settings: PlanSettings, { weights: of, widths }: Layer): number {
  if (of.experts === 0) return 0;
  const { quantization, architecture, tensorParallel } = settings;
  const width = widths.expert / tensorParallel;
  const grown =
    (roundUp(architecture.hidden, MXFP4_HIDDEN) / architecture.hidden) *
    (roundUp(width, MXFP4_WIDTH) / width);
  return bytesPerQuantizedWeight(quantization!) * (of.experts / tensorParallel) * (grown - 1);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** A model that drafts is whole in the last stage. */
function draftWeights(settings: PlanSettings): number {
  const { draftModel } = settings;
  if (draftModel === null) return 0;
  const { quantization } = draftModel;
  const alone = { ...settings, architecture: draftModel, quantization, pipelineParallel: 1 };
  return weights({ ...alone, draftLayers: 0, draftModel: null }).bytes;
}

function layerWeights(settings: PlanSettings, { weights: of, cache }: Layer): number {
  const { tensorParallel, quantization, weightFormat } = settings;
  const plain = FORMAT_BYTES[weightFormat];
  const bytesOf = (part: LayerPart) => {
    // In mixtures, MXFP4 is a format of experts; attention stays as it was.
    const isRest = part !== "experts" && of.experts > 0 && quantization?.method === "mxfp4";
    const own = quantization?.parts?.[part];
    const format = own === undefined && !isRest ? quantization : (own ?? null);
    return format === null ? plain : bytesPerQuantizedWeight(format);
  };
  const kvHeads = cache.kind === "latent" ? 1 : cache.kvHeads;
  const keyValue = (of.keyValue / kvHeads) * headsOnGpu(kvHeads, tensorParallel);
  return (
    bytesOf("attention") * (of.attention / tensorParallel + keyValue + of.replicated) +
    bytesOf("feedForward") * (of.feedForward / tensorParallel) +
    bytesOf("experts") * (of.experts / tensorParallel) +
    plain * (of.router + of.vectors)
  );
}

/** Embeddings, head, positions, rotary table, image encoder and a draft model's input projection; never quantized. */
function outside(settings: PlanSettings): number {
  const { architecture, tensorParallel, pipelineParallel, draftLayers, weightFormat } = settings;
  const { tokenTable, tiedEmbeddings, otherParameters, rotaryTable, vision, hidden } = architecture;
  const tables = tiedEmbeddings || pipelineParallel > 1 ? 1 : 2;
  const draft = draftLayers === 0 ? 0 : 2 * hidden ** 2;
  const split = tables * tokenTable + (vision?.parameters ?? 0);
  return (
    FORMAT_BYTES[weightFormat] * (split / tensorParallel + otherParameters + rotaryTable + draft)
  );
}
