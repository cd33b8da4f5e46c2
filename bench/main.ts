import { parseArgs } from "node:util";
import { epochs } from "./epochs.ts";
import { loads } from "./loads.ts";
import { micro } from "./micro.ts";
import { requests, start } from "./processes.ts";
import { sectionText } from "./render.ts";
import { changeOf, writeReport } from "./report.ts";
import type { Part } from "./section.ts";
import { caps, outputs } from "./shapes.ts";
import { traces } from "./traces.ts";
import { vllm } from "./vllm/part.ts";

/** Everything that `npm run bench` measures, in the order of the report. */
const PARTS: readonly Part[] = [loads, epochs, outputs, caps, requests, start, traces, micro, vllm];

/**
 * `npm run bench -- [--quick] [--compare] [--only NAME | NAME]…`: all parts or the named ones. The figures go to the terminal and to
 * `reports/bench/`, with `--quick` and `--compare` to the terminal alone.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      compare: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const names = [...values.only, ...positionals];
  const unknown = names.find((name) => !PARTS.some((part) => part.name === name));
  if (unknown !== undefined) {
    const known = PARTS.map(({ name }) => name).join(", ");
    process.stderr.write(`error: no part is called ${unknown}; there are ${known}\n`);
    process.exitCode = 2;
    return;
  }
  if (values.quick) print("Smaller sizes and one repetition: these figures mean little.\n");
  for (const part of chosen(names)) {
    const sections = await part.measure({ quick: values.quick });
    for (const section of sections) {
      print(sectionText(section));
      const change = values.compare ? changeOf(section) : null;
      if (change !== null) print(sectionText(change));
    }
    const order = PARTS.map(({ name }) => name);
    if (!values.quick && !values.compare) writeReport(sections, order);
  }
}

function chosen(names: readonly string[]): readonly Part[] {
  return names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
