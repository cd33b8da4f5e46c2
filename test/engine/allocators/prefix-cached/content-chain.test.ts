import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashedBy } from "../../kv-cache.ts";
import { Contents, NONE, ROOT } from "./content.ts";

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

const ownHash = await Contents.compile();
/** Chains under the engine's hash, and under some that tell little apart. */
const hashed = fc.constantFrom(
  ownHash,
  await Contents.compile(hashedBy("5")),
  await Contents.compile(hashedBy("parent & 1")),
);

class Chain {
  readonly #contents: Contents;
  readonly #address: number;

  constructor(contents: Contents) {
    this.#contents = contents;
    this.#address = contents.engine.newChain();
  }

  walk(word: readonly number[], way: "find" | "intern"): number {
    const said = word.map((letter, index) => ({ contentId: letter, offset: index, length: 1 }));
    const content = this.#contents.of(said);
    let node = ROOT;
    for (let at = BLOCK; at <= word.length && node !== NONE; at += BLOCK) {
      node = this.#contents.engine[way](this.#address, node, content, BLOCK);
    }
    return node;
  }

  retain(node: number): void {
    this.#contents.engine.retain(this.#address, node, 1);
  }

  release(node: number): void {
    this.#contents.engine.release(this.#address, node, 1);
  }

  get size(): number {
    return this.#contents.engine.size(this.#address);
  }
}

/** What decides identity: the tokens of the full blocks. */
function key(word: readonly number[]): string {
  return word.slice(0, word.length - (word.length % BLOCK)).join("");
}

describe("ContentChain", () => {
  it("gives two beginnings one name exactly if they are the same, whatever the hash", () => {
    fc.assert(
      fc.property(words, hashed, (all, contents) => {
        const chain = new Chain(contents);
        const names = new Map<string, number>();
        for (const word of all) {
          const node = chain.walk(word, "intern");
          if (!names.has(key(word))) chain.retain(node);
          expect(names.get(key(word)) ?? node).toBe(node);
          names.set(key(word), node);
        }
        expect(new Set(names.values()).size).toBe(names.size);
        for (const word of all) expect(chain.walk(word, "find")).toBe(names.get(key(word)));
      }),
    );
  });

  it("knows what somebody still refers to, and forgets the rest at the latest with the last reference", () => {
    fc.assert(
      fc.property(words, words, hashed, (kept, dropped, contents) => {
        const chain = new Chain(contents);
        const nodes = [...kept, ...dropped].map((word) => {
          const node = chain.walk(word, "intern");
          chain.retain(node);
          return node;
        });
        for (const node of nodes.slice(kept.length)) chain.release(node);
        const known = new Set(kept.flatMap((word) => beginnings(key(word))));
        for (const word of dropped) {
          if (known.has(key(word))) expect(chain.walk(word, "find")).not.toBe(NONE);
        }
        for (const node of nodes.slice(0, kept.length)) chain.release(node);
        expect(chain.size).toBe(0);
      }),
    );
  });

  it("does not let go twice", () => {
    const chain = new Chain(ownHash);
    const node = chain.walk([1, 1, 1], "intern");
    chain.retain(node);
    chain.release(node);
    expect(() => chain.release(node)).toThrow("twice");
  });
});

function beginnings(tokens: string): string[] {
  return Array.from({ length: tokens.length / BLOCK }, (_, blocks) =>
    tokens.slice(0, (blocks + 1) * BLOCK),
  );
}
