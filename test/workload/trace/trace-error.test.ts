import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoted, TraceError } from "../../../src/workload/trace/trace-error.ts";

describe("a trace error", () => {
  it("is one line: place, what was found, what was expected", () => {
    const error = new TraceError("a.csv", 3, 7, quoted("x"), "a number");
    expect(error.message).toBe('a.csv:3:7: found "x", expected a number');
  });

  it("shows no control character, whatever the path and the content", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (path, content) => {
        const { message } = new TraceError(path, 1, 1, quoted(content), "sense");
        expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
    expect(quoted("\u001b[31mred\u202e")).toBe('"\\u001b[31mred\\u{202e}"');
  });

  it("shortens long content, and says when there is none", () => {
    expect(quoted("x".repeat(41))).toBe(`"${"x".repeat(40)}"…`);
    expect(quoted("")).toBe("nothing");
  });
});
