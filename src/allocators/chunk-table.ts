import { fail } from "../core/assert.ts";
import type { SequenceId, Slots } from "../request.ts";
import type { TableColumns } from "./layout.ts";
import type { Address } from "./placement/placement.ts";

/** Columns of a chunk's row; `HELD` is 0 where a sequence has no chunk. */
const ADDRESS = 0;
const ASKED = 1;
const HELD = 2;
const COLUMNS = 3;

/** The chunk of each sequence, in rows of one typed array: ids are small and used again. */
export class ChunkTable {
  #rows = new Int32Array(64 * COLUMNS);
  #heldTotal: Slots = 0;

  /** Slots of all chunks. */
  get heldTotal(): Slots {
    return this.#heldTotal;
  }

  /** Notes the chunk of a sequence that has none: `held` slots from `address`, of which `asked` were asked for. */
  open(
    sequence: SequenceId,
    { address, asked, held }: { address: Address; asked: Slots; held: Slots },
  ): void {
    if ((sequence + 1) * COLUMNS > this.#rows.length) this.#enlarge(sequence);
    const row = sequence * COLUMNS;
    if (this.#rows[row + HELD] !== 0) fail(`sequence ${sequence} is admitted twice`);
    this.#rows[row + ADDRESS] = address;
    this.#rows[row + ASKED] = asked;
    this.#rows[row + HELD] = held;
    this.#heldTotal += held;
  }

  has(sequence: SequenceId): boolean {
    return (this.#rows[sequence * COLUMNS + HELD] ?? 0) > 0;
  }

  close(sequence: SequenceId): void {
    const row = this.#rowOf(sequence);
    this.#heldTotal -= this.#rows[row + HELD]!;
    this.#rows[row + HELD] = 0;
  }

  addressOf(sequence: SequenceId): Address {
    return this.#rows[this.#rowOf(sequence) + ADDRESS]!;
  }

  askedOf(sequence: SequenceId): Slots {
    return this.#rows[this.#rowOf(sequence) + ASKED]!;
  }

  heldOf(sequence: SequenceId): Slots {
    return this.#rows[this.#rowOf(sequence) + HELD]!;
  }

  /** Writes the chunks, by sequence, into `tables`. */
  describe(tables: TableColumns): void {
    for (let row = 0; row < this.#rows.length; row += COLUMNS) {
      if (this.#rows[row + HELD] === 0) continue;
      tables.extents.add(this.#rows[row + ADDRESS]!, this.#rows[row + HELD]!);
      tables.close(row / COLUMNS);
    }
  }

  #rowOf(sequence: SequenceId): number {
    if (!this.has(sequence)) fail(`sequence ${sequence} has no chunk`);
    return sequence * COLUMNS;
  }

  #enlarge(sequence: SequenceId): void {
    const rows = new Int32Array(Math.max(this.#rows.length * 2, (sequence + 1) * COLUMNS));
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
