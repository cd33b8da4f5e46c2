import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { SMALL_CONFIG, writeFiles } from "../config/temporary-config.ts";
import { kvsim } from "./captured.ts";

const small = () => writeFiles({ "small.yaml": SMALL_CONFIG });

test("a run prints a table that names every allocator", async () => {
  const { exitCode, out, err } = await kvsim(["run", small()]);
  expect(exitCode).toBe(0);
  expect(err).toBe("");
  expect(out).toContain("paged 16");
  expect(out).toContain("contiguous max buddy");
});

test("--json prints the result document and nothing else", async () => {
  const { out, err } = await kvsim(["run", small(), "--json"]);
  const document = JSON.parse(out);
  expect(err).toBe("");
  expect(document).toMatchObject({ schema: "kvsim.result/1", name: "small" });
  expect(document.runs).toHaveLength(2);
});

test("--out writes the document that --json prints, under the config's base name", async () => {
  const path = small();
  const reports = join(dirname(path), "reports");
  const { out, err } = await kvsim(["run", path, "--json", "--out", reports]);
  expect(err).toBe(`report: ${join(reports, "small")}\n`);
  expect(readdirSync(reports)).toEqual(["small"]);
  const files = readdirSync(join(reports, "small")).sort();
  expect(files).toEqual(["report.html", "report.md", "result.json"]);
  expect(readFileSync(join(reports, "small", "result.json"), "utf8")).toBe(out);
});

test("several configs with --json are a document a line", async () => {
  const path = small();
  const { out } = await kvsim(["run", path, path, "--json", "--seed", "7"]);
  const documents = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(documents).toHaveLength(2);
  expect(documents[0]).toEqual(documents[1]);
  expect(documents[0].config.seeds).toEqual([7]);
});

test("--paranoid changes no byte of the result", async () => {
  const path = small();
  const plain = await kvsim(["run", path, "--json"]);
  expect(await kvsim(["run", path, "--json", "--paranoid"])).toEqual(plain);
});

test("--quiet prints nothing, and a run still reports by its exit code", async () => {
  expect(await kvsim(["run", small(), "--quiet"])).toEqual({ exitCode: 0, out: "", err: "" });
});

test("a run that does not complete is printed, and the exit code is 1", async () => {
  const path = small();
  const { exitCode, out } = await kvsim(["run", path, "--json", "--set", "memory.slots=5"]);
  expect(exitCode).toBe(1);
  const statuses = JSON.parse(out).runs.map(
    (run: { verdict: { status: string } }) => run.verdict.status,
  );
  expect(statuses).toEqual(["rejected-all", "rejected-all"]);
});

test("a pool too small for one token is a verdict, not a config error", async () => {
  const text = `model: opt-13b\n${SMALL_CONFIG.replace("{slots: 1000}", "{kvPool: 1KiB}")}`;
  const { exitCode, err } = await kvsim(["run", writeFiles({ "tiny.yaml": text }), "--quiet"]);
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: "" });
});

test("a run that lasts longer than can be simulated names what to change", async () => {
  const slow =
    "latency={model: linear, prefill: {base: 1e6, perToken: 1e6, perTokenSquared: 1e6}, decode: [{base: 1e6}]}";
  const { exitCode, err } = await kvsim([
    "run",
    small(),
    "--set",
    slow,
    "--set",
    "workload.requests=200",
  ]);
  expect(exitCode).toBe(2);
  expect(err).toBe(
    "error: simulated time exceeds 104 days, the longest that can be; lower workload.requests, thinkTime or the step times of latency, or raise rate\n",
  );
});

test("every config is checked before the first one runs", async () => {
  const { exitCode, out, err } = await kvsim(["run", small(), "none.yaml"]);
  expect({ exitCode, out, err }).toEqual({
    exitCode: 2,
    out: "",
    err: "error: none.yaml: no such file\n",
  });
});

test("two configs that would share a report folder are refused", async () => {
  const [one, two] = [small(), small()];
  const out = join(dirname(one), "reports");
  const { exitCode, err } = await kvsim(["run", one, two, "--out", out]);
  expect(exitCode).toBe(2);
  expect(err).toBe(`error: ${one} and ${two} would both be reported to small\n`);
});

test("progress is drawn on a terminal only, and removed in the end", async () => {
  const args = ["run", small(), "--set", "workload.requests=3000"];
  const { out, err } = await kvsim(args, { interactive: true });
  expect(err).toMatch(/█+░* +\d+ % {2}paged 16/);
  expect(err.endsWith("\r\u001b[K")).toBe(true);
  expect(await kvsim(args)).toEqual({ exitCode: 0, out, err: "" });
  expect((await kvsim([...args, "--quiet"], { interactive: true })).err).toBe("");
});

test("compare takes report folders and files", async () => {
  const path = small();
  const reports = join(dirname(path), "reports");
  await kvsim(["run", path, "--quiet", "--out", reports]);
  const folder = join(reports, "small");
  const { exitCode, out } = await kvsim(["compare", folder, join(folder, "result.json")]);
  expect(exitCode).toBe(0);
  expect(out).toContain("small");
  const merged = await kvsim(["compare", folder, folder, "--json", "--out", reports]);
  expect(JSON.parse(merged.out).runs).toHaveLength(4);
  expect(readdirSync(reports).sort()).toEqual(["comparison", "small"]);
});

test("compare says what is no result", async () => {
  const path = small();
  const { exitCode, err } = await kvsim(["compare", path]);
  expect(exitCode).toBe(2);
  expect(err).toBe(`error: ${path}: not a kvsim result: not JSON\n`);
});

test("compare names the file that a report folder lacks", async () => {
  const folder = dirname(small());
  const { exitCode, err } = await kvsim(["compare", folder]);
  expect(exitCode).toBe(2);
  expect(err).toBe(`error: ${join(folder, "result.json")}: no such file\n`);
});

test("validate prints a line for each file and tells every broken one", async () => {
  const path = small();
  const broken = writeFiles({ "broken.yaml": `seed: x\n${SMALL_CONFIG}` });
  const { exitCode, out, err } = await kvsim(["validate", broken, path, "none.yaml"]);
  expect(exitCode).toBe(2);
  expect(out).toBe(`ok ${path}: 2 allocators × 1 seed, pool 1,000 slots, 20 requests\n`);
  expect(err).toBe(
    `error: ${broken}:1:7: seed: expected an integer ≥ 0, got "x"\nerror: none.yaml: no such file\n`,
  );
});
