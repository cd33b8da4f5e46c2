import { createRequire } from "node:module";

/** The version in package.json, the same from `src` and from `dist`. */
export const VERSION: string = createRequire(import.meta.url)("kvsim/package.json").version;
