import type { Layer } from "../config/catalog/architecture.ts";
import { between, type Estimate, MIB } from "./estimate.ts";
import { version } from "./release.ts";
import { FORMAT_BYTES, type PlanSettings } from "./settings.ts";
import { stageLayers } from "./stage.ts";

/**
 * Hidden vectors of each token alive at a layer's widest step: the layer's input, the residual, the input and the
 * output of the feed-forward layer. Llama-3.1-8B at 20,000 tokens (v0.6.4) shows one fewer, Qwen2.5-1.5B at 32,768
 * (v0.7) exactly these.
 */
const LIVE_HIDDEN = 4;
/** An all-reduce writes its result beside its input (Qwen2.5-32B on two GPUs, v0.6.6: 1.26 GiB). */
const ALL_REDUCE_HIDDEN = 1;

/** cuBLAS takes 8 MiB and a little for its workspace (PyTorch's CUBLAS_WORKSPACE_CONFIG, `:4096:2:16:8`). */
const CUBLAS_WORKSPACE = 8.125 * MIB;

/** Fused layers and samplers that do not sort hold less (FlashInfer's: a third); logs lie between these factors. */
const LEAST = 0.3;
const MOST = 1.2;

/**
 * The peak of vLLM's profiling run: the widest step of a layer with `maxBatchedTokens` tokens, sampling for
 * `maxSequences` sequences, or the images, whichever is largest (they never are alive together).
 */
export function activations(settings: PlanSettings): Estimate {
  const layer = layerPeak(settings);
  const sampling = samplingPeak(settings);
  const peak = Math.max(layer, sampling) + CUBLAS_WORKSPACE;
  const driver =
    sampling >= layer
      ? "the sampler's kernels (maxSequences × vocabulary)"
      : "fusion of the layers' kernels (maxBatchedTokens × width)";
  const text = between(LEAST * peak, peak, MOST * peak, driver);
  if (settings.architecture.vision === null) return text;
  const images = imagePeak(settings);
  return between(
    Math.max(text.low, images.low),
    Math.max(text.bytes, images.bytes),
    Math.max(text.high, images.high),
    images.driver!,
  );
}

/** Bytes at the widest step of the widest layer. */
export function layerPeak(settings: PlanSettings): number {
  const { maxBatchedTokens, weightFormat } = settings;
  const widest = Math.max(...stageLayers(settings).map((layer) => elements(settings, layer)));
  return maxBatchedTokens * widest * FORMAT_BYTES[weightFormat] + dequantized(settings);
}

function elements({ architecture, tensorParallel }: PlanSettings, { widths }: Layer): number {
  const live = LIVE_HIDDEN + (tensorParallel > 1 ? ALL_REDUCE_HIDDEN : 0);
  // Gate and up, then their product; all three live while the down-projection runs.
  const dense = (widths.gates + 1) * widths.feedForward;
  const routed =
    widths.expertsPerToken *
    ((widths.gates + 1) * widths.expert + tensorParallel * architecture.hidden);
  const widest = Math.max(dense + routed, widths.attention);
  return widest / tensorParallel + live * architecture.hidden;
}

/** bitsandbytes, and GPTQ and AWQ before their Marlin kernels, restore a whole matrix before they multiply by it. */
function dequantized(settings: PlanSettings): number {
  const { quantization, release, tensorParallel, weightFormat, architecture } = settings;
  const method = quantization?.method;
  const restores =
    method === "bitsandbytes" ||
    (method === "gptq" && release.version < version(0, 4, 2)) ||
    (method === "awq" && release.version < version(0, 5, 4));
  if (!restores) return 0;
  const widest = Math.max(
    ...stageLayers(settings).map(({ widths }) => widths.gates * widths.feedForward),
  );
  return (architecture.hidden * widest * FORMAT_BYTES[weightFormat]) / tensorParallel;
}

/** Every sequence of the profiled batch is sampled from its whole distribution, while the last hidden states live. */
export function samplingPeak(settings: PlanSettings): number {
  const { architecture, maxSequences, maxBatchedTokens, release, weightFormat } = settings;
  const sequences = Math.min(maxSequences, maxBatchedTokens);
  const hidden = maxBatchedTokens * architecture.hidden * FORMAT_BYTES[weightFormat];
  return sequences * architecture.vocabulary * release.bytesPerLogit + hidden;
}

/**
 * The image encoder at its widest step. Between one image, and an image for each sequence of the profiled batch (V0) or
 * as many as a batch has tokens for (V1); V0 encodes them all at once, V1 keeps to its budget.
 */
function imagePeak(settings: PlanSettings): Estimate {
  const { architecture, maxSequences, maxBatchedTokens, release, weightFormat } = settings;
  const { tokensPerImage, widthPerToken } = architecture.vision!;
  const image = tokensPerImage * widthPerToken * FORMAT_BYTES[weightFormat];
  const batch = Math.max(1, Math.ceil(maxBatchedTokens / tokensPerImage));
  const most = release.engine === "vllm-v0" ? maxSequences : batch;
  return between(image, most * image, most * image * MOST, "images in the profiled batch");
}
