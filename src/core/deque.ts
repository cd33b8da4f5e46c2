/** A queue open at both ends, on a ring that doubles when it is full. */
export class Deque<T> {
  #items: (T | undefined)[] = new Array(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  pushBack(item: T): void {
    this.#makeRoom();
    this.#items[this.#slot(this.#size)] = item;
    this.#size += 1;
  }

  pushFront(item: T): void {
    this.#makeRoom();
    this.#head = this.#slot(this.#items.length - 1);
    this.#items[this.#head] = item;
    this.#size += 1;
  }

  front(): T | undefined {
    return this.#items[this.#head];
  }

  back(): T | undefined {
    return this.#size === 0 ? undefined : this.#items[this.#slot(this.#size - 1)];
  }

  popFront(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#size === 0) return undefined;
    this.#items[this.#head] = undefined;
    this.#head = this.#slot(1);
    this.#size -= 1;
    return item;
  }

  popBack(): T | undefined {
    if (this.#size === 0) return undefined;
    const slot = this.#slot(this.#size - 1);
    const item = this.#items[slot];
    this.#items[slot] = undefined;
    this.#size -= 1;
    return item;
  }

  toArray(): T[] {
    return Array.from({ length: this.#size }, (_, index) => this.#items[this.#slot(index)]!);
  }

  /** The ring's length is a power of two. */
  #slot(offset: number): number {
    return (this.#head + offset) & (this.#items.length - 1);
  }

  #makeRoom(): void {
    if (this.#size < this.#items.length) return;
    const items = this.toArray();
    items.length = this.#items.length * 2;
    this.#items = items;
    this.#head = 0;
  }
}
