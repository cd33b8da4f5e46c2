import { Group } from "../../request";
import { enlargedGroups } from "../groups";
import { WaitingQueue } from "../waiting-room";
import { byPriority } from "./chunked-request";

const FIRST_CAPACITY: i32 = 64;

/** In priority order, whatever was before; among equals, who came last to the queue is last. */
@final
export class PriorityQueue<G extends Group> extends WaitingQueue<G> {
  private newcomerCount: i32 = 0;
  /** Next one last, where taking it moves nobody. */
  private groups: StaticArray<G | null> = new StaticArray<G | null>(FIRST_CAPACITY);
  private count: i32 = 0;

  get size(): i32 {
    return this.count;
  }

  get newcomers(): i32 {
    return this.newcomerCount;
  }

  front(): G | null {
    return this.count === 0 ? null : this.groups[this.count - 1];
  }

  popFront(): void {
    this.count -= 1;
    if (this.groups[this.count]!.preemptions === 0) this.newcomerCount -= 1;
  }

  enqueue(newcomer: G): void {
    this.insert(newcomer);
    this.newcomerCount += 1;
  }

  putBack(group: G): void {
    this.insert(group);
  }

  remove(group: G): void {
    const groups = this.groups;
    let place = 0;
    while (place < this.count && groups[place] !== group) place += 1;
    if (place === this.count) return;
    this.count -= 1;
    for (; place < this.count; place += 1) groups[place] = groups[place + 1];
  }

  dismissNewcomer(): G {
    let latest: G | null = null;
    for (let place = 0; place < this.count; place += 1) {
      const group = this.groups[place]!;
      if (group.preemptions > 0) continue;
      if (latest === null || group.id > latest.id) latest = group;
    }
    this.remove(latest!);
    this.newcomerCount -= 1;
    return latest!;
  }

  idAt(place: i32): i32 {
    return this.groups[this.count - 1 - place]!.id;
  }

  private insert(group: G): void {
    if (this.count === this.groups.length)
      this.groups = enlargedGroups<G>(this.groups, 2 * this.count);
    const groups = this.groups;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byPriority(groups[middle]!, group) > 0) low = middle + 1;
      else high = middle;
    }
    for (let place = this.count; place > low; place -= 1) groups[place] = groups[place - 1];
    groups[low] = group;
    this.count += 1;
  }
}
