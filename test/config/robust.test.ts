import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { parseConfigText } from "../../src/config/document.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { SMALL_CONFIG, writeFiles } from "./temporary-config.ts";

const RICH_CONFIG = {
  ...parse(SMALL_CONFIG),
  model: { layers: 4, kvHeads: 2, headDim: 8 },
  scheduler: { policy: "prefill-first", maxRunning: 8, maxWaiting: "unlimited" },
  preemption: { mode: "recompute", swapSpace: "1MiB", pcie: "25GB/s", copyLaunch: "5us" },
  measure: { from: 0, until: "end", slo: { ttft: "2s" } },
};

/** Every place of a value. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, child]) =>
    places(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inside : [path, ...inside];
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}

/** Loads a config file and returns what is thrown, if that is not a ConfigError of one line. */
function misbehaviour(text: string): unknown {
  try {
    loadConfig(writeFiles({ "a.yaml": text }), { set: [] });
    return null;
  } catch (error) {
    return error instanceof ConfigError && !error.message.includes("\n") ? null : error;
  }
}

test("whatever a value of a config is replaced by, it loads or gives a ConfigError of one line", () => {
  const strange = fc.oneof(
    fc.constantFrom(null, -1, 0, 0.5, 1e300, "", "x", "12GiB", [], [[]], {}, { a: 1 }, true),
    fc.jsonValue({ maxDepth: 2 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places(RICH_CONFIG)), strange, (path, value) => {
      expect(misbehaviour(stringify(replaced(RICH_CONFIG, path, value)))).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test("a config cut anywhere, or with a stray character, loads or gives a ConfigError of one line", () => {
  const stray = fc.constantFrom(
    "",
    "\t",
    "{",
    "]",
    ":",
    "&a ",
    "*a",
    "!x ",
    "- ",
    "\n",
    "\u0000",
    "|",
    "%",
  );
  fc.assert(
    fc.property(fc.nat(SMALL_CONFIG.length), fc.boolean(), stray, (at, cut, text) => {
      const rest = cut ? "" : SMALL_CONFIG.slice(at);
      expect(misbehaviour(SMALL_CONFIG.slice(0, at) + text + rest)).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test("any bytes are a document or a ConfigError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        parseConfigText("a.yaml", bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { numRuns: 500 },
  );
});
