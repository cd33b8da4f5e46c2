import { expect, test } from "vitest";
import { kvsim } from "./captured.ts";

const COMMANDS = [
  [],
  ["run"],
  ["compare"],
  ["plan"],
  ["capacity"],
  ["validate"],
  ["trace"],
  ["trace", "stats"],
  ["list"],
  ["schema"],
];

for (const command of COMMANDS)
  test(`the help of kvsim ${command.join(" ")} fits 80 columns`, async () => {
    const { exitCode, out, err } = await kvsim([...command, "--help"]);
    expect(exitCode).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^Usage: kvsim/);
    for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

test("help has a short option, and a command", async () => {
  const help = await kvsim(["run", "--help"]);
  expect(await kvsim(["run", "-h"])).toEqual(help);
  expect(await kvsim(["help", "run"])).toEqual(help);
  expect(await kvsim(["help"])).toEqual(await kvsim(["--help"]));
  expect(await kvsim(["trace", "help", "stats"])).toEqual(await kvsim(["trace", "stats", "-h"]));
});

const usage: readonly (readonly [readonly string[], string])[] = [
  [["rnu"], "error: unknown command 'rnu' (Did you mean run?)"],
  [["run"], "error: missing required argument 'config'"],
  [
    ["run", "--paranoyd", "a.yaml"],
    "error: unknown option '--paranoyd' (Did you mean --paranoid?)",
  ],
  [
    ["run", "--seed", "x", "a.yaml"],
    "error: option '--seed <n>' argument 'x' is invalid. Expected an integer from 0 to 9007199254740991.",
  ],
  [
    ["run", "--seed", "-1", "a.yaml"],
    "error: option '--seed <n>' argument '-1' is invalid. Expected an integer from 0 to 9007199254740991.",
  ],
  [
    ["run", "--seed", "99999999999999999999", "a.yaml"],
    "error: option '--seed <n>' argument '99999999999999999999' is invalid. Expected an integer from 0 to 9007199254740991.",
  ],
  [["schema", "x"], "error: too many arguments for 'schema'. Expected 0 arguments but got 1."],
  [
    ["list", "modls"],
    'error: unknown topic "modls"; did you mean models? (known: allocators, placements, schedulers, models, gpus, datasets, presets, formats)',
  ],
  [["compare", "none.json"], "error: none.json: no such file"],
  [["run", "none.yaml"], "error: none.yaml: no such file"],
  [["trace", "stats", "none.csv"], "error: none.csv: no such file"],
  [
    ["trace", "stats", "none.csv", "--format", "azur"],
    'error: unknown trace format "azur"; did you mean azure? (known: azure, mooncake, sharegpt, generic)',
  ],
];

for (const [args, line] of usage)
  test(`kvsim ${args.join(" ")} is one line and exit code 2`, async () => {
    expect(await kvsim(args)).toEqual({ exitCode: 2, out: "", err: `${line}\n` });
  });

test("without a command the help goes to stderr", async () => {
  const { exitCode, out, err } = await kvsim([]);
  expect(exitCode).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^Usage: kvsim/);
});

test("the version is that of the package", async () => {
  const { exitCode, out } = await kvsim(["--version"]);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await kvsim(["-V"])).toEqual({ exitCode, out, err: "" });
});

test("the schema is JSON", async () => {
  const { exitCode, out } = await kvsim(["schema"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ title: "kvsim config", type: "object" });
});
