import { once } from "node:events";
import { createReadStream, type ReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { quoted, TraceError } from "./trace-error.ts";

/** One line of a trace, without its line end. */
export interface TraceLine {
  readonly path: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A longer line is no trace: it would be gathered in memory without end. */
const LINE_CHARACTERS_MAX = 2 ** 22;

/** The lines of a file, plain or gzip (told by its first bytes), blank ones left out, as many at a time as are read. Throws {@link TraceError}. */
export async function* readLines(path: string): AsyncGenerator<TraceLine[]> {
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of await openText(path)) {
      const texts = (rest + chunk).split("\n");
      rest = texts.pop()!;
      yield linesOf(path, number, texts);
      number += texts.length;
      if (rest.length > LINE_CHARACTERS_MAX)
        throw new TraceError(path, number + 1, 1, "a line over 4 MiB", "lines of text");
    }
  } catch (error) {
    throw readError(path, number + 1, rest.length + 1, error);
  }
  yield linesOf(path, number, [rest]);
}

/** Those of `texts` that are not blank, without line ends and the byte order mark that may stand before the first; `before` came earlier. */
function linesOf(path: string, before: number, texts: readonly string[]): TraceLine[] {
  const lines: TraceLine[] = [];
  for (const [index, text] of texts.entries()) {
    const line = text.trimEnd();
    if (line === "") continue;
    const marked = line.startsWith("\ufeff");
    lines.push({ path, number: before + index + 1, text: marked ? line.slice(1) : line });
  }
  return lines;
}

/** The text of a file. The stream, and the file under it, close when its reader stops. */
async function openText(path: string): Promise<Readable> {
  const file = createReadStream(path);
  return (await unpacked(file)).setEncoding("utf8");
}

/** What a file says without gzip, which runs without such a trace do not load. */
async function unpacked(file: ReadStream): Promise<Readable> {
  if (!(await startsAsGzip(file))) return file;
  const { createGunzip } = await import("node:zlib");
  return pipeline(file, createGunzip(), () => {});
}

/** Whether the first two bytes are gzip's; they are put back, so that pipes can be read too. */
async function startsAsGzip(file: ReadStream): Promise<boolean> {
  await once(file, "readable");
  const head: Buffer | null = file.read(2);
  if (head === null) return false;
  file.unshift(head);
  return head[0] === 0x1f && head[1] === 0x8b;
}

const SYSTEM_ERRORS: Readonly<Record<string, readonly [found: string, expected: string]>> = {
  ENOENT: ["no such file", "a trace"],
  EISDIR: ["a directory", "a file"],
  EACCES: ["a file that may not be read", "a readable file"],
  Z_BUF_ERROR: ["the end of the gzip data", "its checksum: the file is cut short"],
  Z_DATA_ERROR: ["damaged gzip data", "whole gzip data"],
};

function readError(path: string, line: number, column: number, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const [found, expected] = SYSTEM_ERRORS[String(error.code)] ?? [
    `the error ${quoted(String(error.code))}`,
    "a readable file",
  ];
  return new TraceError(path, line, column, found, expected);
}
