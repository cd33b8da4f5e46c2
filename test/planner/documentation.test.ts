import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { kvsim } from "../cli/captured.ts";
import { checkRows, checkTable, summaryLine } from "./check-table.ts";

const page = readFileSync(new URL("../../docs/planning.md", import.meta.url), "utf8");

function blocks(language: string): string[] {
  const fence = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g");
  return [...page.matchAll(fence)].map(([, text]) => text!);
}

test("every command on the page prints what the page shows", async () => {
  expect(blocks("console").length).toBeGreaterThan(0);
  for (const block of blocks("console")) {
    const [command = "", ...output] = block.split("\n");
    const { out } = await kvsim(command.replace("$ kvsim ", "").split(" "));
    expect(out).toBe(output.join("\n"));
  }
});

test("the table of logs on the page is what the check prints", () => {
  const logs = readFileSync(new URL("./planner-logs.json", import.meta.url), "utf8");
  const rows = checkRows(JSON.parse(logs));
  expect(blocks("text")).toEqual([`${checkTable(rows)}\n${summaryLine(rows)}\n`]);
});
