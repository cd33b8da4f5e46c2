import type { Request } from "../../src/request.ts";
import type { RequestStream } from "../../src/workload/workload.ts";

export type Lengths = Pick<Request, "promptTokens" | "outputTokens">;

/** Request i has lengths[i] and arrives at `timesNs[i]`. */
export function openStream(lengths: readonly Lengths[], timesNs: readonly number[]): RequestStream {
  let next = 0;
  return {
    nextArrival() {
      const atNs = timesNs[next++];
      return atNs === undefined ? null : { atNs, user: null };
    },
    nextOfUser: () => null,
    create: (id, arrival) => request(id, arrival.atNs, lengths[id]!, null),
  };
}

/** User u first arrives at `firstNs[u]`, and thinks for `thinkNs[u][k]` after its request k; the lengths are used up in order. */
export function closedStream(
  lengths: readonly Lengths[],
  firstNs: readonly number[],
  thinkNs: readonly (readonly number[])[],
): RequestStream {
  let next = 0;
  let promised = firstNs.length;
  const ended = firstNs.map(() => 0);
  return {
    nextArrival() {
      const user = next++;
      const atNs = firstNs[user];
      return atNs === undefined ? null : { atNs, user };
    },
    nextOfUser(user, nowNs) {
      if (promised === lengths.length) return null;
      promised += 1;
      const think = thinkNs[user]![ended[user]!]!;
      ended[user] = ended[user]! + 1;
      return nowNs + think;
    },
    create: (id, arrival) => request(id, arrival.atNs, lengths[id]!, arrival.user),
  };
}

function request(id: number, arrivalNs: number, lengths: Lengths, user: number | null): Request {
  return { id, arrivalNs, ...lengths, priority: 0, content: null, outputContent: null, user };
}
