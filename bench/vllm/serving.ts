import { engineModule } from "../engine-module.ts";

type Name =
  | ("restart" | "newPaged" | "newGroups" | "serveOneByOne" | "admitAll" | "decodeAll")
  | ("newScheduler" | "arriveAll" | "serveUntilEnded");

const module = engineModule<Name>("bench/vllm/serving.as");

/** Work on the engine's paged allocator and its chunked scheduler. Whatever was made there before is gone. */
export async function serving(): ReturnType<typeof module> {
  const fresh = await module();
  fresh.restart();
  return fresh;
}
