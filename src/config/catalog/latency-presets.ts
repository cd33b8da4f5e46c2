import type { LinearCoefficients } from "../config.ts";
import { gpus } from "./gpus.ts";

/** Step times that somebody measured. */
export interface LatencyPreset {
  readonly name: string;
  /** One line for `kvsim list`. */
  readonly summary: string;
  readonly source: string;
  readonly coefficients: LinearCoefficients;
}

type Triple = readonly [number, number, number];

const DISTSERVE =
  "Zhong et al., DistServe, OSDI'24: fitted A100-80GB profiles, as published with its simulator";

/** The batch from which on the second decode fit counts. */
const SPLIT = 95;

function coefficients(prefill: Triple, small: Triple, large: Triple): LinearCoefficients {
  const [base, perToken, perTokenSquared] = prefill;
  return {
    prefill: { base, perToken, perTokenSquared },
    decode: [decodeFit(1, small), decodeFit(SPLIT, large)],
  };
}

function decodeFit(fromBatch: number, [base, perContextToken, perSequence]: Triple) {
  return { fromBatch, base, perContextToken, perSequence };
}

const opt13bTp1 = coefficients(
  [18.1025, 0.101912, 7.1223e-6],
  [19.9347, 6.2694e-4, 0.038507],
  [7.16619, 5.798e-4, 0.158311],
);

const opt13bTp2 = coefficients(
  [14.743, 0.068577, 2.4496e-6],
  [13.2948, 3.4109e-4, 0.062964],
  [10.6387, 3.1183e-4, 0.085629],
);

const opt13bTp4 = coefficients(
  [12.0623, 0.038081, 5.2262e-7],
  [10.2562, 1.8787e-4, 0.032693],
  [10.4835, 1.7121e-4, 0.045666],
);

const opt66bTp4 = coefficients(
  [29.4416, 0.151352, 8.3175e-6],
  [30.7603, 4.5195e-4, 0.063284],
  [27.4708, 4.0468e-4, 0.124807],
);

/**
 * The A100-80GB fit on a GPU of less bandwidth. Decode reads the weights (base) and the KV (per context token), so these
 * two grow by the ratio of the bandwidths; arithmetic is the same. Derived, not measured.
 */
function slowerMemory(coefficients: LinearCoefficients, ratio: number): LinearCoefficients {
  const decode = coefficients.decode.map((one) => ({
    ...one,
    base: one.base * ratio,
    perContextToken: one.perContextToken * ratio,
  }));
  return { prefill: coefficients.prefill, decode };
}

const bandwidthRatio = gpus["a100-80gb"]!.bandwidthGBps / gpus["a100-40gb"]!.bandwidthGBps;

const rows: readonly LatencyPreset[] = [
  {
    name: "distserve-opt13b-a100-80gb",
    summary: "OPT-13B on one A100-80GB",
    source: DISTSERVE,
    coefficients: opt13bTp1,
  },
  {
    name: "distserve-opt13b-a100-80gb-tp2",
    summary: "OPT-13B on two A100-80GB",
    source: DISTSERVE,
    coefficients: opt13bTp2,
  },
  {
    name: "distserve-opt13b-a100-80gb-tp4",
    summary: "OPT-13B on four A100-80GB",
    source: DISTSERVE,
    coefficients: opt13bTp4,
  },
  {
    name: "distserve-opt66b-tp4",
    summary: "OPT-66B on four A100-80GB",
    source: DISTSERVE,
    coefficients: opt66bTp4,
  },
  {
    name: "distserve-opt13b-a100-40gb",
    summary: "OPT-13B on one A100-40GB; derived: decode's base and context × 2039/1555",
    source: `${DISTSERVE}; derived for the A100-40GB's bandwidth, not measured`,
    coefficients: slowerMemory(opt13bTp1, bandwidthRatio),
  },
];

/** Coefficients of the linear step-time model that a config may name, in milliseconds. */
export const latencyPresets: Readonly<Record<string, LatencyPreset>> = Object.fromEntries(
  rows.map((preset) => [preset.name, preset]),
);
