import { fail } from "../core/assert.ts";
import { enlargedIntegers } from "../core/columns.ts";
import type { SequenceId, Slots } from "../request.ts";
import type { TableColumns } from "./layout.ts";
import type { Address } from "./placement/placement.ts";

/** Columns of a chunk's row; `HELD` is 0 where a sequence has no chunk. */
const ADDRESS = 0;
const ASKED = 1;
const HELD = 2;
const COLUMNS = 3;

/** Where a sequence's row begins. */
type Chunk = number;

/** Of a sequence without a chunk. */
export const NO_CHUNK: Chunk = -1;

/** The chunk of each sequence, in rows of one typed array: ids are small and used again. */
export class ChunkTable {
  #rows = new Int32Array(64 * COLUMNS);
  #heldTotal: Slots = 0;

  /** Slots of all chunks. */
  get heldTotal(): Slots {
    return this.#heldTotal;
  }

  /** Notes the chunk of a sequence that has none: `held` slots from `address`, of which `asked` were asked for. */
  open(sequence: SequenceId, address: Address, asked: Slots, held: Slots): void {
    const chunk = sequence * COLUMNS;
    if (chunk >= this.#rows.length)
      this.#rows = enlargedIntegers(this.#rows, 2 * (chunk + COLUMNS));
    if (this.#rows[chunk + HELD] !== 0) fail(`sequence ${sequence} is admitted twice`);
    this.#rows[chunk + ADDRESS] = address;
    this.#rows[chunk + ASKED] = asked;
    this.#rows[chunk + HELD] = held;
    this.#heldTotal += held;
  }

  /** The chunk of a sequence; {@link NO_CHUNK} if it has none. */
  seek(sequence: SequenceId): Chunk {
    const chunk = sequence * COLUMNS;
    return chunk < this.#rows.length && this.#rows[chunk + HELD] !== 0 ? chunk : NO_CHUNK;
  }

  /** The chunk of a sequence that has one. */
  find(sequence: SequenceId): Chunk {
    const chunk = this.seek(sequence);
    if (chunk === NO_CHUNK) fail(`sequence ${sequence} has no chunk`);
    return chunk;
  }

  address(chunk: Chunk): Address {
    return this.#rows[chunk + ADDRESS]!;
  }

  asked(chunk: Chunk): Slots {
    return this.#rows[chunk + ASKED]!;
  }

  held(chunk: Chunk): Slots {
    return this.#rows[chunk + HELD]!;
  }

  /** Forgets a chunk. */
  close(chunk: Chunk): void {
    this.#heldTotal -= this.#rows[chunk + HELD]!;
    this.#rows[chunk + HELD] = 0;
  }

  /** Writes the chunks, by sequence, into `tables`. */
  describe(tables: TableColumns): void {
    for (let row = 0; row < this.#rows.length; row += COLUMNS) {
      if (this.#rows[row + HELD] === 0) continue;
      tables.extents.add(this.#rows[row + ADDRESS]!, this.#rows[row + HELD]!);
      tables.close(row / COLUMNS);
    }
  }
}
