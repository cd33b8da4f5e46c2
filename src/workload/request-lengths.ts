import type { Tokens } from "../request.ts";

/** Draws the lengths of one request with n sequences: one prompt, and n outputs. */
export type LengthsSampler = (n: number) => RequestLengths;

/** Whole and ≥ 1, one output per sequence; not yet cut to the longest context of the model. */
export interface RequestLengths {
  readonly promptTokens: Tokens;
  readonly outputTokens: readonly Tokens[];
}

/** Far longer than any model's context, and short enough that a prompt behind what it shares with others is still a 32-bit integer. */
export const MOST_TOKENS = 2 ** 30;

/** A drawn length as a request can have it: whole, at least one token, and at most {@link MOST_TOKENS}. */
export function wholeTokens(length: number): Tokens {
  return Math.min(Math.max(1, Math.round(length)), MOST_TOKENS);
}

/** All sequences of a request end together: its first output's length is that of all. */
export function withEqualOutputs(draw: LengthsSampler): LengthsSampler {
  return (n) => {
    const { promptTokens, outputTokens } = draw(1);
    return { promptTokens, outputTokens: new Array<Tokens>(n).fill(outputTokens[0]!) };
  };
}

/** The outputs of n sequences, drawn one after the other. */
export function drawOutputs(n: number, draw: () => Tokens): readonly Tokens[] {
  return n === 1 ? [draw()] : Array.from({ length: n }, draw);
}
