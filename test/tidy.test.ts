import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/** Every file under `folder` whose name ends so, as a path from the project's root. */
function filesUnder(folder: string, end = ".ts"): string[] {
  const entries = readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" });
  return entries
    .filter((entry) => entry.endsWith(end))
    .map((entry) => posix.join(folder, entry.replaceAll("\\", "/")))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(PROJECT, file), "utf8");
}

/** Texts by file. */
type Files = ReadonlyMap<string, string>;

const textsOf = (files: readonly string[]): Files =>
  new Map(files.map((file) => [file, read(file)]));

/** What the engine is compiled to (engine/build.mjs). */
const GENERATED = "src/engine/module.ts";

/** TypeScript, which Node runs. */
const sources = textsOf(filesUnder("src").filter((file) => file !== GENERATED));
/** AssemblyScript, which is compiled to {@link GENERATED}: all of it that `exports.ts` leads to. */
const engine = textsOf(filesUnder("engine"));
const all: Files = new Map([...sources, ...engine]);
const tests = textsOf(filesUnder("test"));
/** AssemblyScript that tests compile around the engine; shorter pieces are strings in tests. */
const testedParts = textsOf(filesUnder("test", ".as"));

/** Code without comments; strings stay. */
function code(text: string): string {
  return text.replace(/^\s*(\/\*\*?|\*|\/\/).*$|\/\*.*?\*\/|\s\/\/ .*$/gm, "");
}

