import { enlargedIntegers } from "./columns.ts";

/** A list of small integers ≥ 0 that is emptied and filled again without making garbage. */
export class IdList {
  length = 0;
  #ids = new Int32Array(16);

  at(index: number): number {
    return this.#ids[index]!;
  }

  push(id: number): void {
    if (this.length === this.#ids.length) this.#ids = enlargedIntegers(this.#ids, 2 * this.length);
    this.#ids[this.length] = id;
    this.length += 1;
  }

  /** Puts an id before the last ones for which `isBehind` holds. */
  insert(id: number, isBehind: (other: number) => boolean): void {
    this.push(id);
    let place = this.length - 1;
    for (; place > 0 && isBehind(this.#ids[place - 1]!); place -= 1)
      this.#ids[place] = this.#ids[place - 1]!;
    this.#ids[place] = id;
  }

  /** Takes out an id, if it is there; the others keep their order. O(length). */
  remove(id: number): void {
    const ids = this.#ids;
    let place = 0;
    while (place < this.length && ids[place] !== id) place += 1;
    if (place === this.length) return;
    this.length -= 1;
    for (; place < this.length; place += 1) ids[place] = ids[place + 1]!;
  }

  clear(): void {
    this.length = 0;
  }

  toArray(): number[] {
    return Array.from(this.#ids.subarray(0, this.length));
  }
}
