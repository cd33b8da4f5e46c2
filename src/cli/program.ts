import { Command, InvalidArgumentError } from "commander";
import type { Output } from "./output.ts";
import { VERSION } from "./version.ts";

const HELP_WIDTH = 80;

/**
 * The command line. Each command reports its exit code to `finish`; wrong usage throws a `CommanderError`. A command is imported when it
 * is chosen: most of what takes time to start belongs to one of them.
 */
export function program(output: Output, finish: (exitCode: number) => void): Command {
  const kvsim = new Command("kvsim")
    .description(
      "Simulates KV-cache memory in LLM serving: what each allocator wastes on your traffic, " +
        "how many requests it holds, and what happens when memory runs out.",
    )
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    // Defaults are "off" or none for every option: naming them would only be noise.
    .configureHelp({ optionDescription: ({ description }) => description })
    .exitOverride()
    .configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      outputError: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    });
  addRun(kvsim, output, finish);
  addCompare(kvsim, output, finish);
  addPlan(kvsim, output, finish);
  addCapacity(kvsim, output, finish);
  addValidate(kvsim, output, finish);
  addTrace(kvsim, output, finish);
  addList(kvsim, output, finish);
  kvsim
    .command("schema")
    .description("print the JSON Schema of a config")
    .action(async () => {
      const { schema } = await import("./schema.ts");
      finish(schema(output));
    });
  return kvsim;
}

type Finish = (exitCode: number) => void;

function addRun(kvsim: Command, output: Output, finish: Finish): void {
  withReportOptions(withConfigOptions(kvsim.command("run")))
    .description("simulate every allocator and seed of each config")
    .argument("<config...>", "config files, YAML or JSON")
    .option("--paranoid", "check every invariant after every event; slow", false)
    .action(async (configs, options) => {
      const { run } = await import("./run.ts");
      finish(await run(configs, options, output));
    });
}

function addCompare(kvsim: Command, output: Output, finish: Finish): void {
  withReportOptions(kvsim.command("compare"))
    .description("make one report from several results")
    .argument("<result...>", "result.json files, or the report folders that hold them")
    .action(async (results, options) => {
      const { compare } = await import("./compare.ts");
      finish(await compare(results, options, output));
    });
}

function addPlan(kvsim: Command, output: Output, finish: Finish): void {
  kvsim
    .command("plan")
    .description("plan a GPU's memory: what the model takes, and how many requests the rest holds")
    .option("--model <name>", "model of the catalogue, or a repository's name")
    .option("--hf-config <path>", "the model's config.json instead")
    .option(
      "--gpu <name>",
      "GPU of the catalogue; a100 alone is the one of 80 GB; default a100-80gb",
    )
    .option("--tp <n>", "GPUs that share each layer")
    .option("--pp <n>", "stages that the layers are cut into")
    .option("--dtype <format>", "number format of the weights")
    .option(
      "--quantization <method>",
      "gptq, awq, fp8, int8, experts_int8, bitsandbytes, nvfp4, mxfp4",
    )
    .option("--kv-dtype <format>", "number format of the KV cache, such as fp8")
    .option("--max-model-len <tokens>", "longest context to serve")
    .option("--max-num-seqs <n>", "most sequences at a time")
    .option("--max-batched-tokens <tokens>", "most tokens of an iteration")
    .option("--utilization <part>", "part of the GPU that may be used, such as 0.9")
    .option("--block-size <tokens>", "tokens of a KV block")
    .option("--engine <name>", "vllm-v0, vllm-v1, or a release such as vllm-0.6.3")
    .option("--draft-layers <n>", "layers of an EAGLE or MTP draft model")
    .option("--concurrency <n>", "requests that must fit at once")
    .option("--context <tokens>", "tokens of each of them")
    .option("--vllm <command>", "all of it from a vLLM command line")
    .option("--json", "print JSON", false)
    .action(async (options) => {
      const { plan } = await import("./plan.ts");
      finish(plan(options, output));
    });
}

function addCapacity(kvsim: Command, output: Output, finish: Finish): void {
  withConfigOptions(kvsim.command("capacity"))
    .description("find the load, or the memory, at which each allocator just meets a target")
    .argument("<config>", "config file, YAML or JSON")
    .requiredOption("--find <what>", "rate, concurrency (closed loop), pool (slots) or tp (GPUs)")
    .requiredOption("--slo <terms>", "target, such as latency.ttft.p99<=2, latency.tpot.p99<=0.1")
    .option("--json", "print JSON instead of the table", false)
    .option("--quiet", "print no table or progress", false)
    .action(async (config, options) => {
      const { capacity } = await import("./capacity.ts");
      finish(await capacity(config, options, output));
    });
}

function addValidate(kvsim: Command, output: Output, finish: Finish): void {
  withConfigOptions(kvsim.command("validate"))
    .description("check configs without running them")
    .argument("<config...>", "config files, YAML or JSON")
    .option("--quiet", "print errors only", false)
    .action(async (configs, options) => {
      const { validate } = await import("./validate.ts");
      finish(validate(configs, options, output));
    });
}

function addTrace(kvsim: Command, output: Output, finish: Finish): void {
  kvsim
    .command("trace")
    .description("look into recorded requests")
    .helpCommand("help [command]", "print the help of a command")
    .command("stats")
    .description("print a trace's size, rate and lengths")
    .argument("<file>", "trace, plain or gzip")
    .option("--format <name>", "the trace's format; told by its first line when not given")
    .option("--json", "print JSON", false)
    .action(async (file, options) => {
      const { traceStats } = await import("./trace.ts");
      finish(await traceStats(file, options, output));
    });
}

function addList(kvsim: Command, output: Output, finish: Finish): void {
  kvsim
    .command("list")
    .description("list what a config may name")
    .argument(
      "[topic]",
      "allocators, placements, schedulers, models, gpus, datasets, presets or formats",
    )
    .option("--json", "print JSON", false)
    .action(async (topic, options) => {
      const { list } = await import("./list.ts");
      finish(list(topic, options, output));
    });
}

function withConfigOptions(command: Command): Command {
  return command
    .option("--seed <n>", "run with this seed instead of the config's", parseSeed)
    .option("--set <path=value>", "change a setting, such as memory.slots=4096", collect, []);
}

function withReportOptions(command: Command): Command {
  return command
    .option("--out <dir>", "write a report folder into DIR")
    .option("--json", "print the result document instead of the table", false)
    .option("--quiet", "print no table, progress or notes", false);
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(`Expected an integer from 0 to ${Number.MAX_SAFE_INTEGER}.`);
}
