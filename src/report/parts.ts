import type { PoolShares } from "../result.ts";
import { type AllocatorRuns, type Estimate, estimateMetric } from "./summary.ts";

/** One part of the pool as pictures show it. */
export interface PoolPart {
  readonly name: string;
  /** The shares of `docs/model.md` that it adds up. */
  readonly shares: readonly (keyof PoolShares)[];
  /** Told apart without colour. */
  readonly glyph: string;
  /** SGR parameters of the colour on a terminal. */
  readonly ansi: string;
  /** CSS; from the palette of Okabe and Ito (2008), made to be told apart by colour-blind people. */
  readonly colour: string;
  /** Text on that colour. */
  readonly textColour: string;
  readonly meaning: string;
}

/** From useful to free: the order of every bar, legend and stack of areas. */
export const POOL_PARTS: readonly PoolPart[] = [
  {
    name: "tokens",
    shares: ["tokenStates"],
    glyph: "█",
    ansi: "34",
    colour: "#0072b2",
    textColour: "#ffffff",
    meaning: "KV of tokens that exist: the useful part",
  },
  {
    name: "reserved",
    shares: ["reserved"],
    glyph: "▓",
    ansi: "36",
    colour: "#56b4e9",
    textColour: "#000000",
    meaning: "held empty now, written later by the same request",
  },
  {
    name: "internal",
    shares: ["internal"],
    glyph: "▒",
    ansi: "33",
    colour: "#e69f00",
    textColour: "#000000",
    meaning: "held by a request that will never write it",
  },
  {
    name: "external & others",
    shares: ["external", "rounding", "remainder"],
    glyph: "░",
    ansi: "31",
    colour: "#d55e00",
    textColour: "#ffffff",
    meaning: "holes, rounding, remains too small for the next request",
  },
  {
    name: "idle",
    shares: ["idle"],
    glyph: "·",
    ansi: "90",
    colour: "var(--idle)",
    textColour: "var(--ink)",
    meaning: "free, and nobody who waits is refused it",
  },
];

/** Every share by itself, as tables show it. */
export const POOL_SHARES: readonly { key: keyof PoolShares; title: string; meaning: string }[] = [
  { key: "tokenStates", title: "tokens", meaning: "KV of tokens that exist" },
  {
    key: "reserved",
    title: "reserved",
    meaning: "held for tokens that the same request will write",
  },
  { key: "internal", title: "internal", meaning: "held for tokens that will never come" },
  { key: "rounding", title: "rounding", meaning: "lost to the allocator's own rounding" },
  { key: "external", title: "external", meaning: "enough is free, but no hole is large enough" },
  {
    key: "remainder",
    title: "remainder",
    meaning: "too little is free for the next request, or it must stay free",
  },
  { key: "idle", title: "idle", meaning: "free, and nobody who waits is refused it" },
];

/** The pool's share of one part, 0 … 1. */
export function partShare(share: PoolShares, part: PoolPart): number {
  return part.shares.reduce((sum, key) => sum + share[key], 0);
}

/** Mean over the seeds of the pool's share of each part; null when no run has shares. */
export function meanPartShares(allocator: AllocatorRuns): number[] | null {
  const means = POOL_PARTS.map((part) => partEstimate(allocator, part).mean);
  return means.every((mean) => mean !== null) ? means : null;
}

/** The pool's share of a part over the seeds, 0 … 1, with its confidence interval. */
export function partEstimate(allocator: AllocatorRuns, part: PoolPart): Estimate {
  return estimateMetric(allocator, ({ memory }) =>
    memory.share === null ? null : partShare(memory.share, part),
  );
}
