import { allocators, kvCaches, strategies } from "../../allocators/index.ts";
import { servingLimits, wholePromptLimits } from "../../planner/settings.ts";
import type { GpuSpec } from "../catalog/specs.ts";
import type { SetupConfig } from "../config.ts";
import { alternatives, type ConfigPath, ConfigProblem, quoted } from "../problem.ts";
import type {
  ChunkedSchedulerConfig,
  PreemptionConfig,
  SchedulerConfig,
  SchedulerPolicy,
} from "../scheduler-config.ts";
import type { RawSetup } from "../schema/allocators.ts";
import type { RawPreemption, RawScheduler } from "../schema/engine.ts";
import type { RawConfig } from "../schema/index.ts";
import { type Replica, resolveLatency } from "./latency.ts";
import { limitedSlots } from "./limits.ts";

const DEFAULT_POLICY: SchedulerPolicy = "prefill-first";
/** Keys of `scheduler` that only `chunked` has. */
const CHUNKED_KEYS = [
  "chunkedPrefill",
  "longPrefillThreshold",
  "order",
  "fullSequenceGate",
] as const;
/** vLLM's `swap_space`. */
const DEFAULT_SWAP_BYTES = 4 * 1024 ** 3;

/** Every entry of `allocators` with the common settings under its own. */
export function resolveSetups(
  raw: RawConfig,
  replica: Replica,
  maxModelLen: number,
): SetupConfig[] {
  const setups = raw.allocators.map((entry, index) => {
    const path: ConfigPath = ["allocators", index];
    const merged = { ...raw.preemption, ...entry.preemption };
    const isOwn = entry.preemption.swapSpace !== undefined;
    const swapPath = [...(isOwn ? path : []), "preemption", "swapSpace"];
    const setup = {
      label: entry.label ?? defaultLabel(entry, raw),
      strategy: entry.strategy,
      options: entry.options,
      scheduler: schedulerConfig(mergedScheduler(raw, entry), maxModelLen, replica.gpu),
      preemption: preemptionConfig(path, swapPath, merged, replica),
      latency: resolveLatency(raw.latency, merged, replica),
    };
    checkKeys([...path, "scheduler"], entry.scheduler, setup.scheduler);
    checkPolicy(path, setup);
    checkSwapping(path, setup);
    return setup;
  });
  checkLabels(setups);
  if (setups.every(({ scheduler }) => scheduler.policy !== "chunked"))
    checkKeys(["scheduler"], raw.scheduler ?? {}, setups[0]!.scheduler);
  return setups;
}

/** The strategy's own label, and what the entry has of its own. */
function defaultLabel(entry: RawSetup, raw: RawConfig): string {
  const own = strategies[entry.strategy]!.label(entry.options);
  const { policy } = entry.scheduler;
  const { mode } = entry.preemption;
  const parts = [own];
  if (entry.strategy in kvCaches) return own;
  if (policy !== undefined && policy !== (raw.scheduler?.policy ?? DEFAULT_POLICY))
    parts.push(policy);
  if (mode !== undefined && mode !== (raw.preemption?.mode ?? "recompute")) parts.push(mode);
  return parts.join(", ");
}

/** The entry's own keys over the common ones; a cache shared across requests is only served by `chunked`. */
function mergedScheduler(raw: RawConfig, { strategy, scheduler }: RawSetup): RawScheduler {
  return { ...raw.scheduler, ...(strategy in kvCaches && { policy: "chunked" }), ...scheduler };
}

