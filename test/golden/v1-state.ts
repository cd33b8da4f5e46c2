import type { KvCacheManager } from "../engine/kv-cache.ts";
import { digest } from "./replay.ts";

/** The digest that recordings of V1 carry: the tables of all requests that hold blocks, the free queue, the blocks that could be hit. */
export function stateDigest(
  manager: KvCacheManager,
  handles: ReadonlyMap<string, number>,
  groups: number,
): string {
  const tables = [...handles.keys()].sort().map((req) => {
    const ids = Array.from({ length: groups }, (_, group) =>
      manager.table(handles.get(req)!, group),
    );
    return ids.every(({ length }) => length === 0) ? "" : `${req}:${ids.map(listed).join("/")};`;
  });
  const { freeQueue, hashed } = manager.inspect();
  return digest(`${tables.join("")}|F:${listed(freeQueue)}|H:${listed(hashed)}`);
}

function listed(blocks: readonly number[]): string {
  return blocks.join(",");
}
