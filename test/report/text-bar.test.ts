import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apportion, textBar } from "../../src/report/text-bar.ts";

const shares = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 })
  .filter((values) => values.some((value) => value > 1e-9));

describe("apportion", () => {
  it("adds up to the full width, no part off by a cell", () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 0, max: 200 }), (values, width) => {
        const cells = apportion(values, width);
        const total = values.reduce((sum, value) => sum + value, 0);
        expect(cells.reduce((sum, count) => sum + count, 0)).toBe(width);
        cells.forEach((count, index) => {
          expect(Math.abs(count - ((values[index] ?? 0) / total) * width)).toBeLessThan(1 + 1e-9);
        });
      }),
    );
  });
});

describe("textBar", () => {
  const plain = (text: string) => text;

  it("has the width asked for, with a different glyph for each part", () => {
    expect(textBar([0.2, 0.2, 0.2, 0.2, 0.2], 10, plain)).toBe("██▓▓▒▒░░··");
  });

  it("is empty, not wrong, without data", () => {
    expect(textBar(null, 5, plain)).toBe("–    ");
    expect(textBar([0, 0, 0, 0, 0], 5, plain)).toBe("–    ");
  });
});
