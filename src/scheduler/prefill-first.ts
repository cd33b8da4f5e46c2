import type { PreemptionConfig } from "../config/config.ts";
import { admitWaiting } from "./admission.ts";
import { growGroup, growUnhindered } from "./growth.ts";
import { preempt, swapInWaiting } from "./preemption.ts";
import type { Round, SchedulerPolicyRules } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** vLLM V0's scheduler (v0.2.0): an iteration is either prompts or decodes, and prompts come first. */
export function prefillFirst(mode: PreemptionConfig["mode"]): SchedulerPolicyRules {
  return {
    schedule(state, round) {
      if (state.swapped.length === 0) admitWaiting(state, round);
      if (round.prefills.length > 0) return;
      if (!growUnhindered(state, round)) growInTurn(state, round, mode);
      if (round.aborted === null && !round.preempted) swapInWaiting(state, round);
      round.decodes = state.running.size > 0;
    },
    heedsArrivals: (state) => state.swapped.length === 0 && state.waiting.size === 0,
  };
}

/** Asks each group by arrival; while one is refused, the latest arrival makes room. */
function growInTurn(state: ServingState, round: Round, mode: PreemptionConfig["mode"]): void {
  const { running } = state;
  let group = running.first;
  while (group !== null && round.aborted === null) {
    const refusal = growGroup(state, round, group);
    if (refusal === null) {
      group = group.after;
      continue;
    }
    round.refusal = refusal;
    const victim = running.last!;
    preempt(state, round, victim, mode);
    if (victim === group) return;
  }
}
