import type {
  LatencyConfig,
  LinearLatencyConfig,
  RooflineLatencyConfig,
  TransferConfig,
} from "../config/config.ts";
import { assert } from "../core/assert.ts";
import {
  type ExactTime,
  fromNanoseconds,
  NANOSECONDS_PER_SECOND,
  ZERO_TIME,
} from "../core/time.ts";
import { engine } from "./engine.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** The step-time model a config asks for, in the engine. */
export function latencyModel(config: LatencyConfig): number {
  return config.model === "linear" ? linearLatency(config) : rooflineLatency(config);
}

function linearLatency({ coefficients, transfers }: LinearLatencyConfig): number {
  const { prefill, decode } = coefficients;
  assert(decode.length > 0, "a linear step-time model needs a decode fit");
  const { base, perToken, perTokenSquared } = prefill;
  const latency = engine.newLinearLatency(decode.length, base, perToken, perTokenSquared);
  for (const [at, fit] of decode.entries()) {
    const belowBatch = decode[at + 1]?.fromBatch ?? Infinity;
    setDecodeCosts(engine.linearFit(latency, at, belowBatch), {
      base: milliseconds(fit.base),
      perContextToken: milliseconds(fit.perContextToken),
      perSequence: milliseconds(fit.perSequence),
    });
  }
  setTransfers(engine.linearTransfers(latency), transfers);
  return latency;
}

function rooflineLatency(config: RooflineLatencyConfig): number {
  const { flopsPerSecond, prefillEfficiency, decodeEfficiency } = config;
  const { flopsPerToken, flopsPerTokenPair, weightBytes, bytesPerToken, bytesPerSecond } = config;
  const { stages, expertBytes, expertShare } = config;
  const latency = engine.newRoofline(
    flopsPerSecond,
    prefillEfficiency,
    decodeEfficiency,
    flopsPerToken,
    flopsPerTokenPair,
    weightBytes,
    bytesPerToken,
    bytesPerSecond,
    stages,
    expertBytes,
    expertShare,
  );
  for (let parts = 1; parts <= stages; parts += 1) {
    const decodeFlopsPerSecond = flopsPerSecond * decodeEfficiency * parts;
    setDecodeCosts(engine.rooflineCompute(latency, parts), {
      base: ZERO_TIME,
      perContextToken: seconds(flopsPerTokenPair / decodeFlopsPerSecond),
      perSequence: seconds(flopsPerToken / decodeFlopsPerSecond),
    });
    setDecodeCosts(engine.rooflineMemory(latency, parts), {
      base: seconds((weightBytes - expertBytes) / bytesPerSecond),
      perContextToken: seconds(bytesPerToken / (bytesPerSecond * parts)),
      perSequence: ZERO_TIME,
    });
  }
  setTransfers(engine.rooflineTransfers(latency), config.transfers);
  return latency;
}

/** What steps of ever longer contexts take: `base`, and so much for each token that is read and for each sequence that writes one. */
interface DecodeCosts {
  readonly base: ExactTime;
  readonly perContextToken: ExactTime;
  readonly perSequence: ExactTime;
}

function setDecodeCosts(costs: number, { base, perContextToken, perSequence }: DecodeCosts): void {
  engine.setClock(engine.decodeBase(costs), base.ns, base.ticks);
  const perToken = engine.decodePerContextToken(costs);
  engine.setClock(perToken, perContextToken.ns, perContextToken.ticks);
  engine.setClock(engine.decodePerSequence(costs), perSequence.ns, perSequence.ticks);
}

function setTransfers(transfers: number, config: TransferConfig): void {
  engine.setTransfers(
    transfers,
    config.gpuBytesPerSecond ?? Infinity,
    config.pcieBytesPerSecond,
    config.bytesPerToken,
    config.copiesPerBlock,
    config.secondsPerCopy,
  );
}

function milliseconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_MILLISECOND);
}

function seconds(value: number): ExactTime {
  return fromNanoseconds(value * NANOSECONDS_PER_SECOND);
}
