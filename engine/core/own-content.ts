/*
 * Content that no other request has is named by negative integers, two for each request, which no workload uses.
 */

/** What the prompt of a request says, if the workload does not know. */
export function ownPrompt(request: i32): i32 {
  return -1 - 2 * request;
}

/** What a request answers, if the workload does not know. */
export function ownOutput(request: i32): i32 {
  return -2 - 2 * request;
}
