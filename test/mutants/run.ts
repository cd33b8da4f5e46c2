import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Tests the tests: plants each bug of `test/mutants/*.patch` in a copy of the project and expects a test to fail. A patch starts
 * with `Plants:`, what is wrong with it, and `Suites:`, the tests that are tried before all others.
 * `npm run mutants [part of a name]…`
 */
interface Mutant {
  readonly name: string;
  readonly patch: string;
  readonly suites: readonly string[];
}

/** What a test run says: the file of a failed test, and what went wrong outside of tests. */
interface Outcome {
  readonly failed: string | null;
  readonly trouble: string | null;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const PATCHES = join(PROJECT, "test/mutants");
const CHANGED = ["engine", "src", "test"];
const AT_A_TIME = 2;
/** A planted bug may make a test run for ever. */
const PATIENCE_MS = 240_000;

function readMutants(wanted: readonly string[]): Mutant[] {
  const files = readdirSync(PATCHES).filter((file) => file.endsWith(".patch"));
  return files
    .sort()
    .map((file) => readMutant(join(PATCHES, file)))
    .filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
}

function readMutant(patch: string): Mutant {
  const text = readFileSync(patch, "utf8");
  const header = (key: string): string => {
    const value = new RegExp(`^${key}: (.+)$`, "m").exec(text)?.[1];
    if (value === undefined) throw new Error(`${patch} has no line "${key}: …"`);
    return value;
  };
  header("Plants");
  return { name: basename(patch, ".patch"), patch, suites: header("Suites").split(" ") };
}

/** Uses a copy of the project whose sources may be changed; all else is linked. */
async function inCopy<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "kvsim-mutant-"));
  try {
    for (const entry of readdirSync(PROJECT)) {
      if (entry.startsWith(".git")) continue;
      const [from, to] = [join(PROJECT, entry), join(folder, entry)];
      if (CHANGED.includes(entry)) cpSync(from, to, { recursive: true });
      else symlinkSync(from, to);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why the mutant is still alive; null if a test failed, whose file `onCaught` is told. */
async function whyAlive(mutant: Mutant, onCaught: (suite: string) => void): Promise<string | null> {
  return inCopy(async (folder) => {
    const applied = spawnSync("git", ["apply", mutant.patch], { cwd: folder, encoding: "utf8" });
    if (applied.status !== 0) return `its patch does not apply: ${applied.stderr.trim()}`;
    const built = await node(folder, join(folder, "engine/build.mjs"), []);
    if (built.status !== 0) return `its engine does not compile: ${firstLine(built.output)}`;
    const compiler = join(PROJECT, "node_modules/typescript/bin/tsc");
    const compiled = await node(folder, compiler, ["--noEmit"]);
    if (compiled.status !== 0) return `it does not compile: ${firstLine(compiled.output)}`;
    for (const suites of [mutant.suites, []]) {
      const { failed, trouble } = await runTests(folder, suites);
      if (failed !== null) {
        onCaught(failed);
        return null;
      }
      if (trouble !== null) return `no test failed, but ${trouble}`;
    }
    return "every test passes";
  });
}

/** Runs the suites (all if none is named) up to the first failed test. */
async function runTests(
  folder: string,
  suites: readonly string[],
  workers = "1",
): Promise<Outcome> {
  const file = join(folder, "report.json");
  const options = ["--bail=1", `--maxWorkers=${workers}`, "--cache=false"];
  const reporter = ["--reporter=json", `--outputFile=${file}`];
  const vitest = join(PROJECT, "node_modules/vitest/vitest.mjs");
  const run = await node(folder, vitest, ["run", ...options, ...reporter, ...suites]);
  if (run.status === null) return { failed: null, trouble: "the tests did not end" };
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
  for (const { name, assertionResults } of testResults)
    if (assertionResults.some(({ status }) => status === "failed"))
      return { failed: relative(folder, name), trouble: null };
  const unloaded = testResults.find(({ status }) => status === "failed");
  if (unloaded !== undefined)
    return { failed: null, trouble: `${basename(unloaded.name)}: ${firstLine(unloaded.message)}` };
  return { failed: null, trouble: run.status === 0 ? null : firstLine(run.output) };
}

/** Runs a program; status null if it had to be stopped. */
function node(
  cwd: string,
  program: string,
  args: readonly string[],
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd, timeout: PATIENCE_MS });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

async function judge(mutants: readonly Mutant[]): Promise<number> {
  const left = [...mutants];
  let survived = 0;
  const judgeOneByOne = async (): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const { name } = mutant;
      const alive = await whyAlive(mutant, (suite) => console.log(`caught ${name} by ${suite}`));
      if (alive === null) continue;
      survived += 1;
      console.log(`SURVIVED ${name}: ${alive}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, judgeOneByOne));
  return survived;
}

async function main(wanted: readonly string[]): Promise<number> {
  const mutants = readMutants(wanted);
  const sound = await inCopy((folder) => runTests(folder, [], "100%"));
  if (sound.failed !== null || sound.trouble !== null) {
    console.log(`without any mutant: ${sound.failed ?? sound.trouble} fails already`);
    return 1;
  }
  const survived = await judge(mutants);
  console.log(`${mutants.length - survived} caught, ${survived} survived`);
  return survived === 0 && mutants.length > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
