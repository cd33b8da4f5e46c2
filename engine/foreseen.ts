import * as host from "./host";
import { Group } from "./request";

/** Requests that the host tells of at a time. */
export const FORESEEN: i32 = 256;

/** Requests that the host tells of before they come, a block at a time, so that it need not be asked for each: plain ones, which wait for nothing. */
@final
export class Foreseen {
  readonly arrivalNs: StaticArray<f64> = new StaticArray<f64>(FORESEEN);
  readonly promptTokens: StaticArray<i32> = new StaticArray<i32>(FORESEEN);
  readonly outputTokens: StaticArray<i32> = new StaticArray<i32>(FORESEEN);
  /** How many of the rows the host has written, and how many of those have come. */
  private rows: i32 = 0;
  private come: i32 = 0;
  private nextId: i32 = 0;

  /** The host has written the first rows. */
  begin(rows: i32): void {
    this.rows = rows;
  }

  @inline
  get left(): i32 {
    return this.rows - this.come;
  }

  /** When the next of them comes; Infinity if none does. */
  @inline
  get nextNs(): f64 {
    return this.left > 0 ? this.arrivalNs[this.come] : Infinity;
  }

  /** The next of them comes, as `group`. */
  take(group: Group): void {
    const row = this.come;
    group.begin(this.nextId, this.arrivalNs[row], this.promptTokens[row], this.outputTokens[row]);
    this.nextId += 1;
    this.come = row + 1;
    if (this.left === 0) this.askForMore();
  }

  private askForMore(): void {
    this.rows = host.foresee();
    this.come = 0;
  }
}
