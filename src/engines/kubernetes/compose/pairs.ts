/** Compose's short form of one entry of a map, in a list: `name=value`, or the name alone (Compose specification, `labels`). */
export interface Pair {
  readonly name: string;
  /** Absent where there is no `=`. */
  readonly value?: string;
}

/** At the first `=`: a value may have more. */
export function pairOf(text: string): Pair {
  const at = text.indexOf("=");
  return at < 0 ? { name: text } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** Of a name that is there twice the last counts; one without a value has the empty one. */
export function recordOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map(pairOf).map(({ name, value = "" }) => [name, value]));
}
