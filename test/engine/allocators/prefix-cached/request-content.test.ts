import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Segment } from "../../../../src/request.ts";
import { Contents } from "./content.ts";
import { tokensOf } from "./run-calls.ts";

const contents = await Contents.compile();
const { engine } = contents;

const segments = fc.array(
  fc.record({
    contentId: fc.integer({ min: 0, max: 1 }),
    offset: fc.constantFrom(0, 3, 6),
    length: fc.integer({ min: 0, max: 6 }),
  }),
  { minLength: 1 },
);

function readAll(content: number, limit: number): Segment[] {
  const parts: Segment[] = [];
  engine.seek(content, 0);
  for (let tokens = 0; tokens < engine.tokens(content); tokens += engine.length(content)) {
    engine.read(content, limit);
    parts.push(contents.part(content));
  }
  return parts;
}

describe("RequestContent", () => {
  it("reads the tokens it was given, in parts no longer than asked for", () => {
    fc.assert(
      fc.property(segments, fc.integer({ min: 1, max: 9 }), (given, limit) => {
        const content = contents.of(given);
        const parts = readAll(content, limit);
        expect(tokensOf(parts)).toEqual(tokensOf(given));
        expect(parts.every(({ length }) => length >= 1 && length <= limit)).toBe(true);
      }),
    );
  });

  it("reads the same parts however the tokens were cut, and whenever they were appended", () => {
    fc.assert(
      fc.property(segments, fc.nat(40), (given, early) => {
        const whole = contents.of(given);
        const single = contents.of([]);
        for (const { contentId, offset, length } of given) {
          for (let token = 0; token < length; token += 1) {
            engine.append(single, contentId, offset + token, 1);
            engine.seek(single, Math.min(early, engine.tokens(single)));
          }
        }
        expect(readAll(single, 100)).toEqual(readAll(whole, 100));
      }),
    );
  });

  it("goes on reading from any position", () => {
    fc.assert(
      fc.property(segments, fc.array(fc.nat(60)), (given, positions) => {
        const content = contents.of(given);
        const tokens = tokensOf(given);
        for (const position of positions.map((place) => place % Math.max(1, tokens.length))) {
          if (tokens.length === 0) continue;
          engine.seek(content, position);
          engine.read(content, 1);
          expect(tokensOf([contents.part(content)])).toEqual([tokens[position]]);
        }
      }),
    );
  });

  it("has no tokens beyond its last", () => {
    const content = contents.of([{ contentId: 0, offset: 0, length: 3 }]);
    engine.seek(content, 3);
    expect(() => engine.read(content, 1)).toThrow("beyond the end");
  });
});
