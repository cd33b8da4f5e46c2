import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder, writeFiles } from "./config/temporary-config.ts";

const bin = fileURLToPath(new URL("../dist/src/cli/kvsim.js", import.meta.url));

/** Copies, swaps, both preemption modes, and names that locales sort and print differently. */
const SYNTHETIC = `name: "İstanbul, Zürich, Åre"
seeds: [1, 2]
model: opt-13b
gpu: a100-40gb
maxModelLen: 512
memory: {kvPool: 512MiB}
workload:
  requests: 100
  decoding: {mode: parallel, n: 2}
  arrivals: {process: gamma, rate: 30, cv: 2}
  lengths: {dataset: alpaca}
latency: {model: roofline}
measure: {from: 2s, until: end}
allocators:
  - {label: ä, strategy: paged, blockSize: 16, preemption: {mode: swap, swapSpace: 8GiB}}
  - {label: z, strategy: paged, blockSize: 4, preemption: {mode: recompute}}
  - {label: a, strategy: contiguous, reserve: pow2, placement: best-fit, scheduler: {policy: orca}}
  - {label: Z, strategy: contiguous, reserve: oracle, placement: buddy}
`;

const TRACED = `memory: {slots: 3000}
maxModelLen: 500
workload: {trace: {file: trace.csv, format: azure}}
latency: {model: linear, prefill: {base: 1.7, perToken: 0.13}, decode: [{base: 2.3, perSequence: 0.1}]}
allocators:
  - {strategy: paged, blockSize: 16}
`;

const TRACE = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-03-26 00:59:59.9000000,120,80
2023-03-26 01:00:00.1000000,240,20
2023-03-26 02:30:00.0000000,30,300
2023-03-26 03:00:00.0000000,99,100
`;

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly flags?: readonly string[];
}

/** All files of the report, and what --json prints. */
function everyByte(config: string, { env = {}, cwd = "/", flags = [] }: Surroundings) {
  const out = temporaryFolder();
  const path = cwd === dirname(config) ? basename(config) : config;
  const args = [bin, "run", path, "--json", "--out", out, "--quiet", ...flags];
  const options = { cwd, env: { PATH: process.env["PATH"], ...env }, maxBuffer: 2 ** 28 };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  expect(stderr.toString()).toBe("");
  const folder = join(out, basename(config, ".yaml"));
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  return { status, printed: stdout.toString(), files: Object.fromEntries(files) };
}

test.each([
  ["synthetic", writeFiles({ "study.yaml": SYNTHETIC })],
  ["traced", writeFiles({ "study.yaml": TRACED, "trace.csv": TRACE })],
])("a %s study gives the same bytes wherever and however it is run", (_, config) => {
  const first = everyByte(config, {});
  expect(first.files["result.json"]).toBe(first.printed);
  expect(JSON.parse(first.printed).runs.length).toBeGreaterThan(0);

  const elsewhere = join(temporaryFolder(), "a b");
  mkdirSync(elsewhere);
  const surroundings: Surroundings[] = [
    {},
    {
      env: { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
      cwd: dirname(config),
    },
    { env: { LANG: "de_DE", LC_ALL: "de_DE", TZ: "America/St_Johns" }, cwd: elsewhere },
    { flags: ["--paranoid"] },
  ];
  for (const other of surroundings) expect(everyByte(config, other)).toEqual(first);
});
