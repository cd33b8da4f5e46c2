import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AssertionError } from "../../src/core/assert.ts";
import { parseResultDocument, prettyJson, resultJson } from "../../src/report/json.ts";
import type { ResultDocument } from "../../src/result.ts";
import { fixture } from "./fixture.ts";

describe("resultJson", () => {
  it("is read back as the same document", () => {
    expect(parseResultDocument(resultJson(fixture()))).toEqual({ document: fixture() });
  });

  it("orders keys as the types do, however the document was put together", () => {
    const { runs, name, ...rest } = fixture();
    const shuffled = runs.map(({ fingerprint, memory, ...run }) => ({
      fingerprint,
      memory,
      ...run,
    }));
    expect(resultJson({ runs: shuffled, name, ...rest })).toBe(resultJson(fixture()));
  });

  it("puts an array of numbers on a line and ends with a newline", () => {
    const text = resultJson(fixture());
    expect(text).toMatch(/\n {8}"waiting": \[0, 3, 6, [\d, ]+\],\n/);
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("refuses to write a number that JSON has none for", () => {
    const [run] = fixture().runs;
    const broken = { ...run, simulated: { seconds: Number.NaN, iterations: 0, decisions: 0 } };
    const document = fixture({ runs: [broken as ResultDocument["runs"][number]] });
    expect(() => resultJson(document)).toThrow(AssertionError);
  });
});

describe("prettyJson", () => {
  it("says the same as JSON.stringify", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(JSON.parse(prettyJson(value)))).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe("parseResultDocument", () => {
  it.each([
    ["", "not a kvsim result: not JSON"],
    ["[1, 2]", "not a kvsim result: Invalid input: expected object, received array"],
    [
      '{"schema": "other/1"}',
      'not a kvsim result: schema: Invalid input: expected "kvsim.result/1"',
    ],
  ])("says in one line why %j is none", (text, error) => {
    expect(parseResultDocument(text)).toEqual({ error });
  });

  it("names the place in a document that was tampered with", () => {
    const text = resultJson(fixture()).replace('"runningPeak": 10', '"runningPeak": "ten"');
    const parsed = parseResultDocument(text);
    expect("error" in parsed && parsed.error).toMatch(/^not a kvsim result: runs\.0\.concurrency/);
  });
});
