import type { ChunkedRequest } from "../../../src/scheduler/chunked/chunked-request.ts";
import type { RunningRequests } from "../../../src/scheduler/chunked/running-requests.ts";

/** Tokens that the step under way computes for each request that it computes any for, in order of scheduling. */
export function scheduledTokens(running: RunningRequests): [ChunkedRequest, number][] {
  return running
    .toArray()
    .map((request): [ChunkedRequest, number] => [
      request,
      running.lockstep.has(request.handle) ? 1 : request.scheduledTokens,
    ])
    .filter(([, tokens]) => tokens > 0);
}
