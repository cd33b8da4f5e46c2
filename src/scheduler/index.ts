import type { SetupConfig } from "../config/config.ts";
import { orca, staticBatching } from "./orca.ts";
import { prefillFirst } from "./prefill-first.ts";
import type { SchedulerPolicyRules } from "./scheduler.ts";

/** The rules a setup asks for. */
export function schedulerPolicy(
  setup: Pick<SetupConfig, "scheduler" | "preemption">,
): SchedulerPolicyRules {
  return schedulers[setup.scheduler.policy](setup.preemption.mode);
}

/** Every scheduling policy, by the name a config gives it. */
export const schedulers = {
  orca: () => orca,
  "prefill-first": prefillFirst,
  static: () => staticBatching,
};
