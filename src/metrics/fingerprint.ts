import { Digest } from "../core/digest.ts";
import { engine } from "../engine/engine.ts";

/** What tells runs apart: digests of a run's decisions, and of the cells handed out, by their addresses in the engine. */
export function fingerprintOf(decisions: number, cells: number): string {
  const both = new Digest();
  for (const digest of [decisions, cells]) {
    both.add(engine.digestFirst(digest));
    both.add(engine.digestSecond(digest));
  }
  return both.hex();
}
