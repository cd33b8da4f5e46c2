import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContentChain, NONE, ROOT } from "../../../src/allocators/prefix-cached/content-chain.ts";
import type { ContentHash } from "../../../src/allocators/prefix-cached/content-hash.ts";
import { RequestContent } from "../../../src/allocators/prefix-cached/request-content.ts";

const BLOCK = 3;

/**
 * Words over few letters, so that many begin alike; a letter is a content of its own, a run of it continues. Some go on with their first
 * letter for more blocks than the chain keeps together.
 */
const word = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 40, 41, 100),
    fc.array(fc.nat(2), { minLength: BLOCK, maxLength: 4 * BLOCK }),
  )
  .map(([more, letters]) => [...Array<number>(more).fill(letters[0]!), ...letters]);
const words = fc.array(word, { minLength: 1, maxLength: 30 });

const hashes = fc.constantFrom<ContentHash | undefined>(
  undefined,
  () => 5,
  (parent) => parent & 1,
);

function contentOf(word: readonly number[]): RequestContent {
  const content = new RequestContent();
  content.replace(word.map((letter, index) => ({ contentId: letter, offset: index, length: 1 })));
  return content;
}

function walk(chain: ContentChain, word: readonly number[], way: "find" | "intern"): number {
  const content = contentOf(word);
  let node = ROOT;
  for (let at = BLOCK; at <= word.length && node !== NONE; at += BLOCK) {
    node = chain[way](node, content, BLOCK);
  }
  return node;
}

/** What decides identity: the tokens of the full blocks. */
function key(word: readonly number[]): string {
  return word.slice(0, word.length - (word.length % BLOCK)).join("");
}

describe("ContentChain", () => {
  it("gives two beginnings one name exactly if they are the same, whatever the hash", () => {
    fc.assert(
      fc.property(words, hashes, (all, hash) => {
        const chain = new ContentChain(hash);
        const names = new Map<string, number>();
        for (const word of all) {
          const node = walk(chain, word, "intern");
          if (!names.has(key(word))) chain.retain(node, 1);
          expect(names.get(key(word)) ?? node).toBe(node);
          names.set(key(word), node);
        }
        expect(new Set(names.values()).size).toBe(names.size);
        for (const word of all) expect(walk(chain, word, "find")).toBe(names.get(key(word)));
      }),
    );
  });

  it("knows what somebody still refers to, and forgets the rest at the latest with the last reference", () => {
    fc.assert(
      fc.property(words, words, hashes, (kept, dropped, hash) => {
        const chain = new ContentChain(hash);
        const nodes = [...kept, ...dropped].map((word) => {
          const node = walk(chain, word, "intern");
          chain.retain(node, 1);
          return node;
        });
        for (const node of nodes.slice(kept.length)) chain.release(node, 1);
        const known = new Set(kept.flatMap((word) => beginnings(key(word))));
        for (const word of dropped) {
          if (known.has(key(word))) expect(walk(chain, word, "find")).not.toBe(NONE);
        }
        for (const node of nodes.slice(0, kept.length)) chain.release(node, 1);
        expect(chain.size).toBe(0);
      }),
    );
  });

  it("does not let go twice", () => {
    const chain = new ContentChain();
    const node = walk(chain, [1, 1, 1], "intern");
    chain.retain(node, 1);
    chain.release(node, 1);
    expect(() => chain.release(node, 1)).toThrow("twice");
  });
});

function beginnings(tokens: string): string[] {
  return Array.from({ length: tokens.length / BLOCK }, (_, blocks) =>
    tokens.slice(0, (blocks + 1) * BLOCK),
  );
}
