import { Digest } from "../core/digest.ts";
import type { Engine } from "../engine/engine.ts";

/** What tells runs apart: the digests of a run's decisions, which its facts keep, and of the cells handed out. */
export function fingerprintOf(engine: Engine, facts: number, cells: number): string {
  const both = new Digest();
  for (const digest of [engine.decisionDigest(facts), cells])
    both.absorb({ first: engine.digestFirst(digest), second: engine.digestSecond(digest) });
  return both.hex();
}
