import type { Dataset } from "./dataset.ts";

/**
 * What the PagedAttention paper says of its ShareGPT lengths, as laws. Means (Fig. 11): 161.31 and 337.99 tokens; prompt
 * and output together at most 2,048, OPT's limit. Spread of the outputs (derived from Fig. 2): Orca (Max) holds a time
 * average of 13.3 % × 15,728.64 slots ÷ 7 requests = 299 reserved slots = E[O²] / 2E[O], so E[O²] / E[O] ≈ 598, which is
 * a coefficient of variation of 0.877 for the law after truncation (0.900 for the untruncated gamma).
 *
 * The prompt's sigma is not fitted to the paper: 1.394 is the truncated maximum-likelihood estimate over the prompts of
 * `sharegpt-first-turns`. The other three constants solve E[P] = 161.31, E[O] = 337.99 and E[O²] / E[O] = 598 for the law
 * as it is sampled (whole tokens ≥ 1, pairs beyond 2,048 drawn again): a root search over the exact sums over all pairs.
 */
export const sharegptSosp23: Dataset = {
  summary: "stand-in for the PagedAttention paper's ShareGPT: its means and its output spread",
  source: "Kwon et al., SOSP 2023, Fig. 11 and Fig. 2; sigma from sharegpt-first-turns",
  licence: "published figures",
  attribution: 'Kwon et al., "Efficient Memory Management for Large Language Model Serving", 2023.',
  note: "The paper's own sample is not public. Prompt and output are independent.",
  lengths: {
    kind: "fitted",
    prompt: { mean: 200.636, sigma: 1.394 },
    output: { shape: 1.23436, scale: 278.484 },
    totalMax: 2048,
  },
};
