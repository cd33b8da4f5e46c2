import type { Request } from "../../src/request.ts";
import type { RequestStream } from "../../src/workload/index.ts";

/** A request and when it was answered. */
export interface Served {
  readonly request: Request;
  readonly endNs: number;
}

interface Event {
  readonly kind: "begin" | "go on" | "end";
  readonly atNs: number;
  readonly user: number | null;
}

/**
 * Answers every request after the time that `serviceNs` says, and lets its user go on, until nobody has anything more to say or
 * `beginnings` arrivals that wait for nobody have come.
 */
export function serve(
  stream: RequestStream,
  serviceNs: (request: Request) => number,
  beginnings = Infinity,
): Served[] {
  const served: Served[] = [];
  const events: Event[] = [];
  let begun = 0;
  const expectArrival = (): void => {
    const arrival = begun++ < beginnings ? stream.nextArrival() : null;
    if (arrival !== null) events.push({ kind: "begin", ...arrival });
  };
  expectArrival();
  while (events.length > 0) {
    events.sort((a, b) => a.atNs - b.atNs);
    const { kind, atNs, user } = events.shift()!;
    if (kind === "end") {
      const nextNs = user === null ? null : stream.nextOfUser(user, atNs);
      if (nextNs !== null) events.push({ kind: "go on", atNs: nextNs, user });
      continue;
    }
    const request = stream.create(served.length, { atNs, user });
    const endNs = atNs + serviceNs(request);
    served.push({ request, endNs });
    events.push({ kind: "end", atNs: endNs, user });
    if (kind === "begin") expectArrival();
  }
  return served;
}

/** What was served, by user (0, 1, 2 … in order of their first request), in order. */
export function byUser(served: readonly Served[]): Served[][] {
  const users: Served[][] = [];
  for (const one of served) {
    const user = one.request.user!;
    users[user] = [...(users[user] ?? []), one];
  }
  return users;
}
