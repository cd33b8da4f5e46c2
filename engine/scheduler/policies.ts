import { admitWaiting } from "./admission";
import { growGroup, growUnhindered, nextToAsk } from "./growth";
import { preempt, swapInWaiting } from "./preemption";
import { Round } from "./round";
import { ServingState } from "./serving-state";

/** A scheduling policy: rules over the serving state, without a state of its own. */
export abstract class Policy {
  /** Admits, grows and preempts; fills in the round. */
  abstract schedule(state: ServingState, round: Round): void;
  /** Whether a newcomer could be admitted before the running batch itself changes. */
  abstract heedsArrivals(state: ServingState): bool;
}

/** vLLM V0's scheduler (v0.2.0): an iteration is either prompts or decodes, and prompts come first. */
@final
export class PrefillFirst extends Policy {
  private readonly preemption: i32;

  /** What becomes of groups that lose their memory: a mode of ./preemption. */
  constructor(preemption: i32) {
    super();
    this.preemption = preemption;
  }

  schedule(state: ServingState, round: Round): void {
    if (state.swapped === 0 && state.waiting.size > 0) admitWaiting(state, round);
    if (round.prefills > 0) return;
    if (!growUnhindered(state, round)) this.growInTurn(state, round);
    if (state.swapped > 0 && round.aborted === null && round.preemptions === 0)
      swapInWaiting(state, round);
    round.decode(state.running);
  }

  heedsArrivals(state: ServingState): bool {
    return state.swapped === 0 && state.waiting.size === 0;
  }

  /** Asks by arrival for each group that may be refused; while one is, the latest arrival makes room. */
  private growInTurn(state: ServingState, round: Round): void {
    for (let group = nextToAsk(state, null); group !== null; group = nextToAsk(state, group)) {
      while (!growGroup(state, round, group)) {
        round.refuse(state.allocator.answer.reason);
        const victim = state.running.last;
        preempt(state, round, victim, this.preemption);
        if (victim === group || round.aborted !== null) return;
      }
    }
  }
}

/** Iteration-level scheduling (Yu et al., OSDI'22): newcomers' prompts join the running decodes; nobody is preempted. Its allocators give room for good. */
@final
export class Orca extends Policy {
  schedule(state: ServingState, round: Round): void {
    if (state.waiting.size > 0) admitWaiting(state, round);
    round.decode(state.running);
  }

  heedsArrivals(state: ServingState): bool {
    return state.waiting.size === 0;
  }
}

/** Whole batches (FasterTransformer): nobody joins before the last of the batch has ended. */
@final
export class StaticBatching extends Policy {
  schedule(state: ServingState, round: Round): void {
    if (state.running.size === 0) admitWaiting(state, round);
    round.decode(state.running);
  }

  heedsArrivals(state: ServingState): bool {
    return state.running.size === 0 && state.waiting.size === 0;
  }
}
