import { runRepetitions, secondsPerUnit } from "./clock.ts";
import { BASE_LOAD, configAt } from "./load.ts";
import { only } from "./project-config.ts";
import { compileProgram } from "./reference/compile.ts";
import { referenceSeconds } from "./reference/figures.ts";
import { runProgram, writeRequests } from "./reference/run.ts";
import { reference } from "./reference/task.ts";
import type { Part } from "./section.ts";
import { resultOf } from "./simulation.ts";
import { simulation } from "./simulation-process.ts";

/** What kvsim's own way of simulating costs in C, written for one load alone: what objects, checks and generality cost is the rest. */
export const epochs: Part = {
  name: "epochs",
  async measure({ quick }) {
    process.stderr.write("epochs\n");
    const all = configAt({ ...BASE_LOAD, requests: quick ? 500 : BASE_LOAD.requests });
    const config = only(all, all.setups[0]!);
    const compiled = compileProgram("epochs");
    const perToken = await reference(config);
    if ("missing" in compiled || perToken === null) return [];
    const requests = await writeRequests(config, compiled.folder);
    const [{ fingerprint }, printed] = [await resultOf(config), runProgram(compiled, requests)];
    if (printed.get("fingerprint")![0] !== fingerprint)
      throw new Error("bench/epochs.c decides otherwise than kvsim");
    const inC = () => {
      const again = runProgram(compiled, requests);
      return { seconds: referenceSeconds(again), units: Number(again.get("arrived")![0]) };
    };
    const tasks = [simulation(config), perToken.task, inC];
    const [kvsim, token, epoch] = await secondsPerUnit(tasks, runRepetitions(quick));
    const row = (name: string, seconds: number) => ({
      name,
      figures: { ns: 1e9 * seconds, faster: token! / seconds },
    });
    return [
      {
        name: "epochs",
        title: "paged 16 at 30/s: kvsim, the per-token loop in C, and kvsim's way in C",
        columns: [
          { key: "ns", heading: "ns/request", format: "whole" },
          { key: "faster", heading: "C, per token ÷ this", format: "times" },
        ],
        rows: [row("kvsim", kvsim!), row("C, per token", token!), row("C, kvsim's way", epoch!)],
        notes: [
          "kvsim's way: bench/epochs.c, one load written out: no drawing, no timeline, no preemption, no checks. Its fingerprint was just found equal to kvsim's.",
        ],
      },
    ];
  },
};
