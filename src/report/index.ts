import type { ResultDocument } from "../result.ts";
import { htmlReport } from "./html.ts";
import { resultJson } from "./json.ts";
import { markdownReport } from "./markdown.ts";

export { compareReport, mergeDocuments } from "./compare.ts";
export { type ParsedResult, parseResultDocument, resultJson } from "./json.ts";
export { type TerminalOptions, terminalReport } from "./terminal.ts";

/** The files of a report folder by name. The same document gives the same bytes. */
export async function reportFiles(document: ResultDocument): Promise<Map<string, string>> {
  return new Map([
    ["result.json", resultJson(document)],
    ["report.md", markdownReport(document)],
    ["report.html", await htmlReport(document)],
  ]);
}
