import { allocators } from "../../allocators/index.ts";
import type { PreemptionConfig, SchedulerConfig, SchedulerPolicy, SetupConfig } from "../config.ts";
import { type ConfigPath, ConfigProblem, quoted } from "../problem.ts";
import type { RawSetup } from "../schema/allocators.ts";
import type { RawPreemption, RawScheduler } from "../schema/engine.ts";
import type { RawConfig } from "../schema/index.ts";
import { type Replica, resolveLatency } from "./latency.ts";

const DEFAULT_POLICY: SchedulerPolicy = "prefill-first";
const DEFAULT_MAX_RUNNING = 256;
const LEAST_DEFAULT_BATCHED_TOKENS = 2048;
/** vLLM's `swap_space`. */
const DEFAULT_SWAP_BYTES = 4 * 1024 ** 3;

/** Every entry of `allocators` with the common settings under its own. */
export function resolveSetups(
  raw: RawConfig,
  replica: Replica,
  pool: { readonly slots: number; readonly maxModelLen: number },
): SetupConfig[] {
  const setups = raw.allocators.map((entry, index) => {
    const path: ConfigPath = ["allocators", index];
    const merged = { ...raw.preemption, ...entry.preemption };
    const setup = {
      label: entry.label ?? defaultLabel(entry, raw),
      strategy: entry.strategy,
      options: entry.options,
      scheduler: schedulerConfig({ ...raw.scheduler, ...entry.scheduler }, pool.maxModelLen),
      preemption: preemptionConfig(path, merged, replica),
      latency: resolveLatency(raw.latency, merged, replica),
    };
    checkPolicy(path, setup);
    checkSwapping(path, setup, pool);
    return setup;
  });
  checkLabels(setups);
  return setups;
}

/** The strategy's own label, and what the entry has of its own. */
function defaultLabel(entry: RawSetup, raw: RawConfig): string {
  const own = allocators[entry.strategy]!.label(entry.options);
  const { policy } = entry.scheduler;
  const { mode } = entry.preemption;
  const parts = [own];
  if (policy !== undefined && policy !== (raw.scheduler?.policy ?? DEFAULT_POLICY))
    parts.push(policy);
  if (mode !== undefined && mode !== (raw.preemption?.mode ?? "recompute")) parts.push(mode);
  return parts.join(", ");
}

function schedulerConfig(raw: RawScheduler, maxModelLen: number): SchedulerConfig {
  const { maxWaiting = "unlimited" } = raw;
  return {
    policy: raw.policy ?? DEFAULT_POLICY,
    maxRunning: raw.maxRunning ?? DEFAULT_MAX_RUNNING,
    maxBatchedTokens: raw.maxBatchedTokens ?? Math.max(maxModelLen, LEAST_DEFAULT_BATCHED_TOKENS),
    maxWaiting: maxWaiting === "unlimited" ? null : maxWaiting,
  };
}

function preemptionConfig(
  path: ConfigPath,
  raw: RawPreemption,
  { bytesPerToken }: Replica,
): PreemptionConfig {
  const mode = raw.mode ?? "recompute";
  if (mode === "recompute") return { mode, swapSlots: 0 };
  if (bytesPerToken === null)
    throw new ConfigProblem(path, `preemption ${mode} needs a model, to know the bytes per token`);
  return { mode, swapSlots: Math.floor((raw.swapSpace ?? DEFAULT_SWAP_BYTES) / bytesPerToken) };
}

function checkPolicy(path: ConfigPath, { scheduler, strategy, options }: SetupConfig): void {
  const { policy } = scheduler;
  if (policy === "prefill-first" || allocators[strategy]!.reserves(options)) return;
  throw new ConfigProblem(
    path,
    `${policy} never preempts, so it needs memory reserved at admission; ` +
      "use policy prefill-first, or an allocator with reserve such as contiguous",
  );
}

function checkSwapping(
  path: ConfigPath,
  { preemption, strategy, options, scheduler }: SetupConfig,
  { slots, maxModelLen }: { readonly slots: number; readonly maxModelLen: number },
): void {
  if (preemption.mode === "recompute" || scheduler.policy !== "prefill-first") return;
  const { swapSlots } = preemption;
  const environment = { slots, swapSlots, maxModelLen, onPlace: () => undefined };
  if (allocators[strategy]!.create(options, environment).swapping !== null) return;
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
