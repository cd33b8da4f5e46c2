import * as host from "./host";
import { Facts } from "./scheduler/facts";
import { Serving } from "./scheduler/serving";

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
  private readonly facts: Facts;
  private readonly serving: Serving;

  constructor(facts: Facts, serving: Serving) {
    this.facts = facts;
    this.serving = serving;
  }

  /** The host has written the first rows. */
  begin(rows: i32): void {
    this.rows = rows;
  }

  @inline
  get left(): i32 {
    return this.rows - this.come;
  }

  /** The next of them comes; returns when the one behind it does, Infinity if none. */
  arrive(): f64 {
    const row = this.come;
    const atNs = this.arrivalNs[row];
    const id = this.nextId;
    this.nextId = id + 1;
    const serving = this.serving;
    const group = serving.newcomer();
    group.begin(id, atNs, this.promptTokens[row], this.outputTokens[row]);
    this.facts.arrived(atNs, id);
    serving.arrive(group);
    this.come = row + 1;
    if (this.left === 0) this.askForMore();
    return this.left > 0 ? this.arrivalNs[this.come] : Infinity;
  }

  private askForMore(): void {
    this.rows = host.foresee();
    this.come = 0;
  }
}
