import { expect, test } from "vitest";
import { isMet, parseTarget, requireMeasured, termText } from "../../src/capacity/target.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { loadText, SMALL_CONFIG } from "../config/temporary-config.ts";

function refusal(text: string): string {
  try {
    parseTarget(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the target was accepted");
}

test("terms are read as they are written", () => {
  const terms = parseTarget("latency.ttft.p99<=2, throughput.requestsPerSecond > 0.5");
  expect(terms).toEqual([
    { path: "latency.ttft.p99", operator: "<=", bound: 2 },
    { path: "throughput.requestsPerSecond", operator: ">", bound: 0.5 },
  ]);
  expect(terms.map(termText)).toEqual(["latency.ttft.p99<=2", "throughput.requestsPerSecond>0.5"]);
});

test.each([
  ["<=", true, true, false],
  ["<", true, false, false],
  [">=", false, true, true],
  [">", false, false, true],
] as const)("%s holds below, at and above the bound: %s, %s, %s", (operator, ...holds) => {
  const term = { path: "latency.ttft.p99", operator, bound: 2 };
  expect([1, 2, 3].map((value) => isMet(term, value))).toEqual(holds);
});

test.each([
  ["latency.ttft.p95<=2", "did you mean latency.ttft.p90?"],
  ["ttft.p99<=2", "did you mean latency.ttft.p99?"],
  ["latency.firstToken.p99<=2", "did you mean latency.ttft.p99?"],
  ["seed<=2", "no number seed in a result"],
  ["goodness>3", "try latency.ttft.p99"],
])("%s names what there is", (text, expected) => {
  expect(refusal(text)).toContain(expected);
});

test.each(["", "latency.ttft.p99", "latency.ttft.p99=2", "latency.ttft.p99<=two", "a<=1,,b<=2"])(
  "%j is refused in one line",
  (text) => {
    expect(refusal(text)).toMatch(/^--slo .*$/);
  },
);

test("goodput is measured where measure.slo says what is good, and refused where nothing does", () => {
  const target = parseTarget("throughput.goodputRequestsPerSecond>=1");
  expect(() => requireMeasured(target, loadText(SMALL_CONFIG))).toThrow(
    /^--slo throughput\.goodputRequestsPerSecond>=1: .* set measure\.slo=/,
  );
  const good = loadText(SMALL_CONFIG, ["measure.slo={ttft: 2s}"]);
  expect(() => requireMeasured(target, good)).not.toThrow();
  const others = parseTarget("throughput.requestsPerSecond>=1");
  expect(() => requireMeasured(others, loadText(SMALL_CONFIG))).not.toThrow();
});
