import type { Segment, Tokens } from "../request.ts";
import { contentOf, type Trace } from "./trace/trace.ts";

/**
 * Prompt tokens of a trace that an earlier prompt began with in the same way: what a prefix cache of unlimited size would
 * have had, in file order. Null when no prompt's content is known.
 */
export function prefixHitTokens(trace: Trace): Tokens | null {
  if (trace.content.contentId.length === 0) return null;
  const tree = new PrefixTree();
  let hits = 0;
  for (let row = 0; row < trace.rows; row++) hits += tree.insert(contentOf(trace, row) ?? []);
  return hits;
}

/** The prompts seen so far; a node is what those below it have in common, in whole segments. */
class PrefixTree {
  /** Node after a node and a segment. */
  readonly #children = new Map<string, number>();
  /** Most tokens seen after a node of a content from an offset on. */
  readonly #longest = new Map<string, Tokens>();

  /** Adds a prompt; returns how many of its leading tokens were there. */
  insert(prompt: readonly Segment[]): Tokens {
    let node = 0;
    let hits = 0;
    let hitting = true;
    for (const { contentId, offset, length } of prompt) {
      const start = `${node}/${contentId}/${offset}`;
      const seen = this.#longest.get(start) ?? 0;
      if (hitting) hits += Math.min(seen, length);
      hitting &&= seen >= length;
      if (length > seen) this.#longest.set(start, length);
      node = this.#child(`${start}/${length}`);
    }
    return hits;
  }

  #child(key: string): number {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const created = this.#children.size + 1;
    this.#children.set(key, created);
    return created;
  }
}
