import { Growth } from "../core/growth";
import { RingBits } from "../core/ring-bits";
import { Group } from "../request";

/** What running sequences will not need of the last rooms that they are given, by the tick at which that is. */
@final
export class LastRooms {
  private readonly roomSlots: i32;
  private readonly mask: i32;
  /** On a ring by tick: how many of the slots that are yet to be given then will never be written. */
  private readonly unneeded: StaticArray<i32>;
  /** Where on the ring there may be some. */
  private readonly occupied: RingBits;

  /** `roomSlots`: what a sequence is given at a time. `ring`: a power of two above the ticks that anybody runs. */
  constructor(roomSlots: i32, ring: i32) {
    this.roomSlots = roomSlots;
    this.mask = ring - 1;
    this.unneeded = new StaticArray<i32>(ring);
    this.occupied = new RingBits(ring);
  }

  /** Notes (1), or takes back (−1), what a group's sequences will not need of rooms that they have yet to be given, `written` tokens in each. */
  foresee(group: Group, written: i32, sign: i32): void {
    for (let index = 0; index < group.live; index += 1) {
      const final = group.finalTokens(index);
      const used = final % this.roomSlots;
      const tick = final - used - group.writtenBase;
      if (used === 0 || group.writtenBase + tick < written) continue;
      const place = tick & this.mask;
      this.unneeded[place] += sign * (this.roomSlots - used);
      this.occupied.set(place);
    }
  }

  /**
   * Takes what is not needed of the last rooms that are given at the ticks from `from` to before `until`, and tells `growth` of it; `from` is
   * its step `firstStep`.
   */
  take(growth: Growth, from: i32, until: i32, firstStep: i32): void {
    for (let tick = this.next(from, until); tick < until; tick = this.next(tick + 1, until)) {
      const unneeded = this.unneeded[tick & this.mask];
      if (unneeded > 0) growth.lose(firstStep + tick - from, unneeded);
      this.forget(tick);
    }
  }

  /** A tick is over. */
  @inline
  forget(tick: i32): void {
    const place = tick & this.mask;
    this.unneeded[place] = 0;
    this.occupied.clear(place);
  }

  /** What one group alone will not need of what it is given at a tick. */
  unneededBy(group: Group, tick: i32): i32 {
    let unneeded = 0;
    for (let index = 0; index < group.live; index += 1) {
      const final = group.finalTokens(index);
      const used = final % this.roomSlots;
      if (used > 0 && final - used - group.writtenBase === tick) unneeded += this.roomSlots - used;
    }
    return unneeded;
  }

  /** The first tick from `tick` to before `until` at which something is not needed; `until` or a later one where nothing is. */
  @inline
  private next(tick: i32, until: i32): i32 {
    return tick + this.occupied.distance(tick & this.mask, until - tick);
  }
}
