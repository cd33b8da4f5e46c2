import { nearest } from "../../core/nearest.ts";

/** Anything of a few letters is near a shorter name. */
const SHORTEST = 4;

/** A name that a file has in place of one of `known` that it lacks: its values would be left out, and nobody would be told. Null without one. */
export function misspelt(
  names: readonly string[],
  known: readonly string[],
): { readonly index: number; readonly meant: string } | null {
  const missing = known.filter((name) => name.length >= SHORTEST && !names.includes(name));
  for (const [index, name] of names.entries()) {
    const meant = nearest(name, missing);
    if (meant !== null) return { index, meant };
  }
  return null;
}
