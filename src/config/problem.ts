/** Keys and list positions from the top of a config down. */
export type ConfigPath = readonly (string | number)[];

/** Something wrong with one place of a config. */
export interface Problem {
  readonly path: ConfigPath;
  /** What is wrong, in lower case, without the path. */
  readonly text: string;
  /** Whether the key itself is wrong, rather than its value. */
  readonly inKey: boolean;
}

/** Thrown while a config is resolved; `loadConfig` turns it into a {@link ConfigError} that says where. */
export class ConfigProblem extends Error implements Problem {
  readonly path: ConfigPath;
  readonly text: string;
  readonly inKey = false;

  constructor(path: ConfigPath, text: string) {
    super(`${formatPath(path)}: ${text}`);
    this.path = path;
    this.text = text;
  }
}

/** A config that cannot be used. `message` is one line: file, place, path, what was expected and what is there. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Path of the value that is wrong; null where it is none. */
  readonly path: string | null;

  constructor(message: string, path: string | null = null) {
    super(message);
    this.path = path;
  }
}

/** `allocators[1].blockSize`; keys that are no plain words are quoted. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!/^[\w-]+$/.test(step)) text += `[${quoted(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** A value as an error shows it: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  return String(value);
}

const LONGEST_SHOWN = 60;

/** A string in quotes, control characters escaped, cut when long. */
export function quoted(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return JSON.stringify(cut);
}

/** `a, b or c`. */
export function alternatives(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
