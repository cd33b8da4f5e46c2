import type { PreemptionConfig } from "../config/scheduler-config.ts";
import { admitWaiting } from "./admission.ts";
import { growGroup, growUnhindered, nextToAsk } from "./growth.ts";
import { preempt, swapInWaiting } from "./preemption.ts";
import type { Round, SchedulerPolicyRules } from "./scheduler.ts";
import type { ServingState } from "./serving-state.ts";

/** vLLM V0's scheduler (v0.2.0): an iteration is either prompts or decodes, and prompts come first. */
export function prefillFirst(mode: PreemptionConfig["mode"]): SchedulerPolicyRules {
  return {
    schedule(state, round) {
      if (state.swapped.length === 0 && state.waiting.size > 0) admitWaiting(state, round);
      if (round.prefills.length > 0) return;
      if (!growUnhindered(state, round)) growInTurn(state, round, mode);
      if (state.swapped.length > 0 && round.aborted === null && round.preemptions === 0)
        swapInWaiting(state, round);
      round.decode(state.running);
    },
    heedsArrivals: (state) => state.swapped.length === 0 && state.waiting.size === 0,
  };
}

/** Asks by arrival for each group that may be refused; while one is, the latest arrival makes room. */
function growInTurn(state: ServingState, round: Round, mode: PreemptionConfig["mode"]): void {
  for (let group = nextToAsk(state, null); group !== null; group = nextToAsk(state, group)) {
    let refusal = growGroup(state, round, group);
    while (refusal !== null) {
      round.refuse(refusal);
      const victim = state.running.last!;
      preempt(state, round, victim, mode);
      if (victim === group || round.aborted !== null) return;
      refusal = growGroup(state, round, group);
    }
  }
}
