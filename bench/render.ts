import { formats } from "./format.ts";
import type { Column, Row, Section } from "./section.ts";

const WIDTH = 80;
const MISSING = "–";

/** A section for the terminal, at 80 columns. */
export function sectionText(section: Section): string {
  const cells = cellsOf(section);
  const widths = cells[0]!.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)));
  const lines = cells.map((line) => {
    const padded = line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!),
    );
    return padded.join("  ").trimEnd();
  });
  const notes = section.notes.flatMap((note) => wrapped(note));
  return `${[section.title, "", ...lines, ...notes].join("\n")}\n`;
}

/** A section for `bench.md`. */
export function sectionMarkdown(section: Section): string {
  const [heading, ...body] = cellsOf(section).map((line) => `| ${line.join(" | ")} |`);
  const rule = `|---|${section.columns.map(() => "---:|").join("")}`;
  const notes = section.notes.flatMap((note) => ["", note]);
  return `${[`## ${section.title}`, "", heading, rule, ...body, ...notes].join("\n")}\n`;
}

function cellsOf({ columns, rows }: Section): string[][] {
  const heading = ["", ...columns.map((column) => column.heading)];
  return [heading, ...rows.map((row) => [row.name, ...columns.map((column) => cell(row, column))])];
}

function cell(row: Row, { key, format }: Column): string {
  const value = row.figures[key] ?? null;
  return value === null ? MISSING : formats[format](value);
}

/** Lines of a note, indented but for the first. */
function wrapped(note: string): string[] {
  const lines = ["-"];
  for (const word of note.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(`  ${word}`);
  }
  return lines;
}
