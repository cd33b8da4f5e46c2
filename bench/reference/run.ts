import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config, LinearCoefficients, SetupConfig } from "../../src/config/config.ts";
import { type ExactTime, fromNanoseconds, TICKS_PER_NANOSECOND } from "../../src/core/time.ts";
import { loadWorkload } from "../../src/workload/index.ts";
import type { Compiled } from "./compile.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const REQUEST_BYTES = 16;
const REQUESTS_AT_FIRST = 1024;

let files = 0;

/** What the C program prints: the words behind each name. */
export type Printed = ReadonlyMap<string, readonly string[]>;

/** A file of the requests of a config's first seed, as the C program reads it. */
export async function writeRequests(config: Config, folder: string): Promise<string> {
  const stream = (await loadWorkload(config)).open(config.seeds[0]!);
  let bytes = Buffer.alloc(REQUEST_BYTES * REQUESTS_AT_FIRST);
  let id = 0;
  for (let next = stream.nextArrival(); next !== null; next = stream.nextArrival()) {
    const { arrivalNs, promptTokens, outputTokens } = stream.create(id, next);
    const at = id * REQUEST_BYTES;
    if (at === bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(at)]);
    bytes.writeBigInt64LE(BigInt(arrivalNs), at);
    bytes.writeInt32LE(promptTokens, at + 8);
    bytes.writeInt32LE(outputTokens[0]!, at + 12);
    id += 1;
  }
  const file = join(folder, `requests-${files++}`);
  writeFileSync(file, bytes.subarray(0, id * REQUEST_BYTES));
  return file;
}

/** Runs a paged setup under prefill-first scheduling with recompute preemption, one sequence a request, and no other. */
export function runReference(
  compiled: Extract<Compiled, { binary: string }>,
  requests: string,
  { pool, maxModelLen }: Pick<Config, "pool" | "maxModelLen">,
  { options, scheduler, latency }: SetupConfig,
): Printed {
  if (latency.model !== "linear") throw new Error("the C program knows linear step times only");
  const { blockSize, watermark } = options as { blockSize: number; watermark: number };
  const watermarkBlocks = Math.trunc(watermark * Math.floor(pool.slots / blockSize));
  const { maxRunning, maxBatchedTokens } = scheduler;
  const sizes = [pool.slots, blockSize, watermarkBlocks, maxModelLen, maxRunning, maxBatchedTokens];
  return runProgram(compiled, requests, ...sizes, ...stepTimes(latency.coefficients));
}

/** Runs a program on a file of requests and the numbers that it asks for. */
export function runProgram(
  { binary }: Extract<Compiled, { binary: string }>,
  requests: string,
  ...numbers: readonly number[]
): Printed {
  const text = execFileSync(binary, [requests, ...numbers.map(String)], { encoding: "utf8" });
  const words = text
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  return new Map(words.map(([name, ...values]) => [name!, values]));
}

function stepTimes({ prefill, decode }: LinearCoefficients): number[] {
  const fits = decode.flatMap(({ fromBatch, base, perContextToken, perSequence }) => [
    fromBatch,
    ...[base, perContextToken, perSequence].map(ticks),
  ]);
  return [prefill.base, prefill.perToken, prefill.perTokenSquared, ...fits];
}

function ticks(milliseconds: number): number {
  const time: ExactTime = fromNanoseconds(milliseconds * NANOSECONDS_PER_MILLISECOND);
  return time.ns * TICKS_PER_NANOSECOND + time.ticks;
}
