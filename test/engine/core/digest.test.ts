import fc from "fast-check";
import { expect, it } from "vitest";
import { Digest } from "../../../src/core/digest.ts";
import { compiled } from "../compiled.ts";

const engine = await compiled<"make" | "first" | "second" | "add" | "addThree">(`
  import { Digest } from "./engine/core/digest";
  export function make(): Digest { return new Digest(); }
  export function first(digest: Digest): i32 { return digest.first; }
  export function second(digest: Digest): i32 { return digest.second; }
  export function add(digest: Digest, word: i32): void { digest.add(word); }
  export function addThree(digest: Digest, one: i32, two: i32, three: i32): void {
    digest.addThree(one, two, three);
  }
`);

const word = fc.integer();
const lanesOf = (digest: number) => [engine.first(digest), engine.second(digest)];

const addition = fc.oneof(
  fc.record({ kind: fc.constant("word" as const), word }),
  fc.record({ kind: fc.constant("three" as const), words: fc.tuple(word, word, word) }),
);

it("mixes in words, one by one and three at a time, as the digest that is told them does", () => {
  fc.assert(
    fc.property(fc.array(addition), (additions) => {
      const [model, digest] = [new Digest(), engine.make()];
      for (const added of additions) {
        if (added.kind === "word") {
          model.add(added.word);
          engine.add(digest, added.word);
        } else {
          for (const one of added.words) model.add(one);
          engine.addThree(digest, ...added.words);
        }
        expect(lanesOf(digest)).toEqual([model.first, model.second]);
      }
    }),
  );
});
