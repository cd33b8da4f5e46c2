import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readLines } from "../../../src/workload/trace/lines.ts";
import { temporaryFiles } from "../temporary-files.ts";

const files = temporaryFiles();

async function linesOf(path: string): Promise<[number, string][]> {
  const lines: [number, string][] = [];
  await readLines(path, ({ number, text }) => lines.push([number, text]));
  return lines;
}

const text = Array.from({ length: 20_000 }, (_, i) => `row ${i} – ü`).join("\n");
const expected = text.split("\n").map((line, i) => [i + 1, line]);

describe("the lines of a file", () => {
  it("are the same plain, gzipped, and with any name", async () => {
    expect(await linesOf(files.write("plain.csv", text))).toEqual(expected);
    expect(await linesOf(files.write("packed.csv.gz", gzipSync(text)))).toEqual(expected);
    expect(await linesOf(files.write("packed.csv", gzipSync(text)))).toEqual(expected);
    expect(await linesOf(files.write("plain.gz", text))).toEqual(expected);
  });

  it("are those of a gzip file of several members", async () => {
    const [head, tail] = [text.slice(0, 1000), text.slice(1000)];
    const both = Buffer.concat([gzipSync(head), gzipSync(tail)]);
    expect(await linesOf(files.write("members.gz", both))).toEqual(expected);
  });

  it("may end in any way, and blank ones only count", async () => {
    expect(await linesOf(files.write("mixed.csv", "a\r\n\n  \nb\n"))).toEqual([
      [1, "a"],
      [4, "b"],
    ]);
    expect(await linesOf(files.write("tiny.csv", "x"))).toEqual([[1, "x"]]);
    expect(await linesOf(files.write("empty.csv", ""))).toEqual([]);
  });

  it("lose a byte order mark", async () => {
    expect(await linesOf(files.write("mark.csv", "\ufeffa,b\n1,2"))).toEqual([
      [1, "a,b"],
      [2, "1,2"],
    ]);
  });
});

describe("a file that cannot be read", () => {
  it("is refused when it is not there, or is a folder", async () => {
    const path = join(files.folder, "nowhere.csv");
    await expect(linesOf(path)).rejects.toThrow(
      `${path}:1:1: found no such file, expected a trace`,
    );
    await expect(linesOf(files.folder)).rejects.toThrow(
      `${files.folder}:1:1: found a folder, expected a file`,
    );
  });

  it("is refused where gzip data end early, or are damaged", async () => {
    const packed = gzipSync(text);
    const short = files.write("short.gz", packed.subarray(0, packed.length / 2));
    await expect(linesOf(short)).rejects.toThrow(
      /short\.gz:\d+:\d+: found the end of the gzip data, expected its checksum/,
    );
    packed.fill(0xff, 100, 200);
    const damaged = files.write("damaged.gz", packed);
    await expect(linesOf(damaged)).rejects.toThrow(/damaged\.gz:\d+:\d+: found damaged gzip data/);
  });

  it("is refused when a line never ends", async () => {
    const path = files.write("endless", Buffer.alloc(2 ** 22 + 2 ** 17, "x"));
    await expect(linesOf(path)).rejects.toThrow(`${path}:1:1: found a line over 4 MiB`);
  });

  it.skipIf(process.getuid?.() === 0)("is refused when it may not be read", async () => {
    const path = files.write("secret", "a");
    chmodSync(path, 0);
    await expect(linesOf(path)).rejects.toThrow("found a file that may not be read");
  });
});

describe.skipIf(process.platform === "win32")("a pipe", () => {
  it("is read like a file, packed or not", async () => {
    for (const [name, command] of [
      ["plain", "printf 'a\\nb'"],
      ["packed", "printf 'a\\nb' | gzip"],
    ] as const) {
      const path = join(files.folder, `${name}.fifo`);
      execFileSync("mkfifo", [path]);
      execFileSync("sh", ["-c", `(${command}) > "$0" &`, path], { stdio: "ignore" });
      expect(await linesOf(path)).toEqual([
        [1, "a"],
        [2, "b"],
      ]);
    }
  });
});
