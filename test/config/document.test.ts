import { join } from "node:path";
import { expect, test } from "vitest";
import {
  changed,
  fileError,
  loadError,
  SMALL_CONFIG,
  temporaryFolder,
} from "./temporary-config.ts";

function bomb(levels: number): string {
  const lines = ["a0: &a0 [x, x]"];
  for (let level = 1; level <= levels; level += 1)
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  return lines.join("\n");
}

/** Files that are no config at all, and the whole line that says so. */
const table: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["an empty file", "", "a.yaml: the file is empty"],
  ["a file of comments", "# nothing\n", "a.yaml: the file is empty"],
  ["a number", "42", "a.yaml:1:1: expected an object, got 42"],
  ["a list", "[1]", "a.yaml:1:1: expected an object, got a list"],
  [
    "a binary file",
    new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00]),
    "a.yaml: not a text file (expected YAML or JSON in UTF-8)",
  ],
  ["a NUL byte in text", "name: a\0b", "a.yaml: not a text file (expected YAML or JSON in UTF-8)"],
  [
    "a file over 1 MiB",
    `name: ${"x".repeat(2 ** 20)}`,
    "a.yaml: a config has at most 1 MiB, this file has 1048582 bytes",
  ],
  [
    "flow nesting that would exhaust the stack",
    "[".repeat(500_000),
    "a.yaml: nested too deeply (at most 64 levels)",
  ],
  [
    "block nesting that would exhaust the stack",
    "- ".repeat(500_000),
    "a.yaml: nested too deeply (at most 64 levels)",
  ],
  ["a billion laughs", bomb(9), "a.yaml: aliases multiply to more than 100 copies"],
  [
    "very many aliases",
    `a: &a 1\nb: [${Array(101).fill("*a").join(",")}]`,
    "a.yaml:2:305: more than 100 aliases",
  ],
  [
    "an alias of itself",
    `${SMALL_CONFIG}name: &a [*a]\n`,
    "a.yaml:16:10: name: expected a non-empty string, got a list",
  ],
  [
    "an alias of nothing",
    `name: *b\n${SMALL_CONFIG}`,
    "a.yaml:1:7: expected &b before *b, which stands for it",
  ],
  [
    "a key given twice",
    changed("requests: 20", "requests: 20\n  requests: 30"),
    'a.yaml:5:3: key "requests" is given twice',
  ],
  [
    "several documents",
    `${SMALL_CONFIG}---\n${SMALL_CONFIG}`,
    "a.yaml:16:1: expected one document",
  ],
  [
    "an unknown tag",
    "name: !!js/function x",
    "a.yaml:1:7: Unresolved tag: tag:yaml.org,2002:js/function",
  ],
  ["tabs for indentation", "a:\n\tb: 1", "a.yaml:2:1: Tabs are not allowed as indentation"],
  [
    "an open list",
    "a: [1",
    "a.yaml:1:6: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  ["a list as key", "? [a]\n: 1", "a.yaml:1:3: expected a plain word as key"],
];

for (const [what, content, message] of table)
  test(`${what} is refused in one line`, () => {
    expect(loadError(content)).toBe(message);
  });

test("a missing file and a folder are refused in one line", () => {
  const folder = temporaryFolder();
  expect(fileError(join(folder, "none.yaml"))).toBe("none.yaml: no such file");
  const parent = join(folder, "..");
  expect(fileError(folder)).toMatch(/: is a folder, expected a file$/);
  expect(fileError(join(parent, "none", "a.yaml"))).toBe("a.yaml: no such file");
});

test("no error has a second line", () => {
  for (const content of ["a: |\n x\n y: z\n]", "a\nb: c", "{\n}\n}", `? ${"x\n".repeat(9)}`])
    expect(loadError(content)).not.toContain("\n");
});
