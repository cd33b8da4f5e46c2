import { parseDocument } from "yaml";
import { ConfigError, type ConfigPath, formatPath, shown } from "./problem.ts";
import { isObject } from "./schema/fields.ts";
import { POOL_SIZES } from "./schema/hardware.ts";
import { LAWS } from "./schema/law.ts";

/** Keys of which an object has one: what sets one of them means it in place of what the file has. */
const EXCLUSIVE: readonly (readonly string[])[] = [POOL_SIZES, LAWS, ["seed", "seeds"]];

/** One `--set path=value`. */
export interface Override {
  /** As the user wrote it, for errors. */
  readonly argument: string;
  readonly path: ConfigPath;
}

/** A config value after `--set`. */
export interface Overridden {
  readonly value: unknown;
  readonly overrides: readonly Override[];
}

/**
 * Applies `--set path=value` arguments, in order, to a copy of a plain config value. Values are YAML; missing objects on
 * the way are made, and what excludes the new key is left out. Throws {@link ConfigError} for a path that leads through a
 * scalar or beyond the end of a list.
 */
export function applyOverrides(original: unknown, settings: readonly string[]): Overridden {
  const value = structuredClone(original);
  const overrides = settings.map((argument) => {
    const override = { argument, path: pathOf(argument) };
    assign(value, override, settingValue(argument));
    return override;
  });
  return { value, overrides };
}

const PATH = /^[\w-]+(?:\.[\w-]+|\[\d+\])*$/;

function pathOf(argument: string): ConfigPath {
  const end = argument.indexOf("=");
  const path = argument.slice(0, end);
  if (end <= 0 || !PATH.test(path))
    throw complaint(argument, "expected path=value, such as scheduler.maxRunning=64");
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function settingValue(argument: string): unknown {
  const text = argument.slice(argument.indexOf("=") + 1);
  const document = parseDocument(text, { prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined) throw complaint(argument, broken.message.split("\n")[0]!);
  return document.toJS({ maxAliasCount: 0 });
}

function assign(root: unknown, { argument, path }: Override, value: unknown): void {
  let target = root;
  for (const [depth, step] of path.entries()) {
    const here = formatPath(path.slice(0, depth)) || "the config";
    checkStep(target, step, argument, here);
    const container = target as Record<string | number, unknown>;
    if (depth === path.length - 1) {
      removeExcluded(container, step);
      define(container, step, value);
    } else {
      if (!Object.hasOwn(container, step)) define(container, step, {});
      target = container[step];
    }
  }
}

function checkStep(target: unknown, step: string | number, argument: string, here: string): void {
  if (Array.isArray(target)) {
    const last = target.length - 1;
    if (typeof step !== "number" || step > last)
      throw complaint(argument, `${here} is a list with entries 0 to ${last}`);
  } else if (!isObject(target)) {
    throw complaint(argument, `${here} is ${shown(target)} and has no ${shown(step)} inside`);
  } else if (typeof step === "number") {
    throw complaint(argument, `${here} is an object, not a list`);
  }
}

function removeExcluded(container: Record<string | number, unknown>, key: string | number): void {
  const keys = EXCLUSIVE.find((group) => group.some((name) => name === key)) ?? [];
  for (const other of keys) if (other !== key) delete container[other];
}

/** Unlike assignment, safe for a key called `__proto__`. */
function define(container: object, key: string | number, value: unknown): void {
  const property = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(container, key, property);
}

function complaint(argument: string, text: string): ConfigError {
  return new ConfigError(`--set ${argument.split("\n")[0]}: ${text}`);
}

/** The override that put a place of the config there, if one did. */
export function overrideOf(overrides: readonly Override[], path: ConfigPath): Override | null {
  const covering = overrides.filter((override) =>
    override.path.every((step, index) => step === path[index]),
  );
  return covering.at(-1) ?? null;
}
