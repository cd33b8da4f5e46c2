import { engineModule } from "./engine-module.ts";

type Name =
  | ("restart" | "newIntegers" | "newPool" | "newTables" | "takeAndFree" | "newKvCache")
  | ("serveAll" | "build" | "startDecoding" | "decode" | "fill" | "lookUpAll" | "takeAll");

const module = engineModule<Name>("bench/prefix-cache.as");

/** Work on the engine's prefix cache. Whatever was made there before is gone. */
export async function prefixCache(): ReturnType<typeof module> {
  const fresh = await module();
  fresh.restart();
  return fresh;
}
