import type { Tokens } from "../../request.ts";
import { BlockTable } from "./block-table.ts";
import { ROOT } from "./content-chain.ts";
import { RequestContent } from "./request-content.ts";

/** What the cache knows of one request. */
export class CachedRequest {
  readonly content = new RequestContent();
  /** One table a group. */
  readonly tables: readonly BlockTable[];
  /** It has begun and not ended. */
  active = false;
  /** It was preempted since it began. */
  preempted = false;
  /** It was granted blocks and has not given them back. */
  holds = false;
  /** Tokens whose KV is in its blocks, or will be after the step they were allocated for. */
  computedTokens: Tokens = 0;
  /** Tokens whose blocks are in the cache, as far as it takes them, or were hit. */
  cachedTokens: Tokens = 0;
  /** Where those tokens end in the content chain. */
  node = ROOT;

  constructor(groups: number) {
    this.tables = Array.from({ length: groups }, () => new BlockTable());
  }
}
