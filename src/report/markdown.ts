import type { ResultDocument } from "../result.ts";
import { escapeMarkdown } from "./escape.ts";
import { headline } from "./headline.ts";
import { prettyJson } from "./json.ts";
import { poolText, workloadText } from "./scenario.ts";
import { fingerprints, reportSections } from "./sections.ts";
import type { Section, Table } from "./table.ts";

/** `report.md`: tables that read in a diff as well as rendered. */
export function markdownReport(document: ResultDocument): string {
  const parts = [
    `# ${escapeMarkdown(document.name)}`,
    `**${escapeMarkdown(headline(document))}**`,
    escapeMarkdown(`A pool of ${poolText(document)}; ${workloadText(document)}.`),
    ...reportSections(document).flatMap(sectionParts),
    "## Config",
    codeBlock(prettyJson(document.config), "json"),
    "## Fingerprints",
    escapeMarkdown(`kvsim ${document.kvsim}`),
    bulletList(fingerprints(document)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sectionParts({ title, paragraphs, table, bullets }: Section): string[] {
  return [
    `## ${escapeMarkdown(title)}`,
    ...paragraphs.map(escapeMarkdown),
    ...(table === null ? [] : [tableText(table)]),
    ...(bullets.length === 0 ? [] : [bulletList(bullets)]),
  ];
}

function tableText({ columns, rows }: Table): string {
  const lines = [
    columns.map(({ title }) => escapeMarkdown(title)),
    columns.map(({ isNumber }) => (isNumber ? "--:" : "---")),
    ...rows.map((row) => row.map(escapeMarkdown)),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join("\n");
}

/** Fenced by more backticks than the text has in a row. */
function codeBlock(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
