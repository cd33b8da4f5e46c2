import { quantizations } from "../config/hugging-face/quantization.ts";
import { type MemoryPlan, planMemory } from "./plan.ts";
import { v1Input } from "./pool.ts";
import { grouped } from "./python-format.ts";
import { type Demand, requestBlocks, requestsThatFit, reservedBlocks, works } from "./requests.ts";
import type { PlanSettings } from "./settings.ts";
import { blocksPerRequest, longestFit } from "./v1-sizing.ts";

/** Bytes that one GPU lacks for the engine to start and to hold the demand; 0 where it does. */
export function missingBytes(plan: MemoryPlan, demand: Demand | null): number {
  if (works(plan, demand)) return 0;
  const { available, pool } = plan;
  const longest = blocksToStart(plan);
  const asked =
    demand === null
      ? 0
      : reservedBlocks(plan) + demand.requests * requestBlocks(plan, demand.contextTokens);
  return Math.max(1, Math.max(longest, asked) * pool.blockBytes - available.bytes);
}

/** Blocks without which the engine does not start: those that it counts for one request of maxModelLen. */
function blocksToStart({ settings, pool }: MemoryPlan): number {
  const { release, maxModelLen, blockSize } = settings;
  if (release.engine === "vllm-v0") return Math.ceil(maxModelLen / blockSize);
  return blocksPerRequest(settings, pool.groups, maxModelLen);
}

/** The longest `maxModelLen` that the engine would start with; 0 where there is none. */
export function longestModelLen(plan: MemoryPlan): number {
  const { settings, available, pool } = plan;
  if (available.bytes <= 0) return 0;
  if (settings.release.engine === "vllm-v1") return longestFit(v1Input(settings, available.bytes));
  return Math.min(settings.maxModelLen, pool.tokens);
}

/** One change of the command that makes the plan work. */
export interface Remedy {
  readonly option: string;
  readonly plan: MemoryPlan;
}

/** Changes of one option that make a plan work on the same GPUs, the least invasive first. */
export function remedies({ settings }: MemoryPlan, demand: Demand | null): Remedy[] {
  return candidates(settings, demand)
    .map(([option, changed]) => ({ option, plan: planMemory(changed) }))
    .filter(({ plan }) => works(plan, demand));
}

function candidates(
  settings: PlanSettings,
  demand: Demand | null,
): (readonly [string, PlanSettings])[] {
  const found: [string, PlanSettings][] = [];
  const length = demand?.contextTokens ?? longestModelLen(planMemory(settings));
  if (length >= 1 && length < settings.maxModelLen)
    found.push([`--max-model-len ${length}`, { ...settings, maxModelLen: length }]);
  if (settings.kvBytesPerElement > 1)
    found.push(["--kv-dtype fp8", { ...settings, kvBytesPerElement: 1 }]);
  if (settings.quantization === null)
    for (const method of ["fp8", "awq"] as const)
      found.push([
        `--quantization ${method}`,
        { ...settings, quantization: quantizations[method] },
      ]);
  return found;
}

/** What the demand asks of the paged pool beside what it holds, in words; null where it is met or absent. */
export function demandShortfall(plan: MemoryPlan, demand: Demand | null): string | null {
  if (demand === null) return null;
  const { paged } = requestsThatFit(plan, demand.contextTokens);
  if (paged >= demand.requests) return null;
  const [held, asked, tokens] = [paged, demand.requests, demand.contextTokens].map(grouped);
  return `${held} of ${asked} requests of ${tokens} tokens fit`;
}
