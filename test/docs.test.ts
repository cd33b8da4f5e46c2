import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configSchema } from "../src/config/schema/index.ts";
import { invariantsPage } from "./docs/invariants-page.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = ["README.md", ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith(".md"),
);
const read = (name: string) => readFileSync(root + name, "utf8");

describe("the documentation", () => {
  it("has the table of invariants that the code has", () => {
    expect(read("docs/invariants.md")).toBe(invariantsPage());
  });

  for (const page of pages) {
    it(`links only to files that are there: ${page}`, () => {
      const folder = page.includes("/") ? page.slice(0, page.lastIndexOf("/") + 1) : "";
      const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link!);
      for (const link of links)
        expect(() => readFileSync(new URL(folder + link, `file://${root}`)), link).not.toThrow(
          /ENOENT/,
        );
    });

    it(`shows only configs that are valid: ${page}`, () => {
      const blocks = [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
      for (const text of blocks) {
        const decoded = configSchema.safeParse(parse(text));
        expect(decoded.success, `${text}\n${decoded.error}`).toBe(true);
      }
    });
  }
});
