import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { median, secondsPerUnit } from "../../bench/clock.ts";
import { formats } from "../../bench/format.ts";
import { projectConfig } from "../../bench/project-config.ts";
import { sectionMarkdown, sectionText } from "../../bench/render.ts";
import type { Section } from "../../bench/section.ts";
import { simulated } from "../../bench/simulation-process.ts";

function bench(...args: string[]) {
  const options = { encoding: "utf8" } as const;
  return spawnSync(process.execPath, ["dist/bench/main.js", ...args], options);
}

describe("npm run bench", () => {
  it("prints a line with figures for each workload of vLLM's, at 80 columns", () => {
    const { status, stdout, stderr } = bench("--quick", "--only", "vllm");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    const rows = lines.filter((line) => /^[WX]\d/.test(line));
    expect(rows.map((row) => row.split(" ")[0])).toEqual(
      "W1 W1c W2 W2 W2h W3 W4 W4 W5 W5 W6 X1 X2".split(" "),
    );
    for (const row of rows) expect(row).toMatch(/ [\d.]+( [kM])? +[\d.]+( [kM])? +[\d.]+( k)?×$/);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("knows its parts by name", () => {
    const { status, stdout, stderr } = bench("--quick", "lodas");
    expect(status).toBe(2);
    expect(stdout).not.toContain("CPU");
    expect(stderr).toMatch(/^error: no part is called lodas; there are loads, .*\n$/);
  });
});

describe("a timed task", () => {
  it("is given by the median of its repetitions, the first thrown away", async () => {
    const seconds = [100, 3, 1, 2];
    const task = () => ({ seconds: seconds.shift()!, units: 2 });
    const repetitions = { repetitions: 3, leastSeconds: 0, warmUp: true };
    expect(await secondsPerUnit([task], repetitions)).toEqual([1]);
  });

  it("is repeated until it has lasted long enough", async () => {
    let calls = 0;
    const task = () => ({ seconds: 0.25, units: ++calls });
    const repetitions = { repetitions: 1, leastSeconds: 1, warmUp: false };
    expect(await secondsPerUnit([task], repetitions)).toEqual([0.1]);
  });

  it("takes turns with the others", async () => {
    const order: string[] = [];
    const named = (name: string) => () => {
      order.push(name);
      return { seconds: 1, units: 1 };
    };
    const repetitions = { repetitions: 2, leastSeconds: 0, warmUp: false };
    await secondsPerUnit([named("a"), named("b")], repetitions);
    expect(order.join("")).toBe("abab");
  });

  it("has a median between the middle two of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe("runs in processes of their own", () => {
  it("are told of by what the last four fifths of the requests take, for each setup", async () => {
    const config = projectConfig("bench/load.yaml", "workload.requests=2000");
    const taken = await simulated(config);
    expect(taken.map(({ units }) => units)).toEqual(config.setups.map(() => 1600));
    const seconds = taken.reduce((sum, one) => sum + one.seconds, 0);
    expect(seconds).toBeGreaterThan(0);
  });
});

describe("a table", () => {
  const section: Section = {
    name: "s",
    title: "Speeds",
    columns: [
      { key: "rate", heading: "rate", format: "count" },
      { key: "ratio", heading: "ratio", format: "times" },
    ],
    rows: [
      { name: "fast", figures: { rate: 1_234_567, ratio: 12.3 } },
      { name: "not measured", figures: { rate: null, ratio: null } },
    ],
    notes: ["A note."],
  };

  it("is aligned for the terminal, with a dash for what is missing", () => {
    const text =
      "Speeds\n\n                rate  ratio\nfast          1.23 M    12×\nnot measured       –      –\n- A note.\n";
    expect(sectionText(section)).toBe(text);
  });

  it("is a table in Markdown too", () => {
    expect(sectionMarkdown(section)).toBe(
      "## Speeds\n\n|  | rate | ratio |\n|---|---:|---:|\n| fast | 1.23 M | 12× |\n| not measured | – | – |\n\nA note.\n",
    );
  });

  it.each([
    [0.0123, "0.01"],
    [9.996, "10.0"],
    [99.96, "100"],
    [999.4, "999"],
    [999.6, "1.00 k"],
    [12_345, "12.3 k"],
    [999_600, "1.00 M"],
    [145e6, "145 M"],
  ])("writes %d as %s", (value, text) => {
    expect(formats.count(value)).toBe(text);
  });
});
