import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { kvsim } from "../cli/captured.ts";

const PAGE = readFileSync(new URL("../../docs/capacity.md", import.meta.url), "utf8");

/** What the command that the page shows finds, by allocator. */
async function found(...set: string[]) {
  const command = /npx kvsim (capacity .*) --find rate --slo "(.*)"/.exec(PAGE)!;
  const args = [...command[1]!.split(" "), "--find", "rate", "--slo", command[2]!];
  const { out } = await kvsim([...args, "--json", ...set.flatMap((text) => ["--set", text])]);
  return JSON.parse(out).allocators;
}

const allocators = found();

test("the page's table is what its command prints", async () => {
  const rows = [...PAGE.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row!.split(" | ")).slice(1);
  expect(rows.length).toBe(4);
  for (const [index, allocator] of (await allocators).entries()) {
    const [label, load, latency, ratio, growth] = rows[index]!;
    const { mean, halfWidth } = allocator.edge.values["latency.normalized.mean"];
    expect(label).toBe(allocator.label);
    expect(load).toBe(allocator.load.toFixed(3));
    expect(latency).toBe(`${mean.toFixed(3)} ± ${halfWidth.toFixed(3)}`);
    expect(ratio).toBe(allocator.ratioToFirst.toFixed(2));
    expect(growth).toMatch(new RegExp(`^${allocator.growth.toFixed(1)} ×`));
  }
});

test("the factors are those that the paper reports, and as the page says", async () => {
  const [max, , oracle, paged] = (await allocators).map(({ load }: { load: number }) => load);
  for (const [factor, least, most] of [
    [paged / max, 2.7, 8],
    [paged / oracle, 1.7, 2.7],
  ] as const) {
    expect(factor).toBeGreaterThan(least);
    expect(factor).toBeLessThan(most);
    expect(PAGE).toMatch(new RegExp(`here it is .*${factor.toFixed(2)} ×`));
  }
});

test("the rates of the other machine are what the page says", async () => {
  const rates = (await found("latency.preset=distserve-opt13b-a100-80gb")).map(
    ({ load }: { load: number }) => load.toFixed(3),
  );
  expect(PAGE).toContain(`${rates.slice(0, 3).join(", ")} and ${rates[3]}`);
});
