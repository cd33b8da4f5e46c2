import { expect, it } from "vitest";
import { BASE_LOAD, configAt } from "../../bench/load.ts";
import { only } from "../../bench/project-config.ts";
import { compileProgram } from "../../bench/reference/compile.ts";
import { runProgram, writeRequests } from "../../bench/reference/run.ts";
import { resultOf } from "../../bench/simulation.ts";

const compiled = compileProgram("epochs");
const why = "missing" in compiled ? `, skipped: ${compiled.missing}` : "";

it.skipIf("missing" in compiled)(
  `kvsim's way of simulating, written in C for one load, decides as kvsim does${why}`,
  async () => {
    if ("missing" in compiled) return;
    for (const seed of [1, 2, 3]) {
      const all = configAt({ ...BASE_LOAD, requests: 3000 }, `seed=${seed}`);
      const config = only(all, all.setups[0]!);
      const printed = runProgram(compiled, await writeRequests(config, compiled.folder));
      expect(printed.get("fingerprint")).toEqual([(await resultOf(config)).fingerprint]);
    }
  },
);
