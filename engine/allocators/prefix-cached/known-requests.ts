import { CachedRequest } from "./cached-request";

const FIRST_REQUESTS: i32 = 64;

/** The requests that a KV cache has been told of, by the handles that its caller chooses. */
export abstract class KnownRequests {
  /** By handle; null for one that nobody has had yet. */
  protected requests: StaticArray<CachedRequest | null> = new StaticArray<CachedRequest | null>(
    FIRST_REQUESTS,
  );

  /** The request of a handle, which has begun and not ended. */
  @inline
  protected request(handle: i32): CachedRequest {
    const request = assert(this.requests[handle], "no such request");
    assert(request.active, "no such request");
    return request;
  }

  /** `handle` is that of a request from now on. */
  protected keep(handle: i32, request: CachedRequest): void {
    if (handle >= this.requests.length) this.enlarge(max(handle + 1, 2 * this.requests.length));
    this.requests[handle] = request;
  }

  private enlarge(length: i32): void {
    const before = this.requests;
    const requests = new StaticArray<CachedRequest | null>(length);
    for (let handle = 0; handle < before.length; handle += 1) requests[handle] = before[handle];
    this.requests = requests;
  }
}
