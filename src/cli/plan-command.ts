import { findModel } from "../config/catalog/find-model.ts";
import { GIB } from "../planner/estimate.ts";
import type { PlanOptions } from "../planner/settings.ts";
import { parseVllmCommand, type VllmCommand } from "../planner/vllm-command.ts";
import { CommandError } from "./exit.ts";
import { count, modelAs, type PlanArguments } from "./plan-options.ts";

/** What `--vllm "vllm serve …"` says, as options of this command; options beside it win. */
export function withVllmCommand(given: PlanArguments): {
  readonly options: PlanArguments;
  readonly more: PlanOptions;
  /** Flags that are not known here. */
  readonly unknownFlags: readonly string[];
  /** What else the plan does without. */
  readonly notes: readonly string[];
  /** Whether contexts may be longer than those that the model was made for. */
  readonly allowsLongContexts: boolean;
} {
  if (given.vllm === undefined)
    return { options: given, more: {}, unknownFlags: [], notes: [], allowsLongContexts: false };
  const command = parseVllmCommand(given.vllm);
  const { flags, environment, unknownFlags } = command;
  if (command.model === null && given.model === undefined && given.hfConfig === undefined)
    throw new CommandError("--vllm: expected a command that names a model, vllm serve MODEL …");
  const own = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as unknown as PlanArguments;
  const options: PlanArguments = {
    model: given.hfConfig === undefined ? (command.model ?? undefined) : undefined,
    tp: flags["tensor-parallel-size"],
    pp: flags["pipeline-parallel-size"],
    dtype: flags["dtype"],
    quantization: flags["quantization"],
    kvDtype: flags["kv-cache-dtype"],
    maxModelLen: flags["max-model-len"],
    maxNumSeqs: flags["max-num-seqs"],
    maxBatchedTokens: flags["max-num-batched-tokens"],
    utilization: flags["gpu-memory-utilization"],
    blockSize: flags["block-size"],
    draftLayers: draftLayers(command),
    engine: environment["VLLM_USE_V1"] === "0" ? "vllm-v0" : undefined,
    ...own,
  };
  const allowsLongContexts = environment["VLLM_ALLOW_LONG_MAX_MODEL_LEN"] === "1";
  const draftName = draftModelName(command);
  const draft = draftName === null ? null : findModel(draftName);
  const more = {
    ...flagOptions(command),
    draftModel: draft === null ? undefined : modelAs(draftName!, draft),
  };
  const notes =
    draftName === null || draft !== null
      ? []
      : [`${draftName}, which drafts, is not in the catalogue and is left out`];
  return { options, more, unknownFlags, notes, allowsLongContexts };
}

/** Flags of vLLM that this command has no option for. */
function flagOptions({ flags }: VllmCommand): PlanOptions {
  const swapGib = count("--swap-space", flags["swap-space"], 0);
  const isOneGroup = switched(flags["disable-hybrid-kv-cache-manager"]);
  return {
    enforceEager: switched(flags["enforce-eager"]),
    hybrid: isOneGroup === undefined ? undefined : !isOneGroup,
    chunkedPrefill: switched(flags["enable-chunked-prefill"]),
    blocksOverride: count("--num-gpu-blocks-override", flags["num-gpu-blocks-override"], 1),
    kvCacheBytes: count("--kv-cache-memory-bytes", flags["kv-cache-memory-bytes"], 1),
    swapBytes: swapGib === undefined ? undefined : swapGib * GIB,
  };
}

/** A switch as it was set; undefined where the command does not have it. */
function switched(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value.toLowerCase() !== "false";
}

/** EAGLE and multi-token prediction add a layer that caches; n-gram speculation none. */
function draftLayers({ flags }: VllmCommand): string | undefined {
  const config = flags["speculative-config"];
  if (config === undefined) return undefined;
  return ADDS_LAYER.test(config) ? "1" : "0";
}

const ADDS_LAYER = /eagle|mtp/i;

/** The whole model that drafts; null without one. */
function draftModelName({ flags }: VllmCommand): string | null {
  const config = flags["speculative-config"] ?? "";
  const [, name = null] = /"model"\s*:\s*"([^"]+)"/.exec(config) ?? [];
  return ADDS_LAYER.test(config) ? null : name;
}
