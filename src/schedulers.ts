import type { SchedulerPolicy } from "./config/scheduler-config.ts";

/** Every scheduling policy, by the name a config gives it (engine/scheduler/). */
export const schedulers: Readonly<Record<SchedulerPolicy, { readonly summary: string }>> = {
  orca: {
    summary:
      "prompts and decodes in one iteration, first come first served, no preemption (OSDI'22)",
  },
  "prefill-first": {
    summary: "an iteration of prompts before any decode; preempts the latest (vLLM V0)",
  },
  static: {
    summary: "a batch runs to its end before the next is admitted; no preemption",
  },
  chunked: {
    summary:
      "a budget of tokens shared by decodes and parts of prompts, over prefix-cached blocks (vLLM V1)",
  },
};
