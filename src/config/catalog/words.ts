/** The words of a repository's name: `llama-3_1` and `llama-3.1` are the same words, `4-bit` and `4bit` the same word. */
export function modelWords(text: string): string[] {
  const base = text.slice(text.lastIndexOf("/") + 1).toLowerCase();
  return base
    .replace(/(\d)_(?=\d)/g, "$1.")
    .replace(/(\d)[-_ ]bit/g, "$1bit")
    .split(/[^a-z0-9.]+/)
    .filter((word) => word !== "");
}

/** Whether all of the wanted words come in a name in that order, others between them. */
export function inOrder(wanted: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  for (const word of words) if (word === wanted[at]) at += 1;
  return at === wanted.length;
}
