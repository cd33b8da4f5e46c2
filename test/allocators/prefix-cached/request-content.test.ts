import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestContent } from "../../../src/allocators/prefix-cached/request-content.ts";
import type { Segment } from "../../../src/request.ts";

const segments = fc.array(
  fc.record({
    contentId: fc.integer({ min: 0, max: 1 }),
    offset: fc.constantFrom(0, 3, 6),
    length: fc.integer({ min: 0, max: 6 }),
  }),
  { minLength: 1 },
);

function tokensOf(parts: readonly Segment[]): string[] {
  return parts.flatMap(({ contentId, offset, length }) =>
    Array.from({ length }, (_, index) => `${contentId}:${offset + index}`),
  );
}

function readAll(content: RequestContent, limit: number): Segment[] {
  const parts: Segment[] = [];
  content.seek(0);
  for (let tokens = 0; tokens < content.tokens; tokens += content.length) {
    content.read(limit);
    const { contentId, offset, length } = content;
    parts.push({ contentId, offset, length });
  }
  return parts;
}

describe("RequestContent", () => {
  it("reads the tokens it was given, in parts no longer than asked for", () => {
    fc.assert(
      fc.property(segments, fc.integer({ min: 1, max: 9 }), (given, limit) => {
        const content = new RequestContent();
        content.replace(given);
        const parts = readAll(content, limit);
        expect(tokensOf(parts)).toEqual(tokensOf(given));
        expect(parts.every(({ length }) => length >= 1 && length <= limit)).toBe(true);
      }),
    );
  });

  it("reads the same parts however the tokens were cut, and whenever they were appended", () => {
    fc.assert(
      fc.property(segments, fc.nat(40), (given, early) => {
        const whole = new RequestContent();
        whole.replace(given);
        const single = new RequestContent();
        single.replace([]);
        for (const { contentId, offset, length } of given) {
          for (let token = 0; token < length; token += 1) {
            single.append(contentId, offset + token, 1);
            single.seek(Math.min(early, single.tokens));
          }
        }
        expect(readAll(single, 100)).toEqual(readAll(whole, 100));
      }),
    );
  });

  it("goes on reading from any position", () => {
    fc.assert(
      fc.property(segments, fc.array(fc.nat(60)), (given, positions) => {
        const content = new RequestContent();
        content.replace(given);
        const tokens = tokensOf(given);
        for (const position of positions.map((place) => place % Math.max(1, tokens.length))) {
          if (tokens.length === 0) continue;
          content.seek(position);
          content.read(1);
          expect(`${content.contentId}:${content.offset}`).toBe(tokens[position]);
        }
      }),
    );
  });

  it("has no tokens beyond its last", () => {
    const content = new RequestContent();
    content.replace([{ contentId: 0, offset: 0, length: 3 }]);
    content.seek(3);
    expect(() => content.read(1)).toThrow("beyond the end");
  });
});
