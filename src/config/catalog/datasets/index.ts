import { agenticCoding } from "./agentic-coding.ts";
import { alpaca } from "./alpaca.ts";
import { alpacaSosp23 } from "./alpaca-sosp23.ts";
import { arxivSummarization } from "./arxiv-summarization.ts";
import { azureCode2023 } from "./azure-code-2023.ts";
import { azureConv2023 } from "./azure-conv-2023.ts";
import type { Dataset } from "./dataset.ts";
import { mooncakeConversation } from "./mooncake-conversation.ts";
import { sharegptFirstTurns } from "./sharegpt-first-turns.ts";
import { sharegptSosp23 } from "./sharegpt-sosp23.ts";
import { sharegptTurns } from "./sharegpt-turns.ts";

/** Every data set that `workload.lengths.dataset` can name. */
export const datasets: Readonly<Record<string, Dataset>> = {
  "sharegpt-sosp23": sharegptSosp23,
  "alpaca-sosp23": alpacaSosp23,
  "sharegpt-first-turns": sharegptFirstTurns,
  "sharegpt-turns": sharegptTurns,
  alpaca,
  "arxiv-summarization": arxivSummarization,
  "azure-conv-2023": azureConv2023,
  "azure-code-2023": azureCode2023,
  "mooncake-conversation": mooncakeConversation,
  "agentic-coding": agenticCoding,
};