/** What a file imports, statically or not: project files as paths from the root, packages by name. AssemblyScript leaves `.ts` out. */
function importsOf(file: string, text: string): string[] {
  const named = [...text.matchAll(/(?:\bfrom|^import|\bimport\() ?"([^"]+)"/gm)];
  const end = engine.has(file) ? ".ts" : "";
  return named.map(([, target]) =>
    target!.startsWith(".") ? posix.join(dirname(file), target! + end) : target!,
  );
}

/** Lines of the sources outside `allowed` that match, as `file:line: text`. */
function findings(
  pattern: RegExp,
  allowed: (file: string) => boolean = () => false,
  files: Files = all,
): string[] {
  return [...files].flatMap(([file, text]) =>
    allowed(file)
      ? []
      : text
          .split("\n")
          .map((line, index) => ({ line: code(line), at: `${file}:${index + 1}` }))
          .filter(({ line }) => pattern.test(line))
          .map(({ line, at }) => `${at}: ${line.trim()}`),
  );
}

const inCli = (file: string): boolean => file.startsWith("src/cli/");

/** What each area may import, besides itself: areas, or files of them. */
type MayImport = Readonly<Record<string, readonly string[]>>;

/**
 * Imports point down only. `cli` and what puts a run together stand on top; the reports know results and nothing of how they come
 * about. The compiled engine lies below the registries that say what may be built in it, and the folder `engine` above them.
 */
const MAY_IMPORT: MayImport = {
  core: [],
  request: ["core"],
  result: [],
  compiled: ["core", "request"],
  planner: ["core", "request", "config"],
  allocators: ["core", "request", "compiled"],
  workload: ["core", "request", "config"],
  config: ["core", "request", "allocators", "planner"],
  schedulers: ["config"],
  engine: ["core", "request", "config", "workload", "allocators", "compiled"],
  metrics: ["core", "request", "result", "config", "engine", "compiled"],
  report: ["core", "result"],
  capacity: ["core", "result", "config", "workload", "run-setup", "report"],
};
const TOP = ["cli", "index", "run-checks", "run-setup", "simulate"];

/** The same for the engine: what its metrics keep of a request comes with the request. */
const ENGINE_MAY_IMPORT: MayImport = {
  core: [],
  "metrics/account": [],
  request: ["core", "metrics/account"],
  host: ["request"],
  foreseen: ["request", "host"],
  latency: ["core"],
  allocators: ["core", "request", "host"],
  metrics: ["core", "request", "latency", "allocators/pool"],
  scheduler: ["core", "request", "host", "latency", "allocators", "metrics"],
};
const ENGINE_TOP = ["replica", "exports"];

/** What the engine exports, by function: each does what its name says with what it is given. */
const EXPORTS = "engine/exports/";

/** The engine as it was compiled, and what is told of it while it runs. */
const COMPILED = [
  GENERATED,
  ...["engine", "instantiate", "audit"].map((name) => `src/engine/${name}.ts`),
];

/** `src/core/time.ts` → `core`, `src/request.ts` → `request`. */
function areaOf(file: string): string {
  return COMPILED.includes(file) ? "compiled" : file.split("/")[1]!.replace(/\.ts$/, "");
}

/** Imports that no area above `files` allows. */
function wrongImports(files: Files, mayImport: MayImport, top: readonly string[]): string[] {
  return [...files].flatMap(([file, text]) => {
    const area = areaOf(file);
    if (top.includes(area)) return [];
    const itself = file.split("/").slice(1).join("/").replace(/\.ts$/, "");
    const allowed = mayImport[itself] ?? mayImport[area] ?? [];
    return importsOf(file, text)
      .filter((target) => {
        if (!/^(src|engine)\//.test(target)) return false;
        const isFree = mayImport[itself] === undefined && areaOf(target) === area;
        const [folder] = file.split("/");
        const names = [areaOf(target), target.split("/").slice(1).join("/").replace(/\.ts$/, "")];
        return (
          !target.startsWith(`${folder}/`) || !(isFree || names.some((n) => allowed.includes(n)))
        );
      })
      .map((target) => `${file} imports ${target}`);
  });
}

describe("imports", () => {
  it("point down only", () => {
    expect(wrongImports(sources, MAY_IMPORT, TOP)).toEqual([]);
    expect(wrongImports(engine, ENGINE_MAY_IMPORT, ENGINE_TOP)).toEqual([]);
  });

  it("know every area", () => {
    const unknown = (files: Files, known: readonly string[]) =>
      [...new Set([...files.keys()].map(areaOf))].filter((area) => !known.includes(area));
    expect(unknown(sources, [...Object.keys(MAY_IMPORT), ...TOP])).toEqual([]);
    expect(unknown(engine, [...Object.keys(ENGINE_MAY_IMPORT), ...ENGINE_TOP])).toEqual([]);
  });

  it.each([
    ["seedrandom", /^src\/core\/random\.ts$/],
    ["fastpriorityqueue", /^src\/engine\/event-queue\.ts$/],
    ["commander", /^src\/cli\//],
    ["echarts", /^src\/report\/chart\.ts$/],
    ["yaml", /^src\/config\//],
    ["zod", /^src\/(config|allocators)\/|^src\/report\/result-schema\.ts$/],
    ["node:fs", /^src\/(cli|config|workload)\//],
  ])("keep %s in its place", (name, place) => {
    const users = [...sources]
      .filter(([, text]) => text.includes(`"${name}`))
      .map(([file]) => file);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !place.test(file))).toEqual([]);
  });
});

describe("a result depends on its config alone", () => {
  it("no clock, no process, no console, no locale outside of the command line", () => {
    expect(
      findings(
        /\bnew Date\b|\bDate[.(]|\bperformance\.|\bprocess\.(?!process)[a-z]+\b(?<=\.(argv|cwd|env|exit|exitCode|hrtime|memoryUsage|nextTick|on|platform|stderr|stdout|uptime|version|versions))|\bconsole\./,
        inCli,
      ),
    ).toEqual([]);
    expect(findings(/\.toLocale|\.localeCompare\b|\bIntl\./, inCli)).toEqual([]);
  });

  it("no function whose last bit is left to the JavaScript engine", () => {
    const exact = "abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|LN2|SQRT2";
    expect(findings(new RegExp(`\\bMath\\.(?!(?:${exact})\\b)`))).toEqual([]);
  });

  it("powers of whole numbers only, with whole exponents", () => {
    // The exponents that are names are orders and bit counts.
    const whole = /\*\* (-?\d+n?\b(?!\.)|order\b|LEAF_BITS\b|Number\(RATIO_BITS\))/g;
    expect(findings(/\*\*[ =]/).filter((line) => /\*\*[ =]/.test(line.replace(whole, "")))).toEqual(
      [],
    );
  });
});

describe("sources", () => {
  it("have at most 250 lines, tables of figures aside", () => {
    const long = [...all]
      .filter(([file]) => !file.startsWith("src/config/catalog/"))
      .map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  it("have functions of at most 60 lines, which the linter counts and nobody excuses", () => {
    expect(JSON.parse(read("biome.json")).linter.rules.complexity).toMatchObject({
      noExcessiveLinesPerFunction: { level: "error", options: { maxLines: 60 } },
    });
    const excuses = [...all].filter(([, text]) => /biome-ignore|@ts-/.test(text));
    expect(excuses.map(([file]) => file)).toEqual([]);
  });

  it("keep what their constructors are given as private constants, which V8 then knows (docs/performance.md)", () => {
    expect(findings(/^ {2}readonly #\w+: (?:(?! = ).)*;$/, undefined, sources)).toEqual([]);
  });

  it("say what every value is, and leave nothing for later", () => {
    expect(findings(/(?:[:<|,]|\bas)\s*any\b/)).toEqual([]);
    const notes = [...all, ...tests, ...testedParts].filter(
      ([file, text]) => file !== "test/tidy.test.ts" && /\b(TODO|FIXME|XXX|HACK)\b/.test(text),
    );
    expect(notes.map(([file]) => file)).toEqual([]);
  });

  it("speak of no file that is not there", () => {
    const named = (text: string) =>
      text.match(/\b(?:src|engine|docs)\/[\w/.-]+\.(?:ts|md)\b/g) ?? [];
    const comments = (text: string) =>
      text
        .split("\n")
        .filter((line) => /^\s*(?:\/\*|\*|\/\/)/.test(line))
        .join("\n");
    const gone = [...all].flatMap(([file, text]) =>
      named(comments(text))
        .filter((name) => !existsSync(join(PROJECT, name)))
        .map((name) => `${file}: ${name}`),
    );
    expect(gone).toEqual([]);
  });

  it("explain everything they export, tables of figures aside, which name their sources", () => {
    const bare = [...all].flatMap(([file, text]) => {
      if (file.startsWith("src/config/catalog/datasets/") || file.startsWith(EXPORTS)) return [];
      const lines = text.split("\n").filter((line) => !line.startsWith("@"));
      return lines.flatMap((line, index) => {
        const declared =
          /^export (?:async |abstract |declare )?(?:function\*?|class|interface|type|const) (\w+)/.exec(
            line,
          );
        return declared === null || isExplained(file, lines, index)
          ? []
          : [`${file}: ${declared[1]}`];
      });
    });
    expect(bare).toEqual([]);
  });
});

/** Whether a comment stands above a line. In the engine numbers that follow each other, one for each of several things, share one. */
function isExplained(file: string, lines: readonly string[], index: number): boolean {
  const above = (lines[index - 1] ?? "").trimEnd();
  const isNumber = (line: string) =>
    engine.has(file) && /^export const \w+: [if]\d\d = /.test(line);
  if (isNumber(lines[index]!) && isNumber(above)) return isExplained(file, lines, index - 1);
  return above.endsWith("*/");
}

/** Files that package.json names as the command and as the library. */
function entries(): string[] {
  const { bin, exports } = JSON.parse(read("package.json"));
  const built = [...Object.values<string>(bin), ...Object.values<string>(exports)];
  return built
    .filter((path) => path.endsWith(".js"))
    .map((path) => posix.normalize(path).replace(/^dist\/(.*)\.js$/, "$1.ts"));
}

/** The tests that cover the sources without one of their own, of the engine too: by folder, and why they do. */
const COVERED: readonly (readonly [prefix: string, test: string, why: string])[] = [
  ["src/allocators/", "test/allocators/contract.test.ts", "the parts of the allocators"],
  ["src/cli/", "test/cli/main.test.ts", "every command, as a user types it"],
  ["src/config/catalog/", "test/config/catalog.test.ts", "figures, compared with their sources"],
  ["src/config/", "test/config/errors.test.ts", "each key, right and wrong"],
  ["src/report/", "test/report/files.test.ts", "the parts of a report, in its bytes"],
  ["src/workload/trace/", "test/workload/trace/formats.test.ts", "each format, read and misread"],
  ["src/workload/", "test/workload/load.test.ts", "the parts of a workload"],
  ["src/", "test/oracle.test.ts", "every event, decision, price and figure is made a second time"],
  ["engine/", "test/oracle.test.ts", "the same, as far as a run leads"],
];

/** Sources that `file` imports, directly or not; with the module that the engine is compiled to all that it is made of. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (file === GENERATED) return reachedFrom("engine/exports.ts", reached);
  const text = all.get(file) ?? tests.get(file);
  if (text === undefined || reached.has(file)) return reached;
  reached.add(file);
  for (const target of importsOf(file, text)) reachedFrom(target, reached);
  return reached;
}

/** Files of the engine that a test compiles: by an import in a string, or in AssemblyScript beside it. */
function compiledByTests(): Set<string> {
  const texts = [...tests.values(), ...testedParts.values()];
  const named = texts.flatMap((text) => [...text.matchAll(/from "\.\/(engine\/[^"]+)"/g)]);
  return new Set(named.map(([, file]) => `${file}.ts`));
}

it("package.json names a command and a library that there are", () => {
  expect(entries().filter((entry) => !sources.has(entry))).toEqual([]);
});

describe("every source file", () => {
  it("is reachable from the command or the library", () => {
    const reached = new Set(entries().flatMap((entry) => [...reachedFrom(entry)]));
    const dead = [...all.keys()].filter((file) => !reached.has(file));
    expect(dead).toEqual([]);
  });

  it("is tested by a file of its name, one that imports or compiles it, or the one that covers its folder", () => {
    const imported = new Set([...tests].flatMap(([file, text]) => importsOf(file, text)));
    const compiled = compiledByTests();
    const reached = new Map(COVERED.map(([, test]) => [test, reachedFrom(test)]));
    const untested = [...all.keys()].filter((file) => {
      const mirror = file.replace(/^(?:src\/)?(.*)\.ts$/, "test/$1.test.ts");
      const covered = COVERED.some(
        ([prefix, test]) => file.startsWith(prefix) && reached.get(test)!.has(file),
      );
      return !tests.has(mirror) && !imported.has(file) && !compiled.has(file) && !covered;
    });
    expect(untested).toEqual([]);
  });

  it("of the engine that tests compile is there", () => {
    expect([...compiledByTests()].filter((file) => !engine.has(file))).toEqual([]);
  });
});
