import type { Tokens } from "../../request.ts";
import { ROOT } from "./content-chain.ts";
import { RequestContent } from "./request-content.ts";

/** What the cache knows of one request. */
export class CachedRequest {
  /** Its table in the first group of layers; those in the other groups follow. */
  readonly firstTable: number;
  readonly content = new RequestContent();
  /** The key of blocks that only it can ask for. */
  readonly ownKey: number;
  /** It has begun and not ended. */
  active = false;
  /** It was preempted since it began. */
  preempted = false;
  /** It was given blocks, and has not given them back. */
  holds = false;
  /** Tokens whose KV is in its blocks, or will be after the step they were allocated for. */
  computedTokens: Tokens = 0;
  /** Tokens from its beginning that other requests may say, too. */
  sharedTokens: Tokens = 0;
  /** Tokens whose full blocks are cached, or will be once they are free: those that only it can ask for. */
  fullTokens: Tokens = 0;
  /** Those of them whose blocks have a name. */
  cachedTokens: Tokens = 0;
  /** Where the {@link cachedTokens} end in the content chain. */
  node = ROOT;

  /** The full blocks that it gave back when it was last preempted, only the first {@link lostCount}. */
  lostBlocks = new Int32Array(64);
  lostCount = 0;

  constructor(firstTable: number) {
    this.firstTable = firstTable;
    this.ownKey = -1 - firstTable;
  }
}
