import { alpaca } from "./alpaca.ts";
import { type Dataset, scaledToMean } from "./dataset.ts";

/** Alpaca's measured lengths, scaled to the means of the PagedAttention paper (Fig. 11): 19.31 and 58.45 tokens. */
export const alpacaSosp23: Dataset = {
  ...alpaca,
  summary: "stand-in for the PagedAttention paper's Alpaca: measured lengths, its means",
  source: `${alpaca.source}; means from Kwon et al., SOSP 2023, Fig. 11`,
  note: `Every length is scaled by one factor; ranks and their correlation are kept. ${alpaca.note}`,
  lengths: {
    ...alpaca.lengths,
    prompt: scaledToMean(alpaca.lengths.prompt, 19.31),
    output: scaledToMean(alpaca.lengths.output, 58.45),
  },
};
