import { admitWaiting } from "./admission.ts";
import type { SchedulerPolicyRules } from "./scheduler.ts";

/** Iteration-level scheduling (Yu et al., OSDI'22): newcomers' prompts join the running decodes; nobody is preempted. Its allocators give room for good. */
export const orca: SchedulerPolicyRules = {
  schedule(state, round) {
    if (state.waiting.size > 0) admitWaiting(state, round);
    round.decode(state.running);
  },
  heedsArrivals: (state) => state.waiting.size === 0,
};

/** Whole batches (FasterTransformer): nobody joins before the last of the batch has ended. */
export const staticBatching: SchedulerPolicyRules = {
  schedule(state, round) {
    if (state.running.size === 0) admitWaiting(state, round);
    round.decode(state.running);
  },
  heedsArrivals: (state) => state.running.size === 0 && state.waiting.size === 0,
};
