import assert from "node:assert/strict";

/** Blocks with reference counts and a stack of free ones, the highest id on top at first. */
export class Blocks {
  readonly count: number;
  readonly owners: number[];
  readonly free: number[];
  readonly #onPlace: (cell: number) => void;

  constructor(count: number, onPlace: (cell: number) => void) {
    this.count = count;
    this.owners = Array.from({ length: count }, () => 0);
    this.free = Array.from({ length: count }, (_, id) => id);
    this.#onPlace = onPlace;
  }

  take(): number {
    const id = this.free.pop();
    assert(id !== undefined && this.owners[id] === 0, "took a block that is not free");
    this.owners[id] = 1;
    this.#onPlace(id);
    return id;
  }

  share(id: number): void {
    this.owners[id] = this.owners[id]! + 1;
  }

  giveUp(id: number): void {
    assert(this.owners[id]! > 0, "gave up a free block");
    this.owners[id] = this.owners[id]! - 1;
    if (this.owners[id] === 0) this.free.push(id);
  }
}
