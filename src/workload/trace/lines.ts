import { once } from "node:events";
import { createReadStream, type ReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { quoted, TraceError } from "./trace-error.ts";

/** A longer line is no trace: it would be gathered in memory without end. */
const LINE_CHARACTERS_MAX = 2 ** 22;

/** Read at a time, packed or not. */
const CHUNK_BYTES = 2 ** 16;

const SPACE = 0x20;
const BYTE_ORDER_MARK = 0xfeff;

/** The line that the reader of a trace stands at: one object, which moves on from line to line. */
export class TraceLine {
  readonly path: string;
  /** From 1. */
  number = 0;
  /** The text that the line is part of: from `start` to before `end`, without its line end. */
  source = "";
  start = 0;
  end = 0;

  constructor(path: string) {
    this.path = path;
  }

  get text(): string {
    return this.source.slice(this.start, this.end);
  }

  /** Moves on to the line that `source` has from `start` to before `end`; false if it is blank. A byte order mark before it is left out. */
  moveTo(start: number, end: number): boolean {
    const { source } = this;
    this.number += 1;
    this.start = source.charCodeAt(start) === BYTE_ORDER_MARK ? start + 1 : start;
    let last = end - 1;
    while (last >= this.start && isBlank(source.charCodeAt(last))) last -= 1;
    this.end = last + 1;
    return this.end > this.start;
  }
}

/**
 * Goes through the lines of a file, plain or gzip (told by its first bytes), blank ones left out, and calls `read` at each. Throws
 * {@link TraceError}.
 */
export async function readLines(path: string, read: (line: TraceLine) => void): Promise<void> {
  const line = new TraceLine(path);
  let rest = "";
  try {
    for await (const chunk of await openText(path)) {
      line.source = rest + chunk;
      rest = readWholeLines(line, read);
      if (rest.length > LINE_CHARACTERS_MAX)
        throw new TraceError(path, line.number + 1, 1, "a line over 4 MiB", "lines of text");
    }
  } catch (error) {
    throw readError(path, line.number + 1, rest.length + 1, error);
  }
  line.source = rest;
  if (line.moveTo(0, rest.length)) read(line);
}

/** Reads the lines of the source that have an end; returns what is behind them. */
function readWholeLines(line: TraceLine, read: (line: TraceLine) => void): string {
  const { source } = line;
  let start = 0;
  for (let end = source.indexOf("\n"); end >= 0; end = source.indexOf("\n", start)) {
    if (line.moveTo(start, end)) read(line);
    start = end + 1;
  }
  return source.slice(start);
}

function isBlank(code: number): boolean {
  return code <= SPACE || (code > 0x7f && String.fromCharCode(code).trim() === "");
}

/** The text of a file. The stream, and the file under it, close when its reader stops. */
async function openText(path: string): Promise<Readable> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  return (await unpacked(file)).setEncoding("utf8");
}

/** What a file says without gzip, which runs without such a trace do not load. */
async function unpacked(file: ReadStream): Promise<Readable> {
  if (!(await startsAsGzip(file))) return file;
  const { createGunzip } = await import("node:zlib");
  return pipeline(file, createGunzip({ chunkSize: CHUNK_BYTES }), () => {});
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
  EISDIR: ["a folder", "a file"],
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
