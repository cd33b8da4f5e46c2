import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/** Every TypeScript file under `folder`, as a path from the project's root. */
function filesUnder(folder: string): string[] {
  const entries = readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" });
  return entries
    .filter((entry) => entry.endsWith(".ts"))
    .map((entry) => posix.join(folder, entry.replaceAll("\\", "/")))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(PROJECT, file), "utf8");
}

const sources = new Map(filesUnder("src").map((file) => [file, read(file)]));
const tests = new Map(filesUnder("test").map((file) => [file, read(file)]));

/** Code without comments; strings stay. */
function code(text: string): string {
  return text.replace(/^\s*(\/\*\*?|\*|\/\/).*$|\/\*.*?\*\/|\s\/\/ .*$/gm, "");
}

/** What a file imports, statically or not: project files as paths from the root, packages by name. */
function importsOf(file: string, text: string): string[] {
  const named = [...text.matchAll(/(?:\bfrom|^import|\bimport\() ?"([^"]+)"/gm)];
  return named.map(([, target]) =>
    target!.startsWith(".") ? posix.join(dirname(file), target!) : target!,
  );
}

/** Lines of the sources outside `allowed` that match, as `file:line: text`. */
function findings(pattern: RegExp, allowed: (file: string) => boolean = () => false): string[] {
  return [...sources].flatMap(([file, text]) =>
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

/**
 * The areas that each area may import, besides itself: imports point down only. `cli` and what puts a run together
 * stand on top; the reports know results and nothing of how they come about.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  request: ["core"],
  result: [],
  engine: ["core"],
  planner: ["core", "request", "config"],
  allocators: ["core", "request"],
  latency: ["core", "request", "config"],
  workload: ["core", "request", "config"],
  config: ["core", "request", "allocators", "planner"],
  facts: ["core", "request", "latency", "metrics/shares"],
  scheduler: ["core", "request", "config", "facts", "allocators", "latency", "metrics/shares"],
  metrics: ["core", "request", "result", "config", "facts", "allocators"],
  report: ["core", "result"],
  capacity: ["core", "result", "config", "latency", "workload", "run-setup", "report"],
};
const TOP = ["cli", "index", "replica", "run-checks", "run-setup", "simulate"];

/** `src/core/time.ts` → `core`, `src/facts.ts` → `facts`. */
function areaOf(file: string): string {
  return file.split("/")[1]!.replace(/\.ts$/, "");
}

describe("imports", () => {
  it("point down only", () => {
    const wrong: string[] = [];
    for (const [file, text] of sources) {
      const area = areaOf(file);
      if (TOP.includes(area)) continue;
      const allowed = MAY_IMPORT[area];
      for (const target of importsOf(file, text)) {
        if (!target.startsWith("src/") || areaOf(target) === area) continue;
        const names = [areaOf(target), target.slice("src/".length, -".ts".length)];
        if (!names.some((name) => allowed?.includes(name))) wrong.push(`${file} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("know every area", () => {
    const areas = new Set([...sources.keys()].map(areaOf));
    const known = [...Object.keys(MAY_IMPORT), ...TOP];
    expect([...areas].filter((area) => !known.includes(area))).toEqual([]);
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
    const whole = /\*\* (-?\d+\b(?!\.)|order\b|LEAF_BITS\b|Number\(RATIO_BITS\))/g;
    expect(findings(/\*\*[ =]/).filter((line) => /\*\*[ =]/.test(line.replace(whole, "")))).toEqual(
      [],
    );
  });
});

describe("sources", () => {
  it("have at most 250 lines, tables of figures aside", () => {
    const long = [...sources]
      .filter(([file]) => !file.startsWith("src/config/catalog/"))
      .map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  it("have functions of at most 60 lines, which the linter counts and nobody excuses", () => {
    expect(JSON.parse(read("biome.json")).linter.rules.complexity).toMatchObject({
      noExcessiveLinesPerFunction: { level: "error", options: { maxLines: 60 } },
    });
    const excuses = [...sources].filter(([, text]) => /biome-ignore|@ts-/.test(text));
    expect(excuses.map(([file]) => file)).toEqual([]);
  });

  it("keep what their constructors are given as private constants, which V8 then knows (docs/performance.md)", () => {
    expect(findings(/^ {2}readonly #\w+: (?:(?! = ).)*;$/)).toEqual([]);
  });

  it("say what every value is, and leave nothing for later", () => {
    expect(findings(/(?:[:<|,]|\bas)\s*any\b/)).toEqual([]);
    const notes = [...sources, ...tests].filter(
      ([file, text]) => file !== "test/tidy.test.ts" && /\b(TODO|FIXME|XXX|HACK)\b/.test(text),
    );
    expect(notes.map(([file]) => file)).toEqual([]);
  });

  it("explain everything they export, tables of figures aside, which name their sources", () => {
    const bare = [...sources].flatMap(([file, text]) => {
      if (file.startsWith("src/config/catalog/datasets/")) return [];
      const lines = text.split("\n");
      return lines.flatMap((line, index) => {
        const declared =
          /^export (?:async |abstract )?(?:function\*?|class|interface|type|const) (\w+)/.exec(
            line,
          );
        const explained = (lines[index - 1] ?? "").trimEnd().endsWith("*/");
        return declared === null || explained ? [] : [`${file}: ${declared[1]}`];
      });
    });
    expect(bare).toEqual([]);
  });
});

/** Files that package.json names as the command and as the library. */
function entries(): string[] {
  const { bin, exports } = JSON.parse(read("package.json"));
  const built = [...Object.values<string>(bin), ...Object.values<string>(exports)];
  return built
    .filter((path) => path.endsWith(".js"))
    .map((path) => posix.normalize(path).replace(/^dist\/(.*)\.js$/, "$1.ts"));
}

/** The tests that cover the sources without one of their own: by folder, and why they do. */
const COVERED: readonly (readonly [prefix: string, test: string, why: string])[] = [
  ["src/allocators/placement/", "test/allocators/placement/placement.test.ts", "all, side by side"],
  ["src/allocators/prefix-cached/", "test/golden/golden.test.ts", "row for row as recorded"],
  ["src/allocators/", "test/allocators/contract.test.ts", "the parts of the allocators"],
  ["src/cli/", "test/cli/main.test.ts", "every command, as a user types it"],
  ["src/config/catalog/", "test/config/catalog.test.ts", "figures, compared with their sources"],
  ["src/config/", "test/config/errors.test.ts", "each key, right and wrong"],
  ["src/report/", "test/report/files.test.ts", "the parts of a report, in its bytes"],
  ["src/workload/trace/", "test/workload/trace/formats.test.ts", "each format, read and misread"],
  ["src/workload/", "test/workload/load.test.ts", "the parts of a workload"],
  ["src/", "test/oracle.test.ts", "every event, decision, price and figure is made a second time"],
];

/** Sources that `file` imports, directly or not. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  const text = sources.get(file) ?? tests.get(file);
  if (text === undefined || reached.has(file)) return reached;
  reached.add(file);
  for (const target of importsOf(file, text)) reachedFrom(target, reached);
  return reached;
}

it("package.json names a command and a library that there are", () => {
  expect(entries().filter((entry) => !sources.has(entry))).toEqual([]);
});

describe("every source file", () => {
  it("is reachable from the command or the library", () => {
    const reached = new Set(entries().flatMap((entry) => [...reachedFrom(entry)]));
    const dead = [...sources.keys()].filter((file) => !reached.has(file));
    expect(dead).toEqual([]);
  });

  it("is tested by a file of its name, one that imports it, or the one that covers its folder", () => {
    const imported = new Set([...tests].flatMap(([file, text]) => importsOf(file, text)));
    const reached = new Map(COVERED.map(([, test]) => [test, reachedFrom(test)]));
    const untested = [...sources.keys()].filter((file) => {
      const mirror = file.replace(/^src\/(.*)\.ts$/, "test/$1.test.ts");
      const covered = COVERED.some(
        ([prefix, test]) => file.startsWith(prefix) && reached.get(test)!.has(file),
      );
      return !tests.has(mirror) && !imported.has(file) && !covered;
    });
    expect(untested).toEqual([]);
  });
});
