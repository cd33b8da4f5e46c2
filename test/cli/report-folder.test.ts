import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkReportFolder, writeReportFolder } from "../../src/cli/report-folder.ts";
import { temporaryFolder } from "../config/temporary-config.ts";

const report = (text: string) =>
  new Map([
    ["result.json", text],
    ["report.md", text],
  ]);

test("a report folder is made with its parents, and nothing else stays behind", () => {
  const parent = join(temporaryFolder(), "deep", "reports");
  writeReportFolder(parent, "a", report("one"));
  expect(readdirSync(parent)).toEqual(["a"]);
  expect(readdirSync(join(parent, "a")).sort()).toEqual(["report.md", "result.json"]);
});

test("a new report replaces an older one as a whole", () => {
  const parent = temporaryFolder();
  const folder = writeReportFolder(parent, "a", report("one"));
  writeFileSync(join(folder, "report.html"), "of the older report");
  writeReportFolder(parent, "a", report("two"));
  expect(readdirSync(parent)).toEqual(["a"]);
  expect(existsSync(join(folder, "report.html"))).toBe(false);
  expect(readFileSync(join(folder, "report.md"), "utf8")).toBe("two");
});

test("a folder that is no report is never replaced", () => {
  const parent = temporaryFolder();
  mkdirSync(join(parent, "src"));
  writeFileSync(join(parent, "src", "precious.ts"), "x");
  expect(() => writeReportFolder(parent, "src", report("one"))).toThrow(
    "exists and is no kvsim report",
  );
  expect(readdirSync(parent)).toEqual(["src"]);
  expect(readdirSync(join(parent, "src"))).toEqual(["precious.ts"]);
});

test("when a file cannot be written, the older report stays and no draft is left", () => {
  const parent = temporaryFolder();
  const folder = writeReportFolder(parent, "a", report("one"));
  const broken = new Map([
    ["result.json", "two"],
    ["no/such/folder", "x"],
  ]);
  expect(() => writeReportFolder(parent, "a", broken)).toThrow("no such file");
  expect(readdirSync(parent)).toEqual(["a"]);
  expect(readFileSync(join(folder, "result.json"), "utf8")).toBe("one");
});

test("a file where the folder should be is told", () => {
  const parent = join(temporaryFolder(), "file");
  writeFileSync(parent, "x");
  expect(() => writeReportFolder(parent, "a", report("one"))).toThrow("expected a folder");
});

test("a file above the folder is told by its name, before anything is run", () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "x");
  const parent = join(file, "deep", "reports");
  expect(() => checkReportFolder(parent, "a")).toThrow(
    `--out ${parent}: ${file} is a file, expected a folder`,
  );
});

test.skipIf(process.getuid?.() === 0)(
  "a folder that may not be written is told before anything is run",
  () => {
    const parent = temporaryFolder();
    chmodSync(parent, 0o500);
    expect(() => checkReportFolder(parent, "a")).toThrow(
      `--out ${parent}: may not be read or written`,
    );
  },
);

test("no folder at all is told", () => {
  expect(() => checkReportFolder("", "a")).toThrow("--out: expected a folder, got nothing");
});

test.skipIf(!existsSync("/proc/self"))(
  "a place where no folder can be made is told before anything is run",
  () => {
    expect(() => checkReportFolder("/proc/x/y", "a")).toThrow(
      "--out /proc/x/y: /proc takes no folder",
    );
  },
);

test("the question leaves nothing behind", () => {
  const parent = temporaryFolder();
  checkReportFolder(join(parent, "reports"), "a");
  expect(readdirSync(parent)).toEqual([]);
});
