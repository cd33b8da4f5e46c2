/** A leaf covers 2^3 values: they are scanned faster than three more levels are descended. */
const LEAF_BITS = 3;
const LEAF_VALUES = 2 ** LEAF_BITS;

/** An array of integers ≥ 0 that finds the first value that is large enough: a binary tree of maxima over it. */
export class MaxTree {
  readonly #values: Int32Array;
  /** Node i has the children 2i and 2i + 1; the leaves start at `#leaves`. */
  readonly #maxima: Int32Array;
  readonly #leaves: number;

  /** `length` values, all 0. */
  constructor(length: number) {
    this.#leaves = 1;
    while (this.#leaves * LEAF_VALUES < length) this.#leaves *= 2;
    this.#values = new Int32Array(this.#leaves * LEAF_VALUES);
    this.#maxima = new Int32Array(this.#leaves * 2);
  }

  get max(): number {
    return this.#maxima[1]!;
  }

  get(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    const maxima = this.#maxima;
    const leaf = index >>> LEAF_BITS;
    let node = this.#leaves + leaf;
    let max = maxima[node]!;
    const before = this.#values[index]!;
    this.#values[index] = value;
    if (value >= max) max = value;
    else if (before === max) max = this.#leafMax(leaf);
    while (node >= 1 && maxima[node] !== max) {
      maxima[node] = max;
      max = Math.max(max, maxima[node ^ 1]!);
      node >>= 1;
    }
  }

  /** The lowest index ≥ `from` whose value is at least `value` ≥ 1; null without one. */
  firstAtLeast(value: number, from: number): number | null {
    if (from >= this.#values.length) return null;
    const leaf = from >>> LEAF_BITS;
    const here = this.#scan(value, from, (leaf + 1) * LEAF_VALUES);
    if (here !== null) return here;
    const found = this.#nextLeaf(value, leaf);
    return found === null
      ? null
      : this.#scan(value, found * LEAF_VALUES, (found + 1) * LEAF_VALUES);
  }

  /** The lowest leaf after `leaf` that holds a value that is large enough. */
  #nextLeaf(value: number, leaf: number): number | null {
    const maxima = this.#maxima;
    let node = this.#leaves + leaf;
    while (node > 1 && (node % 2 === 1 || maxima[node + 1]! < value)) node >>= 1;
    if (node === 1) return null;
    node += 1;
    while (node < this.#leaves) {
      node *= 2;
      if (maxima[node]! < value) node += 1;
    }
    return node - this.#leaves;
  }

  #scan(value: number, from: number, to: number): number | null {
    for (let index = from; index < to; index += 1) if (this.#values[index]! >= value) return index;
    return null;
  }

  #leafMax(leaf: number): number {
    let max = 0;
    const end = (leaf + 1) * LEAF_VALUES;
    for (let index = end - LEAF_VALUES; index < end; index += 1) {
      const value = this.#values[index]!;
      if (value > max) max = value;
    }
    return max;
  }
}
