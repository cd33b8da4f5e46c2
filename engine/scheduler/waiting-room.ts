import { Group, NO_USER } from "../request";
import { enlargedGroups, Groups } from "./groups";

const FIRST_CAPACITY: i32 = 64;

/** Requests that wait, and which of them is next. */
export abstract class WaitingQueue<G extends Group> {
  abstract get size(): i32;
  /** Those that were never admitted. */
  abstract get newcomers(): i32;
  /** The next one; null without any. */
  abstract front(): G | null;
  /** Takes out the next one, which somebody has asked for. */
  abstract popFront(): void;
  /** A newcomer, whose group is the queue's until it is asked for. */
  abstract enqueue(newcomer: G): void;
  /** Somebody who was running until now. */
  abstract putBack(group: G): void;
  /** Takes out one of those who were put back. O(size). */
  abstract remove(group: G): void;
  /** Takes out the newcomer that arrived last. */
  abstract dismissNewcomer(): G;
  /** Who is at a place, the next one at 0: the id, for those who look on. */
  abstract idAt(place: i32): i32;
}

/**
 * Groups that wait, first come, first served; those that lost their places stand before all newcomers. Under overload nearly all requests
 * wait here, so that of a newcomer without content only four numbers are kept, on a ring, until its turn comes: its group goes back to
 * those that nobody uses.
 */
@final
export class WaitingRoom<G extends Group> extends WaitingQueue<G> {
  private readonly groups: Groups<G>;
  /** Those who lost their places, the next one last. */
  private returned: StaticArray<G | null> = new StaticArray<G | null>(FIRST_CAPACITY);
  private returnedCount: i32 = 0;
  /** The first newcomer, if it found nobody before it or somebody has asked for it. */
  private head: G | null = null;
  /** How many newcomers there are behind the head, and where on the ring the first of them is. */
  private behind: i32 = 0;
  private first: i32 = 0;
  private ids: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  private arrivalsNs: StaticArray<f64> = new StaticArray<f64>(FIRST_CAPACITY);
  private promptTokens: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  private outputTokens: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  /** Those of them whose groups are kept. */
  private kept: StaticArray<G | null> = new StaticArray<G | null>(FIRST_CAPACITY);

  /** `groups`: where groups come from, and go when they are not needed. */
  constructor(groups: Groups<G>) {
    super();
    this.groups = groups;
  }

  get size(): i32 {
    return this.returnedCount + this.newcomers;
  }

  get newcomers(): i32 {
    return this.head === null ? this.behind : this.behind + 1;
  }

  front(): G | null {
    if (this.returnedCount > 0) return this.returned[this.returnedCount - 1];
    if (this.head === null && this.behind > 0) this.head = this.takeFirst();
    return this.head;
  }

  popFront(): void {
    if (this.returnedCount > 0) this.returnedCount -= 1;
    else this.head = null;
  }

  /** A newcomer, behind all others. */
  enqueue(newcomer: G): void {
    if (this.newcomers === 0) this.head = newcomer;
    else this.putBehind(newcomer);
  }

  /** Somebody who was running until now, before all others. */
  putBack(group: G): void {
    const count = this.returnedCount;
    if (count === this.returned.length) this.returned = enlargedGroups<G>(this.returned, 2 * count);
    this.returned[count] = group;
    this.returnedCount = count + 1;
  }

  /** Takes out one of those who were put back. O(their number). */
  remove(group: G): void {
    const returned = this.returned;
    let place = 0;
    while (place < this.returnedCount && returned[place] !== group) place += 1;
    if (place === this.returnedCount) return;
    this.returnedCount -= 1;
    for (; place < this.returnedCount; place += 1) returned[place] = returned[place + 1];
  }

  dismissNewcomer(): G {
    if (this.behind > 0) {
      this.behind -= 1;
      return this.groupAt(this.slot(this.behind));
    }
    const last = this.head!;
    this.head = null;
    return last;
  }

  idAt(place: i32): i32 {
    if (place < this.returnedCount) return this.returned[this.returnedCount - 1 - place]!.id;
    const at = place - this.returnedCount;
    const head = this.head;
    if (head === null) return this.ids[this.slot(at)];
    return at === 0 ? head.id : this.ids[this.slot(at - 1)];
  }

  private putBehind(group: G): void {
    if (this.behind === this.ids.length) this.enlarge();
    const slot = this.slot(this.behind);
    this.ids[slot] = group.id;
    this.arrivalsNs[slot] = group.arrivalNs;
    this.promptTokens[slot] = group.promptTokens;
    this.outputTokens[slot] = group.outputs[0];
    this.behind += 1;
    if (isPlain(group)) this.groups.give(group);
    else this.kept[slot] = group;
  }

  private takeFirst(): G {
    const slot = this.first;
    this.first = this.slot(1);
    this.behind -= 1;
    return this.groupAt(slot);
  }

  /** The group of a newcomer that leaves the ring. */
  private groupAt(slot: i32): G {
    const kept = this.kept[slot];
    if (kept !== null) {
      this.kept[slot] = null;
      return kept;
    }
    const group = this.groups.take();
    group.begin(
      this.ids[slot],
      this.arrivalsNs[slot],
      this.promptTokens[slot],
      this.outputTokens[slot],
    );
    return group;
  }

  /** The ring's length is a power of two. */
  @inline
  private slot(at: i32): i32 {
    return (this.first + at) & (this.ids.length - 1);
  }

  /** Twice the room, the first newcomer at its beginning. */
  private enlarge(): void {
    const first = this.first;
    this.kept = turned(this.kept, first);
    this.ids = turned(this.ids, first);
    this.promptTokens = turned(this.promptTokens, first);
    this.outputTokens = turned(this.outputTokens, first);
    this.arrivalsNs = turned(this.arrivalsNs, first);
    this.first = 0;
  }
}

/** Whether four numbers say all about a request. */
function isPlain(group: Group): bool {
  const saysNothing = group.segments === 0 && !group.hasOutputContent;
  return group.width === 1 && group.priority === 0 && saysNothing && group.user === NO_USER;
}

/** A copy of a full ring with twice the room, place `first` first. */
function turned<T>(ring: StaticArray<T>, first: i32): StaticArray<T> {
  const length = ring.length;
  const copy = new StaticArray<T>(2 * length);
  for (let at = 0; at < length; at += 1) copy[at] = ring[(first + at) & (length - 1)];
  return copy;
}
