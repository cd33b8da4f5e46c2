import type { Nanoseconds } from "../core/time.ts";
import type { Tokens } from "../request.ts";
import type { Foreseeable } from "../workload/workload.ts";
import { outputRoom } from "./cap-outputs.ts";
import { doublesAt, engine, integersAt } from "./engine.ts";

/** Tells the engine of requests before they come, a block at a time (engine/foreseen.ts). */
export class Foreseen {
  private readonly requests: Foreseeable;
  private readonly maxModelLen: Tokens;
  /** Where the engine has its block. */
  private readonly block: number;
  /** When the first of all comes; Infinity if none does. */
  readonly firstNs: Nanoseconds;
  /** Outputs that were cut in blocks all of which have come, and the rows of those in the last one. */
  #capped = 0;
  #cappedRows: number[] = [];
  #rows = 0;

  constructor(requests: Foreseeable, maxModelLen: Tokens, block: number) {
    this.requests = requests;
    this.maxModelLen = maxModelLen;
    this.block = block;
    engine.beginForeseen(block, this.fill());
    this.firstNs = this.#rows === 0 ? Infinity : doublesAt(engine.foreseenArrivals(block), 1)[0]!;
  }

  /** Writes the next block, when all of the last one have come; returns how many requests are in it. */
  fill(): number {
    const rows = engine.foreseenRows();
    const prompts = integersAt(engine.foreseenPrompts(this.block), rows);
    const outputs = integersAt(engine.foreseenOutputs(this.block), rows);
    this.#rows = this.requests.arrivals(doublesAt(engine.foreseenArrivals(this.block), rows));
    this.requests.lengths(prompts, outputs, this.#rows);
    this.#capOutputs(prompts, outputs);
    return this.#rows;
  }

  /** Requests that have come with an output which was cut. */
  get outputsCapped(): number {
    const come = this.#rows - engine.foreseenLeft(this.block);
    return this.#capped + this.#cappedRows.filter((row) => row < come).length;
  }

  #capOutputs(prompts: Int32Array, outputs: Int32Array): void {
    this.#capped += this.#cappedRows.length;
    this.#cappedRows = [];
    for (let row = 0; row < this.#rows; row += 1) {
      const room = outputRoom(prompts[row]!, this.maxModelLen);
      if (outputs[row]! <= room) continue;
      outputs[row] = room;
      this.#cappedRows.push(row);
    }
  }
}
