/*
 * Content that no other request has is named by negative integers, two for each request, which no workload uses: what it answers, if the
 * workload does not know, the engine names (engine/core/own-content.ts).
 */

/** What the prompt of a request says, if the workload does not know. */
export function ownPrompt(request: number): number {
  return -1 - 2 * request;
}
