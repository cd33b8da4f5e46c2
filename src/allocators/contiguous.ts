import { z } from "zod";
import { fail } from "../core/assert.ts";
import type { SequenceGroup, SequenceId, Slots, Tokens } from "../request.ts";
import type {
  Admission,
  Allocator,
  Grant,
  Layout,
  PoolUsage,
  Refusal,
  SequenceHolding,
} from "./allocator.ts";
import { ChunkTable, NO_CHUNK } from "./chunk-table.ts";
import type { AllocatorDefinition, PoolEnvironment } from "./definition.ts";
import { PoolColumns } from "./layout.ts";
import { type PlacementName, placements } from "./placement/index.ts";
import type { Placement } from "./placement/placement.ts";
import { reservation } from "./reservation.ts";

/**
 * One chunk per sequence for its whole life, at a real address, as serving systems before PagedAttention held KV
 * (Kwon et al., SOSP'23, §3.1). All chunks of a group are placed at admission; each is given back by itself.
 */
export class ContiguousAllocator implements Allocator {
  readonly growthSlots = 0;
  private readonly environment: PoolEnvironment;
  private readonly placement: Placement;
  readonly #chunks = new ChunkTable();
  readonly #columns = new PoolColumns();

  constructor(placement: PlacementName, environment: PoolEnvironment) {
    this.environment = environment;
    this.placement = placements[placement].create(environment.slots);
  }

  get usage(): PoolUsage {
    return {
      slots: this.environment.slots,
      free: this.placement.free,
      held: this.#chunks.heldTotal,
      unusable: 0,
      largestHole: this.placement.largestHole,
    };
  }

  get freeSlots(): Slots {
    return this.placement.free;
  }

  admit(group: SequenceGroup, ask: Admission): Grant | Refusal {
    const sizes = reservationsOf(group, ask);
    const { sequences } = group;
    if (sizes.length !== sequences.length) fail(`group ${group.id} needs a size a sequence`);
    const addresses = this.placement.placeAll(sizes);
    if (addresses === null) return this.#refusal(sizes);
    for (let index = 0; index < sizes.length; index += 1) {
      const address = addresses[index]!;
      const asked = sizes[index]!;
      this.#chunks.open(sequences[index]!, address, asked, this.placement.chunkSlots(asked));
      this.environment.placements.add(address);
    }
    return granted(sizes.length === 1 ? sizes[0]! : Math.min(...sizes), 0);
  }

  grow(group: SequenceGroup, tokens: Tokens): Grant {
    const grant = this.#grant(group, 0);
    const { roomTokens } = grant;
    if (tokens > roomTokens)
      fail(`group ${group.id} writes ${tokens} tokens into a reservation of ${roomTokens}`);
    return grant;
  }

  fork(group: SequenceGroup, tokens: Tokens): Grant {
    return this.#grant(group, tokens * (group.sequences.length - 1));
  }

  release(sequence: SequenceId): void {
    const chunk = this.#chunks.find(sequence);
    const address = this.#chunks.address(chunk);
    const asked = this.#chunks.asked(chunk);
    this.#chunks.close(chunk);
    this.placement.release(address, asked);
  }

  wouldNever(group: SequenceGroup, ask: Admission): Refusal | null {
    const sizes = reservationsOf(group, ask);
    return this.#need(sizes) > this.environment.slots ? this.#refusal(sizes) : null;
  }

  /** Room was given for good at admission. */
  extend(): never {
    return fail("a reservation is extended");
  }

  holding(sequence: SequenceId): SequenceHolding | null {
    const chunk = this.#chunks.seek(sequence);
    if (chunk === NO_CHUNK) return null;
    return { held: this.#chunks.held(chunk), asked: this.#chunks.asked(chunk), shared: 0 };
  }

  inspect(): Layout {
    const { tables, free } = this.#columns;
    const { slots } = this.environment;
    this.#columns.clear(slots);
    this.#chunks.describe(tables);
    for (const { start, count } of this.placement.holes()) free.add(start, count);
    const { merges } = this.placement;
    return { cellSlots: 1, cells: slots, tables, free, merges, referenceCounts: null, cpu: null };
  }

  #grant(group: SequenceGroup, copiedTokens: Tokens): Grant {
    const { sequences } = group;
    let roomTokens = this.#chunks.asked(this.#chunks.find(sequences[0]!));
    for (let index = 1; index < sequences.length; index += 1)
      roomTokens = Math.min(roomTokens, this.#chunks.asked(this.#chunks.find(sequences[index]!)));
    return granted(roomTokens, copiedTokens);
  }

  #need(sizes: readonly Slots[]): Slots {
    let need = 0;
    for (const size of sizes) need += this.placement.chunkSlots(size);
    return need;
  }

  /** An empty pool takes whatever fits in total (see {@link Placement}), so the sums alone tell the reason. */
  #refusal(sizes: readonly Slots[]): Refusal {
    const { slots } = this.environment;
    const { free, largestHole } = this.placement;
    const need = this.#need(sizes);
    const reason = need > slots ? "never" : need > free ? "total" : "hole";
    return { granted: false, reason, need, free, largestHole, pool: slots };
  }
}

function granted(roomTokens: Tokens, copiedTokens: Tokens): Grant {
  return { granted: true, cachedTokens: 0, copiedTokens, roomTokens };
}

function reservationsOf(group: SequenceGroup, ask: Admission): readonly Slots[] {
  return ask.reservations ?? fail(`group ${group.id} is admitted without reservations`);
}

const options = z.strictObject({
  reserve: z
    .enum(["max", "pow2", "oracle"])
    .default("max")
    .describe(
      "slots held for each sequence: max = maxModelLen; pow2 = its prompt + its output rounded up to a power of two; oracle = what it will really write",
    ),
  placement: z
    .enum(Object.keys(placements) as PlacementName[])
    .default("buddy")
    .describe(
      `where a chunk goes: ${Object.entries(placements)
        .map(([name, { summary }]) => `${name} = ${summary}`)
        .join("; ")}`,
    ),
});

/** Pre-allocation of one contiguous chunk per sequence. */
export const contiguous: AllocatorDefinition = {
  strategy: "contiguous",
  summary: "one contiguous chunk per sequence, reserved at admission for its whole life",
  options,
  reserves: () => true,
  label(given) {
    const { reserve, placement } = options.parse(given);
    return `contiguous ${reserve} ${placement}`;
  },
  create(given, environment) {
    const { reserve, placement } = options.parse(given);
    return {
      allocator: new ContiguousAllocator(placement, environment),
      swapping: null,
      reservation: reservation(reserve, environment.maxModelLen),
      blockSize: null,
    };
  },
  examples: [
    { reserve: "max", placement: "buddy" },
    { reserve: "pow2", placement: "buddy" },
    { reserve: "oracle", placement: "buddy" },
    { reserve: "oracle", placement: "first-fit" },
    { reserve: "oracle", placement: "best-fit" },
    { reserve: "oracle", placement: "next-fit" },
    { reserve: "oracle", placement: "worst-fit" },
  ],
};
