/**
 * A record of things that take work to make: each is made when it is first asked for, and kept. Its keys and their order are those
 * of `sources`.
 */
export function lazyRecord<Source, Made>(
  sources: Iterable<readonly [string, Source]>,
  make: (source: Source, key: string) => Made,
): Readonly<Record<string, Made>> {
  const record: Record<string, Made> = {};
  for (const [key, source] of sources) {
    let made: Made | undefined;
    Object.defineProperty(record, key, {
      enumerable: true,
      get: () => {
        made ??= make(source, key);
        return made;
      },
    });
  }
  return record;
}
