import { runRepetitions, secondsPerUnit, type Task } from "./clock.ts";
import { configAt, LOADS, type NamedLoad } from "./load.ts";
import { only } from "./project-config.ts";
import { besideReference, missingReference, reference } from "./reference/task.ts";
import type { BenchOptions, Column, Part, Row, Section } from "./section.ts";
import { oracle } from "./simulation.ts";
import { SimulationProcess, simulation } from "./simulation-process.ts";

/** Requests that the setups behind the first one get, and the oracle. */
const FEWER_REQUESTS = 200_000;
const ORACLE_REQUESTS = 200;

/** What one load was measured to cost, in CPU seconds a request, by the name of the line. */
interface Costs {
  readonly load: NamedLoad;
  readonly seconds: ReadonlyMap<string, number>;
  readonly meanBatch: number | null;
}

const REFERENCE = "C, per token";
const ORACLE = "oracle of the tests";

/** Every allocator on five loads, beside a per-token loop in C and the tests' reference simulator. */
export const loads: Part = {
  name: "loads",
  async measure(options) {
    const costs: Costs[] = [];
    for (const load of LOADS) costs.push(await costsOf(load, options));
    return [
      ratesSection(costs),
      nanosecondsSection(costs),
      togetherSection(costs[0]!, await costsTogether(options)),
      yardsticksSection(costs),
    ];
  },
};

async function costsOf(load: NamedLoad, options: BenchOptions): Promise<Costs> {
  process.stderr.write(`loads: ${load.key}\n`);
  const at = (requests: number) => configAt({ ...load, requests });
  const [all, fewer, fewest] = options.quick
    ? [at(1000), at(500), at(30)]
    : [at(load.requests), at(FEWER_REQUESTS), at(ORACLE_REQUESTS)];
  const paged = only(all, all.setups[0]!);
  const program = await reference(paged);
  const tasks = new Map<string, Task>([[paged.setups[0]!.label, simulation(paged)]]);
  for (const setup of fewer.setups.slice(1)) tasks.set(setup.label, simulation(only(fewer, setup)));
  if (program !== null) tasks.set(REFERENCE, program.task);
  tasks.set(ORACLE, oracle(only(fewest, fewest.setups[0]!)));
  return { load, seconds: await timed(tasks, options), meanBatch: program?.meanBatch ?? null };
}

async function timed(
  tasks: ReadonlyMap<string, Task>,
  options: BenchOptions,
): Promise<Map<string, number>> {
  const seconds = await secondsPerUnit([...tasks.values()], runRepetitions(options.quick));
  return new Map([...tasks.keys()].map((name, index) => [name, seconds[index]!]));
}

/** The allocators at the first load again, all in one process. */
async function costsTogether(options: BenchOptions): Promise<ReadonlyMap<string, number>> {
  process.stderr.write("loads: together\n");
  const config = configAt({ ...LOADS[0]!, requests: options.quick ? 500 : FEWER_REQUESTS });
  const together = new SimulationProcess();
  const tasks = config.setups.map((setup): [string, Task] => [
    setup.label,
    together.task(only(config, setup)),
  ]);
  return timed(new Map(tasks), options);
}

function ratesSection(costs: readonly Costs[]): Section {
  return {
    name: "loads-rates",
    title: "Requests per CPU second, end to end with all metrics",
    columns: loadColumns(costs),
    rows: rowsOf(costs, (seconds) => 1 / seconds),
    notes: [
      "The loads are requests per simulated second; bench/load.yaml and the next table say the rest.",
      "The first line is of 1 M requests (400 k at 0.5/s), the other allocators' of 200 k, the oracle's of 200.",
      "Each allocator has a process of its own at each load, as in a kvsim run of it alone.",
    ],
  };
}

function nanosecondsSection(costs: readonly Costs[]): Section {
  return {
    name: "loads-nanoseconds",
    title: "The same in CPU nanoseconds per request",
    columns: loadColumns(costs),
    rows: rowsOf(costs, (seconds) => 1e9 * seconds),
    notes: [],
  };
}

function togetherSection({ load, seconds }: Costs, together: Costs["seconds"]): Section {
  return {
    name: "loads-together",
    title: `Requests per CPU second at ${load.key}, alone and beside each other`,
    columns: [
      { key: "alone", heading: "a process each", format: "count" },
      { key: "together", heading: "all in one", format: "count" },
      { key: "times", heading: "slower", format: "times" },
    ],
    rows: [...together].map(([name, all]) => ({
      name,
      figures: {
        alone: 1 / seconds.get(name)!,
        together: 1 / all,
        times: all / seconds.get(name)!,
      },
    })),
    notes: [
      "All in one process, V8 compiles the code that allocators and schedulers share for all of them.",
      "The first line's own process runs 1 M requests, all others 200 k.",
    ],
  };
}

function loadColumns(costs: readonly Costs[]): Column[] {
  return costs.map(({ load: { key } }) => ({ key, heading: key, format: "count" }));
}

/** A line an allocator, a column a load. */
function rowsOf(costs: readonly Costs[], figure: (seconds: number) => number): Row[] {
  return [...costs[0]!.seconds.keys()].map((name) => ({
    name,
    figures: Object.fromEntries(
      costs.map(({ load, seconds }) => [load.key, figure(seconds.get(name)!)]),
    ),
  }));
}

function yardsticksSection(costs: readonly Costs[]): Section {
  const missing = missingReference();
  return {
    name: "loads-yardsticks",
    title: "paged 16 against the per-token loops, CPU time",
    columns: [
      { key: "blocks", heading: "blocks", format: "whole" },
      { key: "cap", heading: "batch ≤", format: "whole" },
      { key: "batch", heading: "mean", format: "three" },
      { key: "kvsim", heading: "ns/request", format: "whole" },
      { key: "c", heading: "C", format: "whole" },
      { key: "faster", heading: "C ÷ kvsim", format: "times" },
      { key: "oracle", heading: "oracle ÷ kvsim", format: "times" },
    ],
    rows: costs.map(yardsticksRow),
    notes: [
      missing === null
        ? "C: bench/reference.c, plain C99 at -O3, the same block tables and metrics but no timeline; its time excludes making the requests, kvsim's includes it. On each load all its figures and the fingerprint of all decisions, block numbers among them, were just found equal to kvsim's, bit for bit."
        : `C: not measured, ${missing}.`,
      "oracle: the reference simulator of test/oracle, token by token, on 200 requests; it keeps everything and adds it up at the end.",
    ],
  };
}

function yardsticksRow({ load, seconds, meanBatch }: Costs): Row {
  const [kvsim] = seconds.values();
  const c = seconds.get(REFERENCE) ?? null;
  return {
    name: load.key,
    figures: {
      blocks: load.blocks,
      cap: load.maxRunning,
      batch: meanBatch,
      ...besideReference(kvsim!, c),
      oracle: seconds.get(ORACLE)! / kvsim!,
    },
  };
}
