import type { Group } from "./group.ts";
import { type Round, tokensToPrefill } from "./rounds.ts";
import type { Work } from "./step-time.ts";

/** What an iteration does; `forkCopies` are tokens that forks copied since the last one. */
export function workOf(round: Round, forkCopies: number, blockSize: number): Work {
  const { prefills, decodes } = round;
  const swappedBlocks = round.swappedOutBlocks + round.swappedInBlocks;
  return {
    prefillTokens: sum(prefills, tokensToPrefill),
    prefillSquares: sum(prefills, squaresOf),
    prefillContext: 0,
    decodeSequences: sum(decodes, (group) => group.live.length),
    contextTokens: sum(decodes, (group) => group.live.length * group.written),
    copiedTokens: round.copiedTokens + forkCopies,
    swappedBlocks,
    swappedTokens: swappedBlocks * blockSize,
  };
}

function sum(groups: readonly Group[], value: (group: Group) => number): number {
  return groups.reduce((total, group) => total + value(group), 0);
}

/** P² for a prompt; for a recomputed group the prompt once and each sequence's generated tokens after it. */
function squaresOf(group: Group): number {
  const prompt = group.promptTokens;
  const known = prompt + group.generated;
  return prompt ** 2 + group.live.length * (known ** 2 - prompt ** 2);
}
