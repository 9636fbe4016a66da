/** A JSON value as text that the Go program writes alike: sorted keys, the bits of numbers, UTF-16 units. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => [quoted(key), inner] as const);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${key}:${canonical(inner)}`).join(",")}}`;
  }
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return `#${bits(value)}`;
  return String(value);
}

function bits(value: number): string {
  const buffer = Buffer.alloc(8);
  // A zero has no sign to anybody who reads the API's whole numbers.
  buffer.writeDoubleBE(value === 0 ? 0 : value);
  return buffer.toString("hex");
}

function quoted(text: string): string {
  return `"${text.replace(/[^!#-[\]-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}
