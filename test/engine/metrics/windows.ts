import { TICKS_PER_NANOSECOND } from "../../../src/core/time.ts";
import { type Compiled, sourceAt } from "../compiled.ts";

/** What is carried out of the doubles of an integral. */
const KEPT = 2n ** 50n;

/** AssemblyScript for a module whose integrals a test reads. */
export const READS_WINDOWS = sourceAt("test/engine/metrics/windows.as");

type Reads = Compiled<"sums" | "carried" | "windowFrom" | "windowUntil" | "windowEndNs">;

/** The totals of integrals at an address, in amount × ticks, one a column. */
export function totalsAt(module: Reads, address: number): bigint[] {
  const sums = doublesAt(module, module.sums(address));
  const carried = doublesAt(module, module.carried(address));
  const places = [...sums].map((sum, place) => BigInt(carried[place]!) * KEPT + BigInt(sum));
  const columns = places.length / 2;
  return places
    .slice(0, columns)
    .map((ns, column) => ns * BigInt(TICKS_PER_NANOSECOND) + places[columns + column]!);
}

/** What the integrals gained in a window that begins at `fromNs` and lasts at least to there. */
export function windowTotalsAt(module: Reads, windows: number, fromNs: number): bigint[] {
  const until = totalsAt(module, module.windowUntil(windows));
  if (module.windowEndNs(windows) <= fromNs) return until.map(() => 0n);
  const from = totalsAt(module, module.windowFrom(windows));
  return until.map((total, column) => total - from[column]!);
}

/** The entries of a StaticArray<f64>, its length in bytes in front. */
function doublesAt({ memory: { buffer } }: Reads, address: number): Float64Array {
  const [bytes] = new Uint32Array(buffer, address - 4, 1);
  return new Float64Array(buffer, address, bytes! / 8);
}
