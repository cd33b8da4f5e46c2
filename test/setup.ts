import fc from "fast-check";

/** One seed for every property, so that a failure is the same failure everywhere; fast-check prints it. */
fc.configureGlobal({
  seed: Number(process.env["KVSIM_TEST_SEED"] ?? 1),
  numRuns: Number(process.env["KVSIM_TEST_RUNS"] ?? 100),
});
