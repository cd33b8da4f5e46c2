import fc from "fast-check";
import { expect, it } from "vitest";
import { type Request, SequenceGroup } from "../../src/request.ts";
import { WaitingRoom } from "../../src/scheduler/waiting-room.ts";

/** What the next request is like, or what happens to those who wait. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ arrives: fc.constantFrom("plain", "wide", "user") }) },
  { weight: 3, arbitrary: fc.constantFrom("admit", "look", "putBack") },
  { weight: 1, arbitrary: fc.constant("dismiss") },
);

function request(id: number, kind: string): Request {
  return {
    id,
    arrivalNs: 10 * id,
    promptTokens: id + 1,
    outputTokens: kind === "wide" ? [3, id + 2] : [id + 2],
    priority: 0,
    content: null,
    outputContent: null,
    user: kind === "user" ? 7 : null,
  };
}

it("serves those who came back before all newcomers, these in order, whatever is kept of them", () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 200, maxLength: 400 }), (events) => {
      const room = new WaitingRoom((arrived) => new SequenceGroup(arrived));
      const model: Request[] = [];
      const admitted: SequenceGroup[] = [];
      let newcomers = 0;
      let id = 0;
      for (const happening of events) {
        if (typeof happening === "object") {
          const arrived = request(id++, happening.arrives);
          room.enqueue(new SequenceGroup(arrived));
          model.push(arrived);
          newcomers += 1;
        } else if (happening === "admit") {
          const group = room.popFront();
          expect(group?.request).toEqual(model.shift());
          if (group !== undefined) admitted.push(group);
          if (model.length < newcomers) newcomers = model.length;
        } else if (happening === "putBack" && admitted.length > 0) {
          const group = admitted.pop()!;
          room.putBack(group);
          model.unshift(group.request);
        } else if (happening === "dismiss" && newcomers > 0) {
          expect(room.dismissNewcomer().request).toEqual(model.pop());
          newcomers -= 1;
        }
        expect(room.front()?.request).toEqual(model[0]);
        expect(room.front()).toBe(room.front());
        expect([room.size, room.newcomers]).toEqual([model.length, newcomers]);
        expect(room.ids()).toEqual(model.map((waiting) => waiting.id));
      }
    }),
  );
});