function schedulerConfig(
  raw: RawScheduler,
  maxModelLen: number,
  gpu: GpuSpec | null,
): SchedulerConfig {
  const { policy = DEFAULT_POLICY, maxWaiting = "unlimited" } = raw;
  const whole = wholePromptLimits(maxModelLen);
  const limit = maxWaiting === "unlimited" ? null : maxWaiting;
  if (policy !== "chunked")
    return {
      policy,
      maxRunning: raw.maxRunning ?? whole.sequences,
      maxBatchedTokens: raw.maxBatchedTokens ?? whole.batchedTokens,
      maxWaiting: limit,
    };
  const { chunkedPrefill = true } = raw;
  const limits = servingLimits(gpu);
  const budget = chunkedPrefill ? limits.batchedTokens : whole.batchedTokens;
  return {
    policy,
    maxRunning: raw.maxRunning ?? limits.sequences,
    maxBatchedTokens: raw.maxBatchedTokens ?? budget,
    maxWaiting: limit,
    chunkedPrefill,
    longPrefillThreshold: raw.longPrefillThreshold ?? 0,
    order: raw.order ?? "fcfs",
    fullSequenceGate: raw.fullSequenceGate ?? true,
  } satisfies ChunkedSchedulerConfig;
}

/** Keys of `chunked` in the scheduler that an allocator has of its own, or that nobody would use. */
function checkKeys(path: ConfigPath, raw: RawScheduler, { policy }: SchedulerConfig): void {
  const stranger = CHUNKED_KEYS.find((key) => raw[key] !== undefined);
  if (stranger === undefined || policy === "chunked") return;
  throw new ConfigProblem(
    [...path, stranger],
    `policy ${policy} has no ${stranger}; only chunked has it`,
  );
}

function preemptionConfig(
  path: ConfigPath,
  swapPath: ConfigPath,
  raw: RawPreemption,
  { bytesPerToken }: Replica,
): PreemptionConfig {
  const mode = raw.mode ?? "recompute";
  if (mode === "recompute") return { mode, swapSlots: 0 };
  if (bytesPerToken === null)
    throw new ConfigProblem(path, `preemption ${mode} needs a model, to know the bytes per token`);
  const slots = Math.floor((raw.swapSpace ?? DEFAULT_SWAP_BYTES) / bytesPerToken);
  return { mode, swapSlots: limitedSlots(swapPath, slots) };
}

function checkPolicy(path: ConfigPath, setup: SetupConfig): void {
  const { scheduler, strategy, options } = setup;
  const { policy } = scheduler;
  if ((policy === "chunked") !== strategy in kvCaches)
    throw new ConfigProblem(path, mismatch(setup));
  if (policy === "prefill-first" || policy === "chunked" || allocators[strategy]!.reserves(options))
    return;
  throw new ConfigProblem(
    path,
    `${policy} never preempts, so it needs memory reserved at admission; ` +
      "use policy prefill-first, or an allocator with reserve such as contiguous",
  );
}

/** The scheduler that computes prompts in parts and the cache it asks for content belong together. */
function mismatch({ scheduler, strategy }: SetupConfig): string {
  return scheduler.policy === "chunked"
    ? `policy chunked needs strategy ${alternatives(Object.keys(kvCaches))}, got ${strategy}`
    : `strategy ${strategy} needs policy chunked, got ${scheduler.policy}`;
}

function checkSwapping(
  path: ConfigPath,
  { preemption, strategy, options, scheduler }: SetupConfig,
): void {
  if (preemption.mode === "recompute") return;
  if (scheduler.policy === "chunked")
    throw new ConfigProblem(
      path,
      `policy chunked always recomputes, as vLLM V1 does; ${preemption.mode} is not one of its modes: ` +
        "give this one its own preemption: {mode: recompute}",
    );
  if (scheduler.policy !== "prefill-first") return;
  if (allocators[strategy]!.swaps(options)) return;
  throw new ConfigProblem(
    path,
    `preemption ${preemption.mode} needs a strategy that can swap, such as paged without ` +
      "reserve; give this one its own preemption: {mode: recompute}",
  );
}

function checkLabels(setups: readonly SetupConfig[]): void {
  for (const [index, { label }] of setups.entries()) {
    const first = setups.findIndex((other) => other.label === label);
    if (first === index) continue;
    const text = `same label ${quoted(label)} as allocators[${first}]; give each a label`;
    throw new ConfigProblem(["allocators", index], text);
  }
}
