import type { Request } from "../../src/request.ts";
import type { Foreseeable, RequestStream } from "../../src/workload/workload.ts";

export type Lengths = Pick<Request, "promptTokens" | "outputTokens">;

/** Request i has lengths[i] and arrives at `timesNs[i]`. */
export function openStream(lengths: readonly Lengths[], timesNs: readonly number[]): RequestStream {
  let next = 0;
  return {
    foreseeable: foreseeable(lengths, timesNs),
    nextArrival() {
      const atNs = timesNs[next++];
      return atNs === undefined ? null : { atNs, user: null };
    },
    nextOfUser: () => null,
    create: (id, arrival) => request(id, arrival.atNs, lengths[id]!, null),
  };
}

/** The same a block at a time, where each has a single output. */
function foreseeable(lengths: readonly Lengths[], timesNs: readonly number[]): Foreseeable | null {
  if (lengths.some(({ outputTokens }) => outputTokens.length > 1)) return null;
  let next = 0;
  return {
    arrivals(intoNs) {
      const times = timesNs.slice(next, next + intoNs.length);
      intoNs.set(times);
      return times.length;
    },
    lengths(prompts, outputs, count) {
      const block = lengths.slice(next, next + count);
      prompts.set(block.map(({ promptTokens }) => promptTokens));
      outputs.set(block.map(({ outputTokens }) => outputTokens[0]!));
      next += count;
    },
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
    foreseeable: null,
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

/** A message, the answers to it, and the time between the answer before and it. */
export interface Turn extends Lengths {
  readonly thinkNs: number;
}

export interface ConversationLimits {
  readonly systemTokens: number;
  readonly maxModelLen: number;
  /** Requests in all. */
  readonly most: number;
}

/**
 * Conversation c begins at `beginNs[c]`. A prompt is the system prompt, all messages and first answers so far, and the new message; the
 * conversation ends before one that leaves no room for an answer.
 */
export function conversationStream(
  conversations: readonly (readonly Turn[])[],
  beginNs: readonly number[],
  { systemTokens, maxModelLen, most }: ConversationLimits,
): RequestStream {
  let begun = 0;
  let promised = 0;
  const answered = conversations.map(() => 0);
  const ownTokens = (user: number, turn: number): number => {
    const said = conversations[user]!.slice(0, turn);
    const message = conversations[user]![turn]!.promptTokens;
    return said.reduce((sum, one) => sum + one.promptTokens + one.outputTokens[0]!, message);
  };
  return {
    foreseeable: null,
    nextArrival() {
      if (promised === most || begun === conversations.length) return null;
      promised += 1;
      const user = begun++;
      return { atNs: beginNs[user]!, user };
    },
    nextOfUser(user, nowNs) {
      const turn = answered[user]! + 1;
      answered[user] = turn;
      const next = conversations[user]![turn];
      if (next === undefined || promised === most) return null;
      if (systemTokens + ownTokens(user, turn) >= maxModelLen) return null;
      promised += 1;
      return nowNs + next.thinkNs;
    },
    create(id, { atNs, user }) {
      const turn = answered[user!]!;
      const { outputTokens } = conversations[user!]![turn]!;
      const own = { contentId: 1 + user!, offset: 0, length: ownTokens(user!, turn) };
      const system = { contentId: 0, offset: 0, length: systemTokens };
      return {
        ...request(id, atNs, { promptTokens: systemTokens + own.length, outputTokens }, user),
        content: systemTokens === 0 ? [own] : [system, own],
        outputContent: { contentId: own.contentId, offset: own.length },
      };
    },
  };
}

function request(id: number, arrivalNs: number, lengths: Lengths, user: number | null): Request {
  return { id, arrivalNs, ...lengths, priority: 0, content: null, outputContent: null, user };
}
