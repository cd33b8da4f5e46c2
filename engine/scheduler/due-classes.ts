import { enlarged } from "../core/columns";
import { Group } from "../request";
import { enlargedGroups } from "./groups";

const FIRST_CAPACITY: i32 = 64;

/** Groups in classes, each class in the order in which its groups arrived: its sequences lie one behind the other in one column. */
export abstract class DueClasses {
  /** Of each class: how many sequences, and which, by the arrival of their groups, in a group as it has them. */
  protected readonly counts: StaticArray<i32>;
  protected column: StaticArray<i32>;
  /** Places of a class in the column. */
  protected room: i32 = FIRST_CAPACITY;
  /** By sequence: its group. By row of a group: its class, its first sequence when it joined that, and how many they were. */
  private groups: StaticArray<Group | null> = new StaticArray<Group | null>(FIRST_CAPACITY);
  protected classes: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  private firsts: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  protected widths: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);
  /** The request that arrived last of all that ever came. */
  private newest: i32 = -1;

  constructor(classes: i32) {
    this.counts = new StaticArray<i32>(classes);
    this.column = new StaticArray<i32>(classes * FIRST_CAPACITY);
  }

  /** A group comes to a class, behind those that arrived before it. */
  protected enlist(due: i32, group: Group): void {
    const row = group.row;
    const live = group.live;
    if (row >= this.classes.length) this.enlargeRows(2 * row);
    const count = this.counts[due];
    if (count + live > this.room) this.enlargeRoom(count + live);
    this.classes[row] = due;
    this.firsts[row] = group.sequences[0];
    this.widths[row] = live;
    const column = this.column;
    const start = due * this.room;
    let place = start + count;
    if (group.id > this.newest) this.newest = group.id;
    else
      for (; place > start && this.groupAt(place - 1).id > group.id; place -= 1)
        column[place - 1 + live] = column[place - 1];
    for (let index = 0; index < live; index += 1) {
      const sequence = group.sequences[index];
      column[place + index] = sequence;
      if (sequence >= this.groups.length)
        this.groups = enlargedGroups<Group>(this.groups, 2 * sequence);
      this.groups[sequence] = group;
    }
    this.counts[due] = count + live;
  }

  /** Takes a group out of its class, which is returned. O(class). */
  protected dismiss(group: Group): i32 {
    const row = group.row;
    const due = this.classes[row];
    const width = this.widths[row];
    const first = this.firsts[row];
    const column = this.column;
    const end = this.end(due);
    let place = due * this.room;
    while (place < end && column[place] !== first) place += 1;
    assert(place < end, "who is not due is taken out");
    for (place += width; place < end; place += 1) column[place - width] = column[place];
    this.counts[due] -= width;
    return due;
  }

  /** The first group of a class that arrived after the request `id`; null without one. */
  protected firstAfter(due: i32, id: i32): Group | null {
    const place = this.placeAfter(due, id);
    return place === this.end(due) ? null : this.groupAt(place);
  }

  /** Where the sequences begin of those of a class that arrived after the request `id`; behind all where nobody did. */
  protected placeAfter(due: i32, id: i32): i32 {
    const end = this.end(due);
    let place = due * this.room;
    while (place < end && this.groupAt(place).id <= id) place += 1;
    return place;
  }

  @inline
  protected groupAt(place: i32): Group {
    return this.groups[this.column[place]]!;
  }

  @inline
  protected end(due: i32): i32 {
    return due * this.room + this.counts[due];
  }

  private enlargeRoom(needed: i32): void {
    let room = this.room;
    while (room < needed) room *= 2;
    const column = new StaticArray<i32>(this.counts.length * room);
    for (let due = 0; due < this.counts.length; due += 1)
      for (let at = 0; at < this.counts[due]; at += 1)
        column[due * room + at] = this.column[due * this.room + at];
    this.column = column;
    this.room = room;
  }

  private enlargeRows(rows: i32): void {
    this.classes = enlarged(this.classes, rows);
    this.firsts = enlarged(this.firsts, rows);
    this.widths = enlarged(this.widths, rows);
  }
}
