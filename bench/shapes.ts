import type { Config } from "../src/config/config.ts";
import { runRepetitions, secondsPerUnit, type Task } from "./clock.ts";
import { BASE_LOAD, configAt, type Load } from "./load.ts";
import { only } from "./project-config.ts";
import { besideReference, reference } from "./reference/task.ts";
import type { BenchOptions, Part, Row, Section } from "./section.ts";
import { simulation } from "./simulation-process.ts";

/** Mean output tokens of the requests. The law is cut at the top, so its own mean is a little higher. */
const OUTPUTS = [44, 88, 176, 350, 700, 1291];
const LAW_ABOVE_MEAN = 1.003;
/** Room for the longest output behind the longest prompt. */
const LONGEST_MODEL = 16_384;

const CAPS = [4, 16, 64, 256];

/** What a request costs as outputs get longer, beside the per-token loop in C. */
export const outputs: Part = {
  name: "outputs",
  async measure(options) {
    const rows: Row[] = [];
    for (const output of OUTPUTS) {
      const config = configAt(
        loadOf(options),
        `maxModelLen=${LONGEST_MODEL}`,
        `workload.lengths.output={lognormal: {mean: ${output * LAW_ABOVE_MEAN}, sigma: 0.8}, max: ${LONGEST_MODEL - 1024}}`,
      );
      rows.push(await rowOf(`${output} tokens`, config, options));
    }
    return [section("outputs", "Cost against mean output length, paged 16 at 30/s", rows)];
  },
};

/** What a request costs as fewer may run at once. */
export const caps: Part = {
  name: "caps",
  async measure(options) {
    const rows: Row[] = [];
    for (const maxRunning of CAPS) {
      const config = configAt({ ...loadOf(options), maxRunning });
      rows.push(await rowOf(`at most ${maxRunning}`, config, options));
    }
    return [section("caps", "Cost against the batch cap, paged 16 at 30/s", rows)];
  },
};

function loadOf({ quick }: BenchOptions): Load {
  return quick ? { ...BASE_LOAD, requests: 500 } : BASE_LOAD;
}

async function rowOf(name: string, config: Config, options: BenchOptions): Promise<Row> {
  process.stderr.write(`${name}\n`);
  const paged = only(config, config.setups[0]!);
  const program = await reference(paged);
  const tasks: Task[] = [simulation(paged)];
  if (program !== null) tasks.push(program.task);
  const [kvsim, c = null] = await secondsPerUnit(tasks, runRepetitions(options.quick));
  return {
    name,
    figures: {
      batch: program?.meanBatch ?? null,
      preempted: program?.preemptionsPerRequest ?? null,
      ...besideReference(kvsim!, c),
    },
  };
}

function section(name: string, title: string, rows: readonly Row[]): Section {
  return {
    name,
    title,
    columns: [
      { key: "batch", heading: "mean batch", format: "three" },
      { key: "preempted", heading: "preemptions", format: "three" },
      { key: "kvsim", heading: "ns/request", format: "whole" },
      { key: "c", heading: "C", format: "whole" },
      { key: "faster", heading: "C ÷ kvsim", format: "times" },
    ],
    rows,
    notes: ["preemptions: per request. C: as above, checked again on each line."],
  };
}
