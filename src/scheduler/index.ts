import type { PreemptionConfig, RoundPolicy, SchedulerPolicy } from "../config/scheduler-config.ts";
import { orca, staticBatching } from "./orca.ts";
import { prefillFirst } from "./prefill-first.ts";
import type { SchedulerPolicyRules } from "./scheduler.ts";

/** A policy that serves groups in rounds, as a config names it. */
interface RoundPolicyDefinition {
  /** One line for `kvsim list`. */
  readonly summary: string;
  readonly rules: (mode: PreemptionConfig["mode"]) => SchedulerPolicyRules;
}

/** Every such policy, by the name a config gives it. */
export const roundPolicies: Readonly<Record<RoundPolicy, RoundPolicyDefinition>> = {
  orca: {
    summary:
      "prompts and decodes in one iteration, first come first served, no preemption (OSDI'22)",
    rules: () => orca,
  },
  "prefill-first": {
    summary: "an iteration of prompts before any decode; preempts the latest (vLLM V0)",
    rules: prefillFirst,
  },
  static: {
    summary: "a batch runs to its end before the next is admitted; no preemption",
    rules: () => staticBatching,
  },
};

/** Every scheduling policy, by the name a config gives it. */
export const schedulers: Readonly<Record<SchedulerPolicy, { readonly summary: string }>> = {
  ...roundPolicies,
  chunked: {
    summary:
      "a budget of tokens shared by decodes and parts of prompts, over prefix-cached blocks (vLLM V1)",
  },
};
