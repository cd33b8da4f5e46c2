// What the engine asks of whoever runs it (src/engine/engine.ts).
import { Group } from "./request";

/** Has the request come that is due by itself, by `exports.ts`; tells when the one behind it will, Infinity if none. */
export declare function arriveKnown(): f64;

/** Writes into the columns of engine/foreseen.ts which requests come behind those that have come; tells how many. */
export declare function foresee(): i32;

/** The same as {@link arriveKnown} for the first of those that others caused. */
export declare function arriveCaused(): f64;

/** A request of a user has ended, who may send another: tells when the first of all that others caused is due, Infinity if none. */
export declare function ended(user: i32, atNs: f64): f64;

/** So many requests have ended. */
export declare function progress(ended: f64): void;

// With `--paranoid` only (src/engine/audit.ts).

/** An operation begins. */
export declare function settle(): void;

/** A group has been admitted: its first `tables` sequences have tables for `tokens` tokens. */
export declare function admitted(
  group: Group,
  sequences: StaticArray<i32>,
  tables: i32,
  tokens: i32,
): void;

/** A group has room for `tokens` tokens in each sequence. */
export declare function grown(group: Group, tokens: i32): void;

/** The first `tables` sequences, which are all of a group, share what the first has written. */
export declare function forked(
  group: Group,
  sequences: StaticArray<i32>,
  tables: i32,
  tokens: i32,
): void;

/** A sequence has room for a block more. */
export declare function extended(sequence: i32): void;

/** A sequence gives back what it holds. */
export declare function released(sequence: i32): void;

/** All of a group has gone to the CPU pool. */
export declare function swappedOut(group: Group): void;

/** All of a group has come back from there. */
export declare function swappedIn(group: Group): void;

/** An operation has ended that was granted and of which all is told; or anything may have happened in a pool without operations. */
export declare function changed(): void;

/** An operation has ended that was refused. */
export declare function refused(): void;
