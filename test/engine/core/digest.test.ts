import fc from "fast-check";
import { expect, it } from "vitest";
import { Digest } from "../../../src/core/digest.ts";
import { compiled } from "../compiled.ts";

const engine = await compiled<
  "make" | "first" | "second" | "add" | "addNumber" | "addThree" | "column" | "put" | "addEach"
>(`
  import { Digest } from "./engine/core/digest";
  export function make(): Digest { return new Digest(); }
  export function first(digest: Digest): i32 { return digest.first; }
  export function second(digest: Digest): i32 { return digest.second; }
  export function add(digest: Digest, word: i32): void { digest.add(word); }
  export function addNumber(digest: Digest, number: f64): void { digest.addNumber(number); }
  export function addThree(digest: Digest, one: i32, two: i32, three: i32): void {
    digest.addThree(one, two, three);
  }
  export function column(length: i32): StaticArray<i32> { return new StaticArray<i32>(length); }
  export function put(column: StaticArray<i32>, at: i32, word: i32): void { column[at] = word; }
  export function addEach(digest: Digest, column: StaticArray<i32>, from: i32, until: i32): void {
    digest.addEach(column, from, until);
  }
`);

const word = fc.integer();
const lanesOf = (digest: number) => [engine.first(digest), engine.second(digest)];

const addition = fc.oneof(
  fc.record({ kind: fc.constant("word" as const), word }),
  fc.record({ kind: fc.constant("number" as const), number: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant("three" as const), words: fc.tuple(word, word, word) }),
  fc.record({ kind: fc.constant("each" as const), words: fc.array(word), from: fc.nat() }),
);

it("mixes in words, numbers and columns as the digest that is told them does", () => {
  fc.assert(
    fc.property(fc.array(addition), (additions) => {
      const [model, digest] = [new Digest(), engine.make()];
      for (const added of additions) {
        if (added.kind === "word") {
          model.add(added.word);
          engine.add(digest, added.word);
        } else if (added.kind === "number") {
          model.add(added.number);
          engine.addNumber(digest, added.number);
        } else if (added.kind === "three") {
          for (const one of added.words) model.add(one);
          engine.addThree(digest, ...added.words);
        } else {
          const { words } = added;
          const from = added.from % (words.length + 1);
          for (const one of words.slice(from)) model.add(one);
          const column = engine.column(words.length);
          for (const [at, one] of words.entries()) engine.put(column, at, one);
          engine.addEach(digest, column, from, words.length);
        }
        expect(lanesOf(digest)).toEqual([model.first, model.second]);
      }
    }),
  );
});
