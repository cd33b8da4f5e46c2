import { expect, it } from "vitest";
import { REQUESTS } from "../../bench/load.ts";
import { COMPILING } from "../../bench/simulation-process.ts";
import { LONG_RUN_REQUESTS } from "../../src/cli/inlining.ts";

it("takes away from a run of the bench one that V8 compiles as it does the whole", () => {
  expect(REQUESTS * COMPILING).toBeGreaterThanOrEqual(LONG_RUN_REQUESTS);
});
