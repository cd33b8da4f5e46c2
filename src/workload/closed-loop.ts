import type { ArrivalsConfig } from "../config/config.ts";
import { type Nanoseconds, secondsToNanoseconds } from "../core/time.ts";
import { type Limits, requireSimulable } from "./open-stream.ts";
import { thinkTimes } from "./think-times.ts";
import type { Arrival, RequestStream } from "./workload.ts";

type ClosedConfig = Extract<ArrivalsConfig, { readonly process: "closed" }>;

/**
 * Users who think, send a request, wait for its end, and think again. Each thinks in a stream of its own, so that what
 * one user meets moves no other. Every user's first request counts towards the limit before any second one.
 */
export function closedArrivals(
  seed: number,
  { users, thinkSeconds }: ClosedConfig,
  { requests, durationNs }: Limits,
): Pick<RequestStream, "nextArrival" | "nextOfUser"> {
  const think = Array.from({ length: users }, (_, user) =>
    thinkTimes(seed, `think/${user}`, thinkSeconds),
  );
  const inTime = (atNs: Nanoseconds): boolean => durationNs === null || atNs <= durationNs;
  const first = think
    .map((next, user): Arrival => ({ atNs: secondsToNanoseconds(next()), user }))
    .filter(({ atNs }) => inTime(atNs))
    .sort((a, b) => a.atNs - b.atNs || a.user! - b.user!)
    .slice(0, requests);
  first.forEach(({ atNs }, request) => {
    requireSimulable(atNs, request);
  });
  let issued = first.length;
  let position = 0;
  return {
    nextArrival: () => first[position++] ?? null,
    nextOfUser(user, nowNs) {
      const atNs = nowNs + secondsToNanoseconds(think[user]!());
      if (issued >= requests || !inTime(atNs)) return null;
      requireSimulable(atNs, issued);
      issued++;
      return atNs;
    },
  };
}
