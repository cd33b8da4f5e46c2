import { isDeepStrictEqual } from "node:util";
import { admitWaiting } from "../../src/scheduler/admission.ts";
import type { Round, SchedulerPolicyRules } from "../../src/scheduler/scheduler.ts";

/** Source and destination. */
export type Copy = readonly [number, number];

/** vLLM ends a step that ignored prompts, even where it admitted none; kvsim's rounds go on, which takes no time either. */
export function endsWithIgnored(rules: SchedulerPolicyRules): SchedulerPolicyRules {
  return {
    ...rules,
    schedule(state, round) {
      if (state.swapped.length === 0) admitWaiting(state, round);
      if (!isPromptStep(round)) rules.schedule(state, round);
    },
  };
}

/** A step that only ignored prompts is a prompt step too. */
export function isPromptStep({ prefills, failures }: Round): boolean {
  return prefills.length > 0 || failures > 0;
}

/** vLLM keeps the copies of a step by their source, so several of one source may be listed together: `seen`, in the recorded order. */
export function asListed(recorded: readonly Copy[], seen: readonly Copy[]): readonly Copy[] {
  return isDeepStrictEqual(bySource(recorded), bySource(seen)) ? recorded : seen;
}

function bySource(copies: readonly Copy[]): readonly Copy[] {
  const sources = new Set(copies.map(([source]) => source));
  return [...sources].flatMap((source) => copies.filter(([from]) => from === source));
}
