import type { PlacementName } from "../../../../src/allocators/placements.ts";
import { placements } from "../../../../src/allocators/placements.ts";
import type { Extent } from "../../../../src/allocators/pool.ts";
import type { Engine } from "../../../../src/engine/engine.ts";
import {
  type Compiled,
  type CompileOptions,
  compiled,
  integersAt,
  sourceAt,
} from "../../compiled.ts";

/** Chunks cut out of one range of slots, at real addresses (engine/allocators/placement/). */
export interface Placement {
  readonly free: number;
  readonly largestHole: number;
  chunkSlots(size: number): number;
  /** An address for each size, placed in order, all or none: null when one does not fit, and nothing has changed. */
  placeAll(sizes: readonly number[]): readonly number[] | null;
  /** Gives back a chunk that was placed for `size` slots. */
  release(address: number, size: number): void;
  /** By address. */
  holes(): Extent[];
}

/** Names of what placement.as exports for a class to call. */
type Exports = Compiled<
  | ("freeSlots" | "largestHole" | "chunkSlots" | "place" | "release" | "sizes" | "addresses")
  | ("placeAll" | "findHoles" | "holeStarts" | "holeSizes")
>;

/** Makes an empty range of `slots` ≥ 0 slots. */
export type MakePlacement = (name: PlacementName, slots: number) => EnginePlacement;

/** The engine's placements, by the names that a config has for them. */
export async function enginePlacements(options: CompileOptions = {}): Promise<MakePlacement> {
  const source = sourceAt("test/engine/allocators/placement/placement.as");
  const module = await compiled(source, {}, options);
  return (name, slots) =>
    new EnginePlacement(
      module as Exports,
      placements[name].create(module as unknown as Engine, slots),
    );
}

/** A placement in the engine, by its address. */
export class EnginePlacement implements Placement {
  private readonly module: Exports;
  private readonly address: number;

  constructor(module: Exports, address: number) {
    this.module = module;
    this.address = address;
  }

  get free(): number {
    return this.module.freeSlots(this.address);
  }

  get largestHole(): number {
    return this.module.largestHole(this.address);
  }

  chunkSlots(size: number): number {
    return this.module.chunkSlots(this.address, size);
  }

  /** An address for `size` slots; negative where none fits. */
  place(size: number): number {
    return this.module.place(this.address, size);
  }

  placeAll(sizes: readonly number[]): readonly number[] | null {
    const { module } = this;
    integersAt(module, module.sizes()).set(sizes);
    if (module.placeAll(this.address, sizes.length) === 0) return null;
    return [...integersAt(module, module.addresses()).subarray(0, sizes.length)];
  }

  release(address: number, size: number): void {
    this.module.release(this.address, address, size);
  }

  holes(): Extent[] {
    const { module } = this;
    const count = module.findHoles(this.address);
    const starts = integersAt(module, module.holeStarts());
    const sizes = integersAt(module, module.holeSizes());
    const holes = Array.from({ length: count }, (_, hole) => ({
      start: starts[hole]!,
      count: sizes[hole]!,
    }));
    return holes.sort((a, b) => a.start - b.start);
  }
}
