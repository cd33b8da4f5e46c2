import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The random comparisons with a seed that was never tried, and more of them: `npm run fuzz [seed]`. The seed is printed, and with it
 * the same runs come again; a failure also names the run (KVSIM_ORACLE_FROM, KVSIM_ORACLE_RUNS=1) or fast-check's path.
 */
const ORACLE_RUNS = 10_000;
const PROPERTY_RUNS = 1_000;
const TEST_TIMEOUT_MS = 600_000;
const SUITES = ["test/oracle.test.ts", "test/allocators/", "test/engine/allocators/"];

const seed = Number(process.argv[2] ?? randomInt(1, 2 ** 31));
console.log(`seed ${seed}`);
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", `--testTimeout=${TEST_TIMEOUT_MS}`, ...SUITES],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      KVSIM_TEST_SEED: String(seed),
      KVSIM_TEST_RUNS: String(PROPERTY_RUNS),
      KVSIM_ORACLE_FROM: String(seed),
      KVSIM_ORACLE_RUNS: String(ORACLE_RUNS),
    },
  },
);
console.log(`seed ${seed}: ${status === 0 ? "nothing found" : "something failed"}`);
process.exitCode = status ?? 1;
