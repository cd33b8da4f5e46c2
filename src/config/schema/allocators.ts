import { z } from "zod";
import { strategies } from "../../allocators/index.ts";
import { decode, unknownName } from "../explain.ts";
import { alternatives, quoted, shown } from "../problem.ts";
import {
  preemptionField,
  type RawPreemption,
  type RawScheduler,
  schedulerField,
} from "./engine.ts";
import { alternativesOf, delegate, isObject, jsonSchema, refuse, text } from "./fields.ts";

/** One entry of `allocators`, its options validated. */
export interface RawSetup {
  readonly label: string | undefined;
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly scheduler: RawScheduler;
  readonly preemption: RawPreemption;
}

type EngineName = "orca" | "vllm-v0" | "vllm-v1";

interface Engine {
  readonly strategy: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly scheduler: RawScheduler;
  readonly preemption: RawPreemption;
}

/** What the shorthand `{engine: …}` stands for. */
export const engines: Readonly<Record<EngineName, Engine>> = {
  orca: {
    strategy: "contiguous",
    options: { reserve: "max", placement: "buddy" },
    scheduler: { policy: "orca" },
    preemption: {},
  },
  "vllm-v0": {
    strategy: "paged",
    options: { blockSize: 16, watermark: 0.01 },
    scheduler: { policy: "prefill-first" },
    preemption: { mode: "auto" },
  },
  "vllm-v1": {
    strategy: "prefix-cached",
    options: { blockSize: 16 },
    scheduler: { policy: "chunked" },
    preemption: { mode: "recompute" },
  },
};

const common = z.strictObject({
  label: text("name in tables and pictures; default made from the options").optional(),
  scheduler: schedulerField.optional().describe("over the common scheduler, for this one"),
  preemption: preemptionField.optional().describe("over the common preemption, for this one"),
});

const engineName = z
  .enum(Object.keys(engines) as [EngineName, ...EngineName[]])
  .describe("that engine's allocator, scheduler and preemption together");

const strategyName = z
  .enum(Object.keys(strategies) as [string, ...string[]])
  .describe("how memory is handed out (`kvsim list allocators`)");

/** One entry of `allocators`. */
export const setupField: z.ZodType<RawSetup> = z
  .unknown()
  .transform((value, context) => decodeSetup(value, context))
  .meta(
    alternativesOf(
      "an allocator, with its own scheduler and preemption over the common ones",
      setupSchemas,
    ),
  );

function decodeSetup(value: unknown, context: z.core.$RefinementCtx): RawSetup {
  if (!isObject(value)) {
    refuse(context, value, `expected an object with strategy or engine, got ${shown(value)}`);
    return z.NEVER;
  }
  const engine = decodeEngine(value, context);
  if (context.issues.length > 0) return z.NEVER;
  const strategy =
    engine === undefined
      ? delegateKey(strategyName, value, "strategy", context)
      : engines[engine].strategy;
  if (context.issues.length > 0) return z.NEVER;
  const { label, scheduler, preemption, strategy: _s, engine: _e, ...own } = value;
  const options = decodeOptions(strategy, engine, own, context);
  const shared = delegate(common, dropMissing({ label, scheduler, preemption }), context);
  if (context.issues.length > 0) return z.NEVER;
  return {
    label: shared.label,
    strategy,
    options,
    scheduler: { ...(engine && engines[engine].scheduler), ...shared.scheduler },
    preemption: { ...(engine && engines[engine].preemption), ...shared.preemption },
  };
}

function decodeEngine(
  value: Readonly<Record<string, unknown>>,
  context: z.core.$RefinementCtx,
): EngineName | undefined {
  if (!("engine" in value)) return undefined;
  if ("strategy" in value) refuse(context, value, "expected either engine or strategy, got both");
  return delegateKey(engineName, value, "engine", context);
}

function delegateKey<T>(
  schema: z.ZodType<T>,
  value: Readonly<Record<string, unknown>>,
  key: string,
  context: z.core.$RefinementCtx,
): T {
  const decoded = decode(schema, value[key]);
  if (decoded.ok) return decoded.value;
  for (const { text: message } of decoded.problems) refuse(context, value, message, key);
  return z.NEVER;
}

function decodeOptions(
  strategy: string,
  engine: EngineName | undefined,
  own: Readonly<Record<string, unknown>>,
  context: z.core.$RefinementCtx,
): Readonly<Record<string, unknown>> {
  const definition = strategies[strategy]!;
  const known = Object.keys(definition.options.shape);
  const stranger = Object.keys(own).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    const keys = [
      engine === undefined ? "strategy" : "engine",
      ...known,
      ...Object.keys(common.shape),
    ];
    context.issues.push({
      code: "custom",
      input: own,
      path: [stranger],
      message: foreignOption(stranger, strategy) ?? unknownName("key", stranger, keys),
      params: { inKey: true },
    });
    return z.NEVER;
  }
  const given = engine === undefined ? own : { ...engines[engine].options, ...own };
  return delegate(definition.options, given, context) as Readonly<Record<string, unknown>>;
}

/** An option that another strategy has is told as such. */
function foreignOption(key: string, strategy: string): string | null {
  const owners = Object.values(strategies).filter((other) => key in other.options.shape);
  if (owners.length === 0) return null;
  const names = alternatives(owners.map((owner) => owner.strategy));
  const known = Object.keys(strategies[strategy]!.options.shape).join(", ");
  return `${strategy} has no ${quoted(key)}, ${names} has; known: ${known}`;
}

function dropMissing(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

/** JSON Schema of every way to write an entry. */
function setupSchemas(): Record<string, unknown>[] {
  const bodies = Object.values(strategies).map(({ strategy, summary, options }) =>
    z
      .strictObject({ strategy: z.literal(strategy), ...options.shape, ...common.shape })
      .describe(summary),
  );
  const shorthand = z.looseObject({ engine: engineName, ...common.shape });
  return [...bodies, shorthand].map((schema) => jsonSchema(schema));
}
