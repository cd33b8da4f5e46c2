/** Why a request was turned away for good. */
export const NOT_TURNED_AWAY: i32 = 0;
export const TOO_LONG: i32 = 1;
export const TOO_WIDE: i32 = 2;
export const BATCH_LIMIT: i32 = 3;
export const POOL: i32 = 4;
export const WATERMARK: i32 = 5;
/** It could not come back. */
export const SWAP: i32 = 6;
export const WAITING_ROOM: i32 = 7;

/** Why a request was turned away for good: the need, what there is, and the setting that decides it. Written anew for each. */
@final
export class Rejection {
  code: i32 = NOT_TURNED_AWAY;
  need: f64 = 0;
  have: f64 = 0;

  set(code: i32, need: f64, have: f64): this {
    this.code = code;
    this.need = need;
    this.have = have;
    return this;
  }

  /** Nothing speaks against the request. */
  clear(): void {
    this.code = NOT_TURNED_AWAY;
  }

  /** Whether something does. */
  @inline
  get holds(): bool {
    return this.code !== NOT_TURNED_AWAY;
  }
}
