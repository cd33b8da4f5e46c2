/** Is told of every cell that is handed out, in order (of a contiguous chunk: its first): the fingerprint's source. */
export interface Placements {
  place(cell: number): void;
  /** The cells from place `top` of a column down to place `bottom`, that one included. */
  placeDown(cells: Int32Array, top: number, bottom: number): void;
  /** The cells of a column from place `from` on to before place `until`. */
  placeUp(cells: Int32Array, from: number, until: number): void;
}

/** Placements told to a function, one by one. */
export function placing(place: (cell: number) => void): Placements {
  return {
    place,
    placeDown(cells, top, bottom) {
      for (let at = top; at >= bottom; at -= 1) place(cells[at]!);
    },
    placeUp(cells, from, until) {
      for (let at = from; at < until; at += 1) place(cells[at]!);
    },
  };
}

/** Nobody wants to know. */
export const UNTOLD: Placements = { place() {}, placeDown() {}, placeUp() {} };
