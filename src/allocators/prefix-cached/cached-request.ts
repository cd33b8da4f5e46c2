import { RequestContent } from "./request-content.ts";

/** A request that holds no blocks has no row. */
export const NO_ROW = -1;

/** What the cache knows of one request. */
export class CachedRequest {
  readonly content = new RequestContent();
  /** It has begun and not ended. */
  active = false;
  /** It was preempted since it began. */
  preempted = false;
  /** Its row among those that hold blocks. */
  row = NO_ROW;
}
