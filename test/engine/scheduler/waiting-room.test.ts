import fc from "fast-check";
import { expect, it } from "vitest";
import { compiled, integersAt } from "../compiled.ts";
import { describeGroup, GROUPS } from "../groups.ts";

const module = await compiled(`
  ${GROUPS}
  export { mark, release } from "./engine/core/memory";
  import { Groups } from "./engine/scheduler/groups";
  import { WaitingRoom } from "./engine/scheduler/waiting-room";

  /** A waiting room, and where its groups come from. */
  export function newGroups(): Groups<Group> {
    return new Groups<Group>();
  }
  export function newRoom(groups: Groups<Group>): WaitingRoom<Group> {
    return new WaitingRoom<Group>(groups);
  }
  export function newcomer(
    groups: Groups<Group>,
    id: i32,
    arrivalNs: f64,
    promptTokens: i32,
    outputTokens: i32,
  ): Group {
    const group = groups.take();
    group.begin(id, arrivalNs, promptTokens, outputTokens);
    return group;
  }
  export function size(room: WaitingRoom<Group>): i32 {
    return room.size;
  }
  export function newcomers(room: WaitingRoom<Group>): i32 {
    return room.newcomers;
  }
  export function enqueue(room: WaitingRoom<Group>, group: Group): void {
    room.enqueue(group);
  }
  export function putBack(room: WaitingRoom<Group>, group: Group): void {
    room.putBack(group);
  }
  export function remove(room: WaitingRoom<Group>, group: Group): void {
    room.remove(group);
  }
  export function front(room: WaitingRoom<Group>): Group | null {
    return room.front();
  }
  export function popFront(room: WaitingRoom<Group>): void {
    room.popFront();
  }
  export function dismissNewcomer(room: WaitingRoom<Group>): Group {
    return room.dismissNewcomer();
  }
  export function idAt(room: WaitingRoom<Group>, place: i32): i32 {
    return room.idAt(place);
  }
`);

/** What the next request is like, or what happens to those who wait. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ arrives: fc.constantFrom("plain", "wide", "user") }) },
  { weight: 3, arbitrary: fc.constantFrom("admit", "look", "putBack") },
  { weight: 1, arbitrary: fc.constantFrom("dismiss", "remove") },
);

/** What a group says of its request. */
interface Waiting {
  readonly id: number;
  readonly arrivalNs: number;
  readonly promptTokens: number;
  readonly outputTokens: readonly number[];
  readonly user: number | null;
}

function request(id: number, kind: string): Waiting {
  return {
    id,
    arrivalNs: 10 * id,
    promptTokens: id + 1,
    outputTokens: kind === "wide" ? [3, id + 2] : [id + 2],
    user: kind === "user" ? 7 : null,
  };
}

/** What a group says; undefined of none. */
function saidBy(group: number): Waiting | undefined {
  if (group === 0) return undefined;
  const live = module["live"]!(group);
  const user = module["userOf"]!(group);
  return {
    id: module["idOf"]!(group),
    arrivalNs: module["arrivalOf"]!(group),
    promptTokens: module["promptOf"]!(group),
    outputTokens: [...integersAt(module, module["outputsOf"]!(group)).subarray(0, live)],
    user: user < 0 ? null : user,
  };
}

/** A waiting room beside a list of requests. */
class Both {
  readonly #groups = module["newGroups"]!();
  readonly #room = module["newRoom"]!(this.#groups);
  readonly #model: Waiting[] = [];
  /** Groups of those admitted. */
  readonly #admitted: number[] = [];
  /** Groups of those who came back. */
  readonly #returned: number[] = [];
  #newcomers = 0;
  #id = 0;

  happen(happening: { readonly arrives: string } | string): void {
    if (typeof happening === "object") this.#arrive(request(this.#id++, happening.arrives));
    else if (happening === "admit") this.#admit();
    else if (happening === "putBack" && this.#admitted.length > 0) this.#putBack();
    else if (happening === "remove" && this.#returned.length > 0) this.#remove();
    else if (happening === "dismiss" && this.#newcomers > 0) {
      expect(saidBy(module["dismissNewcomer"]!(this.#room))).toEqual(this.#model.pop());
      this.#newcomers -= 1;
    }
  }

  expectEqual(): void {
    const room = this.#room;
    const front = module["front"]!(room);
    expect(saidBy(front)).toEqual(this.#model[0]);
    expect(module["front"]!(room)).toBe(front);
    const size = module["size"]!(room);
    expect([size, module["newcomers"]!(room)]).toEqual([this.#model.length, this.#newcomers]);
    const ids = Array.from({ length: size }, (_, place) => module["idAt"]!(room, place));
    // As texts, since hundreds of lists of hundreds are compared.
    expect(ids.join()).toBe(this.#model.map(({ id }) => id).join());
  }

  #arrive(arrived: Waiting): void {
    const { id, arrivalNs, promptTokens, outputTokens } = arrived;
    const [first] = outputTokens;
    const group = module["newcomer"]!(this.#groups, id, arrivalNs, promptTokens, first!);
    describeGroup(module, group, arrived);
    module["enqueue"]!(this.#room, group);
    this.#model.push(arrived);
    this.#newcomers += 1;
  }

  #admit(): void {
    const group = module["front"]!(this.#room);
    expect(saidBy(group)).toEqual(this.#model.shift());
    if (group === 0) return;
    module["popFront"]!(this.#room);
    if (this.#returned.at(-1) === group) this.#returned.pop();
    else this.#newcomers -= 1;
    this.#admitted.push(group);
  }

  #putBack(): void {
    const group = this.#admitted.pop()!;
    module["putBack"]!(this.#room, group);
    this.#returned.push(group);
    this.#model.unshift(saidBy(group)!);
  }

  /** The first of those who came back goes. */
  #remove(): void {
    const group = this.#returned.shift()!;
    const { id } = saidBy(group)!;
    module["remove"]!(this.#room, group);
    this.#model.splice(
      this.#model.findIndex((waiting) => waiting.id === id),
      1,
    );
  }
}

it("serves those who came back before all newcomers, these in order, whatever is kept of them", () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 200, maxLength: 400 }), (events) => {
      const mark = module["mark"]!();
      const both = new Both();
      for (const happening of events) {
        both.happen(happening);
        both.expectEqual();
      }
      module["release"]!(mark);
    }),
  );
});
