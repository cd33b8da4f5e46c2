import { fileURLToPath } from "node:url";

/** Where real request traces are, which the project does not carry: `$KVSIM_TRACES`, else `../shared/traces`. */
export function tracesFolder(): string {
  return (
    process.env["KVSIM_TRACES"] ?? fileURLToPath(new URL("../../shared/traces", import.meta.url))
  );
}
