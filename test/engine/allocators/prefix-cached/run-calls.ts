import type { Segment } from "../../../../src/request.ts";
import type { KvCacheManager } from "../../kv-cache.ts";
import type { Call } from "./programs.ts";
import type { TokenModel } from "./token-model.ts";

/** Tokens by what they say, as segments do. */
export function tokensOf(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ contentId, offset, length }) =>
    Array.from({ length }, (_, index) => `${contentId}:${offset + index}`),
  );
}

/** The same tokens in segments of at most `length`. */
function cut(segments: readonly Segment[], length: number): Segment[] {
  return segments.flatMap((segment) =>
    Array.from({ length: Math.ceil(segment.length / length) }, (_, piece) => ({
      contentId: segment.contentId,
      offset: segment.offset + piece * length,
      length: Math.min(length, segment.length - piece * length),
    })),
  );
}

/** Whether a caller may make this call now. */
export function makesSense(call: Call, model: TokenModel): boolean {
  if (call.call === "reset") return true;
  if (call.call === "begin") return !model.has(call.handle);
  if (!model.has(call.handle)) return false;
  return call.call !== "lookUp" || !model.holds(call.handle);
}

export function runModel(model: TokenModel, call: Call): number | boolean | undefined {
  switch (call.call) {
    case "begin":
      return void model.begin(call.handle, tokensOf(call.prompt));
    case "append":
      return void model.append(call.handle, tokensOf([call.segment]));
    case "lookUp":
      return model.lookUp(call.handle);
    case "allocate":
      return model.allocate(call.handle, call.tokens, call.mustFit);
    case "reset":
      return model.reset();
    default:
      return void model.release(call.handle, call.call === "free");
  }
}

/** @param pieces Content is handed over in segments of at most so many tokens. */
export function runManager(
  manager: KvCacheManager,
  call: Call,
  pieces: number,
): number | boolean | undefined {
  switch (call.call) {
    case "begin":
      return void manager.begin(call.handle, cut(call.prompt, pieces));
    case "append":
      for (const { contentId, offset, length } of cut([call.segment], pieces)) {
        manager.append(call.handle, contentId, offset, length);
      }
      return undefined;
    case "lookUp":
      return manager.lookUp(call.handle);
    case "allocate":
      return manager.allocate(call.handle, call.tokens, call.mustFit);
    case "reset":
      return manager.reset();
    case "preempt":
      return void manager.preempt(call.handle);
    case "free":
      return void manager.free(call.handle);
  }
}
