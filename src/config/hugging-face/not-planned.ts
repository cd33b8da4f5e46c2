const STATE = "has layers of Mamba or linear attention, whose state is not planned";
const AUDIO = "has an encoder for audio, which is not planned";
const INDEX = "keeps an index of its tokens beside the latent cache, which is not planned";
const CHUNKS = "attends within chunks in most layers, whose cache is not planned";
const SHARED = "shares caches between layers and embeds tokens in each, which is not planned";

/** What each model type has that a plan does not know, of models that are served a lot. */
export const notPlanned: Readonly<Record<string, string>> = {
  bamba: STATE,
  falcon_h1: STATE,
  falcon_mamba: STATE,
  granitemoehybrid: STATE,
  jamba: STATE,
  kimi_linear: STATE,
  lfm2: STATE,
  lfm2_moe: STATE,
  mamba: STATE,
  mamba2: STATE,
  minimax: STATE,
  minimax_text_01: STATE,
  nemotron_h: STATE,
  olmo_hybrid: STATE,
  qwen3_5: STATE,
  qwen3_5_moe: STATE,
  qwen3_next: STATE,
  zamba2: STATE,
  qwen2_audio: AUDIO,
  voxtral: AUDIO,
  deepseek_v32: INDEX,
  glm_moe_dsa: INDEX,
  llama4: CHUNKS,
  llama4_text: CHUNKS,
  gemma3n: SHARED,
  gemma3n_text: SHARED,
  "nemotron-nas": "has layers of different sizes (block_configs), which are not read",
};
