import type { SequenceId, Tokens } from "../request.ts";

/** Hears of each operation of an allocator that is checked (engine/allocators/checked.ts): groups by their addresses. */
export interface Audit {
  /** An operation begins. */
  settle(): void;
  /** The first sequences of a group have tables for so many tokens. */
  admitted(group: number, sequences: readonly SequenceId[], tokens: Tokens): void;
  grown(group: number, tokens: Tokens): void;
  /** All sequences of a group share the tokens of the first. */
  forked(group: number, sequences: readonly SequenceId[], tokens: Tokens): void;
  /** The sequence has room for a block more. */
  extended(sequence: SequenceId): void;
  released(sequence: SequenceId): void;
  swappedOut(group: number): void;
  swappedIn(group: number): void;
  /** An operation has ended that was granted; or anything may have happened in a pool without operations. */
  changed(): void;
  /** An operation has ended that was refused. */
  refused(): void;
}

/** What engine/host.ts declares of it; `integersAt` reads a column of the engine. */
export function auditHost(
  audit: () => Audit,
  integersAt: (address: number, length: number) => Int32Array,
) {
  const sequencesAt = (address: number, length: number) => [...integersAt(address, length)];
  return {
    settle: () => audit().settle(),
    admitted: (group: number, sequences: number, tables: number, tokens: Tokens) =>
      audit().admitted(group, sequencesAt(sequences, tables), tokens),
    grown: (group: number, tokens: Tokens) => audit().grown(group, tokens),
    forked: (group: number, sequences: number, tables: number, tokens: Tokens) =>
      audit().forked(group, sequencesAt(sequences, tables), tokens),
    extended: (sequence: SequenceId) => audit().extended(sequence),
    released: (sequence: SequenceId) => audit().released(sequence),
    swappedOut: (group: number) => audit().swappedOut(group),
    swappedIn: (group: number) => audit().swappedIn(group),
    changed: () => audit().changed(),
    refused: () => audit().refused(),
  };
}
