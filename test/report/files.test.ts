import { describe, expect, it } from "vitest";
import { reportFiles } from "../../src/report/index.ts";
import type { ResultDocument } from "../../src/result.ts";
import { fixture } from "./fixture.ts";

const ESC = String.fromCharCode(27);
const HOSTILE = [
  `<script>alert("1")</script>`,
  "a|b\n| c",
  `${ESC}[31mred${ESC}[0m`,
  "分页".repeat(40),
];

function hostile(): ResultDocument {
  const { runs } = fixture();
  const labelled = runs.map((run, index) => ({
    ...run,
    allocator: { ...run.allocator, label: HOSTILE[Math.floor(index / 2)] ?? "" },
  }));
  return fixture({ name: `${HOSTILE[0]}\`\`\``, config: { name: "```</pre>" }, runs: labelled });
}

async function file(document: ResultDocument, name: string): Promise<string> {
  return (await reportFiles(document)).get(name) ?? "";
}

describe("reportFiles", () => {
  it("gives the same bytes whatever was drawn before", async () => {
    const first = await reportFiles(fixture());
    await reportFiles(hostile());
    expect(await reportFiles(fixture())).toEqual(first);
    expect([...first.keys()]).toEqual(["result.json", "report.md", "report.html"]);
  });
});

describe("report.html", () => {
  it("needs no script and no other file", async () => {
    const html = await file(fixture(), "report.html");
    expect(html).not.toMatch(/<(?:script|link|img|iframe|object)\b|@import|url\((?!#)|\son\w+=/i);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:/);
  });

  it("closes every element, and names each id once", async () => {
    const html = await file(hostile(), "report.html");
    const open: string[] = [];
    for (const [, slash, name, end] of html.matchAll(/<(\/?)([a-zA-Z0-9]+)[^>]*?(\/?)>/g)) {
      if (slash === "/") expect(open.pop()).toBe(name);
      else if (end !== "/" && name !== "meta") open.push(name ?? "");
    }
    expect(open).toEqual([]);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id);
  });

  it("draws each chart with a text for those who cannot see it", async () => {
    const html = await file(fixture(), "report.html");
    const charts = html.match(/<svg [^>]*>/g) ?? [];
    expect(charts).toHaveLength(8);
    for (const chart of charts)
      expect(chart).toMatch(/viewBox="0 0 \d+ \d+" role="img" aria-label="[^"]{40,}"/);
  });

  it("has no number that is none", async () => {
    expect(await file(fixture(), "report.html")).not.toMatch(/NaN|undefined|Infinity/);
    expect(await file(fixture({ runs: [] }), "report.html")).toContain("</html>");
  });
});

describe("report.md", () => {
  it("keeps its tables whole whatever the labels are", async () => {
    const markdown = await file(hostile(), "report.md");
    const cells = (line: string) => line.split(/(?<!\\)\|/).length;
    const tables = markdown.split("\n\n").filter((part) => part.startsWith("|"));
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) expect(new Set(table.split("\n").map(cells)).size, table).toBe(1);
    expect(markdown).not.toContain("<script>");
    expect(markdown).not.toContain(ESC);
  });

  it("fences the config with more backticks than it holds", async () => {
    expect(await file(hostile(), "report.md")).toContain(
      '````json\n{\n  "name": "```</pre>"\n}\n````',
    );
  });

  it("shows headline, published values, findings and fingerprints", async () => {
    const markdown = await file(fixture(), "report.md");
    expect(markdown).toMatch(/^# sharegpt-opt13b\n\n\*\*paged 16 holds 4\.8x/);
    for (const title of ["Simulated beside published", "Verdicts and findings", "Fingerprints"])
      expect(markdown).toContain(`## ${title}`);
    expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("leaves out what has nothing to say", async () => {
    const runs = fixture().runs.filter((run) => run.allocator.label === "paged 16");
    const markdown = await file(fixture({ runs, config: {} }), "report.md");
    expect(markdown).not.toContain("## Simulated beside published");
    expect(markdown).not.toContain("## Verdicts and findings");
  });
});
