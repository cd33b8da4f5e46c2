import type { PreemptionConfig, SchedulerPolicy, SetupConfig } from "../config/config.ts";
import { orca, staticBatching } from "./orca.ts";
import { prefillFirst } from "./prefill-first.ts";
import type { SchedulerPolicyRules } from "./scheduler.ts";

/** A policy as a config names it. */
interface SchedulerDefinition {
  /** One line for `kvsim list`. */
  readonly summary: string;
  readonly rules: (mode: PreemptionConfig["mode"]) => SchedulerPolicyRules;
}

/** Every scheduling policy, by the name a config gives it. */
export const schedulers: Readonly<Record<SchedulerPolicy, SchedulerDefinition>> = {
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

/** The rules a setup asks for. */
export function schedulerPolicy(
  setup: Pick<SetupConfig, "scheduler" | "preemption">,
): SchedulerPolicyRules {
  return schedulers[setup.scheduler.policy].rules(setup.preemption.mode);
}
