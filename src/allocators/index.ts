import { contiguous } from "./contiguous.ts";
import type { AllocatorDefinition } from "./definition.ts";
import { paged } from "./paged.ts";

/** Every allocator, by the name a config gives it. A new one is a file and a line here. */
export const allocators: Readonly<Record<string, AllocatorDefinition>> = {
  contiguous,
  paged,
};
