import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { PROJECT } from "./project-config.ts";
import { sectionMarkdown } from "./render.ts";
import type { Section } from "./section.ts";

/** Where the committed figures are. */
const FOLDER = join(PROJECT, "reports/bench");
const JSON_FILE = join(FOLDER, "bench.json");
const MARKDOWN_FILE = join(FOLDER, "bench.md");

const PREFACE = `# How fast kvsim is

Written by \`npm run bench\`. The figures depend on the machine and the day: nothing compares these files byte for byte, and only ratios
inside one table mean much. [docs/performance.md](../../docs/performance.md) says how they are measured.
`;

/** Figures of a section, and the machine they were measured on. */
type Measured = Section & { readonly machine: string };

/** The committed figures; none before the first run. */
function readReport(): readonly Measured[] {
  try {
    return (JSON.parse(readFileSync(JSON_FILE, "utf8")) as { sections: Measured[] }).sections;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Puts sections into the report, in the place of those of the same name. `order` is that of all names. */
export function writeReport(sections: readonly Section[], order: readonly string[]): void {
  const machine = machineName();
  const fresh = sections.map((section) => ({ ...section, machine }));
  const names = new Set(fresh.map(({ name }) => name));
  const kept = readReport().filter(({ name }) => !names.has(name));
  const place = ({ name }: Section) => order.findIndex((part) => name.startsWith(part));
  const all = [...kept, ...fresh].sort((a, b) => place(a) - place(b));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(JSON_FILE, `${JSON.stringify({ sections: all }, rounded, 2)}\n`);
  writeFileSync(MARKDOWN_FILE, [PREFACE, ...all.map(markdown)].join("\n"));
}

/** The committed section of this name in units of which the figures of `section` are given: 1 is no change; null if there is none. */
export function changeOf(section: Section): Section | null {
  const before = readReport().find(({ name }) => name === section.name);
  if (before === undefined) return null;
  return {
    ...section,
    title: "  … and how many times the committed figures these are",
    columns: section.columns.map((column) => ({ ...column, format: "change" })),
    rows: section.rows.map((row) => {
      const old = before.rows.find(({ name }) => name === row.name)?.figures ?? {};
      const figures = Object.entries(row.figures).map(([key, value]) => [
        key,
        value === null || !old[key] ? null : value / old[key],
      ]);
      return { name: row.name, figures: Object.fromEntries(figures) };
    }),
    notes: [],
  };
}

function markdown(section: Measured): string {
  return `${sectionMarkdown(section)}\n${section.machine}\n`;
}

function machineName(): string {
  const processors = cpus();
  return `Measured on ${processors.length} × ${processors[0]?.model ?? "unknown processor"} with Node ${process.versions.node}.`;
}

/** Counts as they are; of what was timed, four digits are more than it is good for. */
function rounded(_key: string, value: unknown): unknown {
  const isTimed = typeof value === "number" && !Number.isInteger(value);
  return isTimed ? Number(value.toPrecision(4)) : value;
}
