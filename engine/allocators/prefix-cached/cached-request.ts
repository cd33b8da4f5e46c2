import { NULL_BLOCK } from "./block-fields";
import { ROOT } from "./content-chain";
import { RequestContent } from "./request-content";

/** All that a request says, other requests may say, too. */
export const ALL_SHARED: i32 = i32.MAX_VALUE;

/** What the cache knows of one request. */
@final
export class CachedRequest {
  /** Its table in the first group of layers; those in the other groups follow. */
  readonly firstTable: i32;
  readonly content: RequestContent = new RequestContent();
  /** The key of its {@link lostBlock}. */
  readonly ownKey: i32;
  /** It has begun and not ended. */
  active: bool = false;
  /** It was preempted since it began. */
  preempted: bool = false;
  /** It was given blocks, and has not given them back. */
  holds: bool = false;
  /** Tokens whose KV is in its blocks, or will be after the step they were allocated for. */
  computedTokens: i32 = 0;
  /** Tokens from its beginning that other requests may say, too; {@link ALL_SHARED} without an end. */
  sharedTokens: i32 = 0;
  /** Tokens whose full blocks are cached, or will be once they are free: those that only it can ask for. */
  fullTokens: i32 = 0;
  /** Those of them whose blocks have a key, so that they can be asked for. */
  keyedTokens: i32 = 0;
  /** Where those end in the content chain; while it gives them back, those that others may ask for. */
  node: i32 = ROOT;
  /** Of the full blocks that it gave back when it was last preempted, and that only it can ask for: the first, and how many they were. */
  lostBlock: i32 = NULL_BLOCK;
  lostCount: i32 = 0;

  constructor(firstTable: i32) {
    this.firstTable = firstTable;
    this.ownKey = -1 - firstTable;
  }
}
