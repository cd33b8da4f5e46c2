/** Reads the resolved config of a result document, whose shape a report must not rely on. */

/** The value at `path`, or undefined when the way there is broken. */
export function configValue(config: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    config,
  );
}

/** The string at `path`, or null. */
export function configText(config: unknown, ...path: readonly string[]): string | null {
  const value = configValue(config, ...path);
  return typeof value === "string" ? value : null;
}

/** The number at `path`, or null. */
export function configNumber(config: unknown, ...path: readonly string[]): number | null {
  const value = configValue(config, ...path);
  return typeof value === "number" ? value : null;
}

/** Something with keys to look up: neither a list nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
