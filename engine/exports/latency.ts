// Makes step-time models and sets their constants.
import { Clock } from "../core/time";
import { DecodeCosts } from "../latency/latency";
import { LinearLatency } from "../latency/linear";
import { RooflineLatency } from "../latency/roofline";
import { Transfers } from "../latency/transfers";

export function newLinearLatency(
  fits: i32,
  base: f64,
  perToken: f64,
  perTokenSquared: f64,
): LinearLatency {
  const latency = new LinearLatency(fits);
  latency.base = base;
  latency.perToken = perToken;
  latency.perTokenSquared = perTokenSquared;
  return latency;
}

export function linearFit(latency: LinearLatency, at: i32, belowBatch: f64): DecodeCosts {
  latency.belowBatch[at] = belowBatch;
  return latency.fits[at];
}

export function linearTransfers(latency: LinearLatency): Transfers {
  return latency.transfers;
}

export function newRoofline(
  flopsPerSecond: f64,
  prefillEfficiency: f64,
  decodeEfficiency: f64,
  flopsPerToken: f64,
  flopsPerTokenPair: f64,
  weightBytes: f64,
  bytesPerToken: f64,
  bytesPerSecond: f64,
  stages: i32,
  expertBytes: f64,
  expertShare: f64,
): RooflineLatency {
  const latency = new RooflineLatency(stages, expertShare);
  latency.flopsPerSecond = flopsPerSecond;
  latency.prefillEfficiency = prefillEfficiency;
  latency.decodeEfficiency = decodeEfficiency;
  latency.flopsPerToken = flopsPerToken;
  latency.flopsPerTokenPair = flopsPerTokenPair;
  latency.weightBytes = weightBytes;
  latency.bytesPerToken = bytesPerToken;
  latency.bytesPerSecond = bytesPerSecond;
  latency.expertBytes = expertBytes;
  return latency;
}

export function rooflineCompute(latency: RooflineLatency, parts: i32): DecodeCosts {
  return latency.computeCostsIn(parts);
}

export function rooflineMemory(latency: RooflineLatency, parts: i32): DecodeCosts {
  return latency.memoryCostsIn(parts);
}

export function rooflineTransfers(latency: RooflineLatency): Transfers {
  return latency.transfers;
}

export function decodeBase(costs: DecodeCosts): Clock {
  return costs.base;
}

export function decodePerContextToken(costs: DecodeCosts): Clock {
  return costs.perContextToken;
}

export function decodePerSequence(costs: DecodeCosts): Clock {
  return costs.perSequence;
}

export function setClock(clock: Clock, ns: f64, ticks: f64): void {
  clock.ns = ns;
  clock.ticks = ticks;
}

export function setTransfers(
  transfers: Transfers,
  gpuBytesPerSecond: f64,
  pcieBytesPerSecond: f64,
  bytesPerToken: f64,
  copiesPerBlock: f64,
  secondsPerCopy: f64,
): void {
  transfers.gpuBytesPerSecond = gpuBytesPerSecond;
  transfers.pcieBytesPerSecond = pcieBytesPerSecond;
  transfers.bytesPerToken = bytesPerToken;
  transfers.copiesPerBlock = copiesPerBlock;
  transfers.secondsPerCopy = secondsPerCopy;
}
