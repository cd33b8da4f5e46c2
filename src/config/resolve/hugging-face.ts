import { basename, resolve } from "node:path";
import type { Architecture } from "../catalog/architecture.ts";
import { decode } from "../explain.ts";
import { architectureOf } from "../hugging-face/index.ts";
import { huggingFaceSchema } from "../hugging-face/keys.ts";
import { asksForFp8Cache } from "../hugging-face/quantization.ts";
import { type ConfigPath, ConfigProblem, formatPath } from "../problem.ts";
import { readInput } from "../read-input.ts";

/** Larger files are not a config.json; the largest ones have a few hundred KiB of label names. */
const MOST_BYTES = 2 ** 24;

/** A model from the config.json beside its public weights. Throws {@link ConfigProblem} for what is not modelled. */
export function readHuggingFaceConfig(
  file: string,
  folder: string,
  path: ConfigPath = ["model", "hfConfig"],
): Architecture {
  const name = basename(file);
  const decoded = decode(
    huggingFaceSchema,
    parseJson(path, name, readInput(path, resolve(folder, file))),
  );
  if (!decoded.ok) {
    const { path: key, text } = decoded.problems[0]!;
    throw new ConfigProblem(path, `in ${name}: ${keyText(key)}${text}`);
  }
  try {
    const architecture = architectureOf(decoded.value, name.replace(/\.json$/, ""), name);
    const isFp8 = asksForFp8Cache(decoded.value.quantization_config ?? null);
    return isFp8 ? { ...architecture, kvBytesPerElement: 1 } : architecture;
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new ConfigProblem(path, `in ${name}: ${error.message}`);
  }
}

function keyText(key: ConfigPath): string {
  return key.length === 0 ? "" : `${formatPath(key)}: `;
}

function parseJson(path: ConfigPath, name: string, bytes: Uint8Array): unknown {
  if (bytes.length > MOST_BYTES) throw new ConfigProblem(path, "expected a config.json, too large");
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ConfigProblem(path, `in ${name}: expected JSON, which it is not`);
  }
}
