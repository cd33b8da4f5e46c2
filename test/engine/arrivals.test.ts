import { expect, it } from "vitest";
import { describe } from "../../src/engine/arrivals.ts";

/** An engine that is told everything. */
const listener = { setSender() {}, addSegment() {}, setOutputContent() {} } as never;
const plain = { outputTokens: [1], priority: 0, user: null, content: null, outputContent: null };

it("crashes over content that 32 bits cannot tell apart", () => {
  const saying = (contentId: number, offset: number, length: number) => () =>
    describe(listener, 0, { ...plain, content: [{ contentId, offset, length }] });
  const answering = (contentId: number, offset: number) => () =>
    describe(listener, 0, { ...plain, outputContent: { contentId, offset } });
  expect(saying(2 ** 31 - 1, 0, 1)).not.toThrow();
  expect(saying(2 ** 31, 0, 1)).toThrow("32-bit");
  expect(saying(0, 2 ** 31 - 1, 1)).toThrow("too long");
  expect(answering(-(2 ** 31) - 1, 0)).toThrow("32-bit");
  expect(answering(0, 2 ** 31)).toThrow("too long");
});
