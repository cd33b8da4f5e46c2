import { describe, expect, it } from "vitest";
import { runSetup } from "../src/run-setup.ts";
import { runOracle } from "./oracle/oracle.ts";
import { randomRun } from "./oracle/random-config.ts";
import { comparable } from "./oracle/result.ts";

/** More, or a single one, by hand: KVSIM_ORACLE_FROM=123 KVSIM_ORACLE_RUNS=1. */
const FROM = Number(process.env["KVSIM_ORACLE_FROM"] ?? 0);
const RUNS = Number(process.env["KVSIM_ORACLE_RUNS"] ?? 2100);
const BATCH = 100;

function compare(seed: number): void {
  const { setup, config, open } = randomRun(seed);
  const input = () => ({
    setup,
    config,
    stream: open(),
    seed,
  });
  const engine = runSetup({ ...input(), paranoid: seed % 4 === 0 });
  expect(comparable(engine), `random run ${seed}`).toEqual(runOracle(input()));
}

describe("the engine agrees with the per-token reference simulator, bit for bit", () => {
  for (let first = FROM; first < FROM + RUNS; first += BATCH) {
    const end = Math.min(first + BATCH, FROM + RUNS);
    it(`in random runs ${first} to ${end - 1}`, () => {
      for (let seed = first; seed < end; seed++) compare(seed);
    });
  }
});
