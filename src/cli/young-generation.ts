import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's young generation at the size that it has. Little that a run makes lives long, so one that doubles four times over takes
 * 30 MB more and is no faster.
 */
export function keepYoungGeneration(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
