import { nearest } from "../core/nearest.ts";

/** A vLLM command line, taken apart. */
export interface VllmCommand {
  /** The model as the command names it; null where it names none. */
  readonly model: string | null;
  /** Values of the flags that memory depends on, by their long names; `""` for a flag without a value. */
  readonly flags: Readonly<Record<string, string>>;
  /** Flags that are not known here, in order. */
  readonly unknownFlags: readonly string[];
  /** Settings before the command, such as `VLLM_USE_V1=0`. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The short names of vLLM's EngineArgs (2026-05). */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  tp: "tensor-parallel-size",
  pp: "pipeline-parallel-size",
  dp: "data-parallel-size",
  dcp: "decode-context-parallel-size",
  pcp: "prefill-context-parallel-size",
  ep: "enable-expert-parallel",
  q: "quantization",
  sc: "speculative-config",
  cc: "compilation-config",
};

/** Flags that decide memory; the command's other flags are listed so that nobody takes them for understood. */
const MEMORY_FLAGS = new Set([
  "block-size",
  "disable-hybrid-kv-cache-manager",
  "dtype",
  "enable-chunked-prefill",
  "enforce-eager",
  "gpu-memory-utilization",
  "kv-cache-dtype",
  "kv-cache-memory-bytes",
  "max-model-len",
  "max-num-batched-tokens",
  "max-num-seqs",
  "model",
  "num-gpu-blocks-override",
  "pipeline-parallel-size",
  "quantization",
  "speculative-config",
  "swap-space",
  "tensor-parallel-size",
]);

/** Flags that leave the KV pool as it is. */
const OTHER_FLAGS = new Set([
  "api-key",
  "chat-template",
  "device",
  "disable-log-requests",
  "disable-log-stats",
  "distributed-executor-backend",
  "download-dir",
  "enable-auto-tool-choice",
  "enable-expert-parallel",
  "enable-prefix-caching",
  "generation-config",
  "host",
  "load-format",
  "port",
  "reasoning-parser",
  "revision",
  "seed",
  "served-model-name",
  "tokenizer",
  "tokenizer-mode",
  "tool-call-parser",
  "trust-remote-code",
  "uvicorn-log-level",
]);

/** Reads `vllm serve MODEL --flag value …`, or the flags of one in other text; later flags win. */
export function parseVllmCommand(text: string): VllmCommand {
  const words = splitWords(text);
  const flags: Record<string, string> = {};
  const environment: Record<string, string> = {};
  const unknownFlags: string[] = [];
  let model: string | null = null;
  let serves = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const [, variable, setting] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(word) ?? [];
    if (variable !== undefined) environment[variable] = setting!;
    const flag = flagOf(word);
    if (flag === null) {
      if (serves) model ??= word;
      serves ||= word === "serve";
      continue;
    }
    if (!MEMORY_FLAGS.has(flag.name) && !OTHER_FLAGS.has(flag.name)) unknownFlags.push(word);
    const next = words[at + 1];
    const takesNext = flag.value === null && next !== undefined && flagOf(next) === null;
    const isNext = takesNext && (!isSwitch(flag.name) || /^(?:true|false)$/i.test(next));
    if (MEMORY_FLAGS.has(flag.name)) flags[flag.name] = flag.value ?? (isNext ? next : "");
    if (isNext) at += 1;
  }
  return { model: model ?? flags["model"] ?? null, flags, unknownFlags, environment };
}

/** Whether a flag says what it says without a value. */
function isSwitch(name: string): boolean {
  return /^(?:enable|disable)-|^(?:enforce-eager|trust-remote-code)$/.test(name);
}

function flagOf(word: string): { readonly name: string; readonly value: string | null } | null {
  const [, dashes, name, value] = /^(--?)([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (name === undefined) return null;
  const long = name.replaceAll("_", "-");
  const full = dashes === "-" ? (SHORT_NAMES[long] ?? long) : long;
  const positive = full.replace(/^no-/, "");
  return positive === full
    ? { name: full, value: value ?? null }
    : { name: positive, value: "false" };
}

/** The flag that an unknown one was perhaps meant to be; null where none is near. */
export function likelyFlag(word: string): string | null {
  const found = nearest(flagOf(word)?.name ?? "", [...MEMORY_FLAGS, ...OTHER_FLAGS]);
  return found === null ? null : `--${found}`;
}

/** As a shell would: quotes group words, a backslash at a line's end joins lines. */
function splitWords(text: string): string[] {
  const pattern = /(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g;
  return (text.replace(/\\\r?\n/g, " ").match(pattern) ?? []).map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? single! : double.replace(/\\(["\\])/g, "$1"),
    ),
  );
}

const SUFFIXES: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
};

/** A count as vLLM reads it: `32k` is 32,000, `32K` is 32,768. Null for what is no whole count. */
export function readCount(text: string): number | null {
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)([kmgKMG]?)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const count = Number(digits) * (suffix ? SUFFIXES[suffix]! : 1);
  return Number.isSafeInteger(count) ? count : null;
}
