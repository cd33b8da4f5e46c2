import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  displayWidth,
  escapeHtml,
  escapeMarkdown,
  plainText,
  shorten,
  wrap,
} from "../../src/report/escape.ts";

const ESC = "\u001b";
const anyText = fc.string({ unit: "binary", maxLength: 60 });

describe("plainText", () => {
  it("leaves no control, format or direction character of any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plainText(text)).not.toMatch(
          /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u,
        );
      }),
    );
  });

  it("takes terminal sequences out whole and makes one line", () => {
    expect(plainText(`${ESC}[31mred${ESC}[0m\n\tnext`)).toBe("red next");
    expect(plainText(`a${ESC}]0;title\u0007b`)).toBe("a]0;titleb");
  });

  it("changes plain text no further", () => {
    fc.assert(fc.property(anyText, (text) => plainText(plainText(text)) === plainText(text)));
  });
});

describe("escapeHtml", () => {
  it("leaves nothing that HTML reads as markup", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it("shows markup as it was written", () => {
    expect(escapeHtml(`<a href='x'>"&"</a>`)).toBe(
      "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;",
    );
  });
});

describe("escapeMarkdown", () => {
  it("leaves no bare pipe, tag or line break that would break a table", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeMarkdown(text)).not.toMatch(/(?<!\\)(?:\\\\)*\||[<>\n\r]/);
      }),
    );
  });

  it("escapes what starts a list, a heading, emphasis or an entity", () => {
    expect(escapeMarkdown("1. a")).toBe("1\\. a");
    expect(escapeMarkdown("- a")).toBe("\\- a");
    expect(escapeMarkdown("# *a* `b` &lt; R&D")).toBe("\\# \\*a\\* \\`b\\` &amp;lt; R&D");
  });
});

describe("shorten", () => {
  it("never exceeds its width, and keeps what fits", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 40 }), (text, width) => {
        const short = shorten(text, width);
        expect(displayWidth(short)).toBeLessThanOrEqual(width);
        if (displayWidth(plainText(text)) <= width) expect(short).toBe(plainText(text));
      }),
    );
  });

  it("keeps both ends of a label, where labels differ", () => {
    expect(shorten("contiguous oracle first-fit", 15)).toBe("contigu…rst-fit");
  });

  it("counts Chinese, Japanese and Korean characters as two columns", () => {
    expect(displayWidth("分页 16")).toBe(7);
    expect(shorten("分页分配器", 7)).toBe("分…配器");
  });
});

describe("wrap", () => {
  it("loses no character and exceeds no width", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(plainText(text).replaceAll(" ", ""));
      }),
    );
  });
});
