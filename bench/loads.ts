import { median, runRepetitions, secondsPerUnit, type Taken, type Task } from "./clock.ts";
import { configAt, LOADS, type NamedLoad, REQUESTS } from "./load.ts";
import { only } from "./project-config.ts";
import { besideReference, missingReference, reference } from "./reference/task.ts";
import type { BenchOptions, Column, Part, Row, Section } from "./section.ts";
import { oracle } from "./simulation.ts";
import { COMPILING, simulated, simulation } from "./simulation-process.ts";

/** Requests that the oracle gets. */
const ORACLE_REQUESTS = 200;

/** Requests of a run with `--quick`. */
const QUICK_REQUESTS = 500;

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
  const all = at(options.quick ? QUICK_REQUESTS : load.requests);
  const fewest = at(options.quick ? 30 : ORACLE_REQUESTS);
  const program = await reference(only(all, all.setups[0]!));
  const tasks = new Map<string, Task>();
  for (const setup of all.setups) tasks.set(setup.label, simulation(only(all, setup)));
  if (program !== null) tasks.set(REFERENCE, program.task);
  tasks.set(ORACLE, oracle(only(fewest, fewest.setups[0]!)));
  const medians = await secondsPerUnit([...tasks.values()], runRepetitions(options.quick));
  const seconds = new Map([...tasks.keys()].map((name, index) => [name, medians[index]!]));
  return { load, seconds, meanBatch: program?.meanBatch ?? null };
}

/** The allocators at the first load again, one after the other in one process. */
async function costsTogether({ quick }: BenchOptions): Promise<ReadonlyMap<string, number>> {
  process.stderr.write("loads: together\n");
  const [load] = LOADS;
  const config = configAt({ ...load!, requests: quick ? QUICK_REQUESTS : load!.requests });
  const turns: (readonly Taken[])[] = [];
  for (let left = runRepetitions(quick).repetitions; left > 0; left -= 1)
    turns.push(await simulated(config));
  const secondsOf = (index: number) =>
    median(turns.map((turn) => turn[index]!.seconds / turn[index]!.units));
  return new Map(config.setups.map(({ label }, index) => [label, secondsOf(index)]));
}

function ratesSection(costs: readonly Costs[]): Section {
  return {
    name: "loads-rates",
    title: "Requests per CPU second, end to end with all metrics",
    columns: loadColumns(costs),
    rows: rowsOf(costs, (seconds) => 1 / seconds),
    notes: [
      "The loads are requests per simulated second; bench/load.yaml and the next table say the rest.",
      `Runs of ${REQUESTS / 1000} k requests less runs of ${(REQUESTS * COMPILING) / 1000} k: what compiling costs is in the table of cost against the number of requests. The oracle runs 200.`,
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
      "All in one: one after the other in the order of the lines, as kvsim run bench/load.yaml does. The engine is the same code; JavaScript around it is compiled for all of them so far.",
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
