import { configSchemaJson } from "../config/json-schema.ts";
import { DONE } from "./exit.ts";
import type { Output } from "./output.ts";

/** `kvsim schema`. */
export function schema(output: Output): number {
  output.out(`${JSON.stringify(configSchemaJson(), null, 2)}\n`);
  return DONE;
}
