import { describe } from "../../src/engine/arrivals.ts";
import type { Request } from "../../src/request.ts";
import { type Compiled, integersAt, sourceAt } from "./compiled.ts";

/** AssemblyScript that makes and looks at groups, to stand before sources that do something with them. */
export const GROUPS = sourceAt("test/engine/groups.as");

/** A group of the engine, named by its address in a module compiled from {@link GROUPS} and more. */
export class EngineGroup {
  readonly address: number;
  readonly #module: Compiled;

  constructor(module: Compiled, address: number) {
    this.#module = module;
    this.address = address;
  }

  get id(): number {
    return this.#module["idOf"]!(this.address);
  }

  get promptTokens(): number {
    return this.#module["promptOf"]!(this.address);
  }

  /** Unfinished sequences. */
  get live(): number {
    return this.#module["live"]!(this.address);
  }

  get generated(): number {
    return this.#module["generatedOf"]!(this.address);
  }

  get preemptions(): number {
    return this.#module["preemptionsOf"]!(this.address);
  }

  /** Names of the unfinished sequences, in index order. */
  get sequences(): number[] {
    return this.#liveOf(this.#module["sequencesOf"]!(this.address));
  }

  /** Output tokens of the unfinished sequences. */
  get outputs(): number[] {
    return this.#liveOf(this.#module["outputsOf"]!(this.address));
  }

  /** Its sequences are called so. */
  nameSequences(names: readonly number[]): void {
    this.#module["nameSequences"]!(this.address, columnOf(this.#module, names));
  }

  /** The sequence at `index` has ended; tells its name. */
  endSequence(index: number): number {
    const sequence = this.sequences[index]!;
    this.#module["endSequence"]!(this.address, index);
    return sequence;
  }

  #liveOf(address: number): number[] {
    return [...integersAt(this.#module, address).subarray(0, this.live)];
  }
}

/** What a group says of the request that it was made for; `isBeam`: it searches with beams, which no workload does. */
export type GroupRequest = Pick<Request, "promptTokens" | "outputTokens"> &
  Partial<Request> & { readonly isBeam?: boolean };

/** Writes a request into a group of its first sequence. */
export function describeGroup(module: Compiled, group: number, request: GroupRequest): void {
  const { isBeam = false } = request;
  describe(module as never, group, { ...NOBODYS, ...request });
  if (isBeam) module["setBeam"]!(group);
}

/** What is known of a request of which nothing is said. */
const NOBODYS = { priority: 0, user: null, content: null, outputContent: null };

/** A StaticArray<i32> with these entries. */
export function columnOf(module: Compiled, entries: readonly number[]): number {
  const column = module["newColumn"]!(entries.length);
  integersAt(module, column).set(entries);
  return column;
}

/** Small names, used again after they came back. */
export class Names {
  readonly #returned: number[] = [];
  #next = 0;

  take(): number {
    return this.#returned.pop() ?? this.#next++;
  }

  give(name: number): void {
    this.#returned.push(name);
  }
}
