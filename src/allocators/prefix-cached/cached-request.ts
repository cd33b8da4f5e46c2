import type { Tokens } from "../../request.ts";
import { NULL_BLOCK } from "./block-fields.ts";
import { ROOT } from "./content-chain.ts";
import { RequestContent } from "./request-content.ts";

/** What the cache knows of one request. */
export class CachedRequest {
  /** Its table in the first group of layers; those in the other groups follow. */
  readonly firstTable: number;
  readonly content = new RequestContent();
  /** The key of its {@link lostBlock}. */
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
  /** Those of them whose blocks have a key, so that they can be asked for. */
  keyedTokens: Tokens = 0;
  /** Where those end in the content chain; while it gives them back, those that others may ask for. */
  node = ROOT;
  /** Of the full blocks that it gave back when it was last preempted, and that only it can ask for: the first, and how many they were. */
  lostBlock = NULL_BLOCK;
  lostCount = 0;

  constructor(firstTable: number) {
    this.firstTable = firstTable;
    this.ownKey = -1 - firstTable;
  }
}
