/** What values of JavaScript take, about: bounds are held in bytes by it. */

/** Of an object, a list or a text besides what is in it. */
const ownBytes = 48;

/** Bytes of a value and of all that is in it; what two of them share counts for both. Values have no circles. */
export function weightOf(value: unknown): number {
  if (typeof value === "string") return ownBytes + value.length;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = ownBytes;
  if (Array.isArray(value)) {
    for (const each of value) bytes += weightOf(each);
    return bytes;
  }
  for (const key in value) {
    const each = (value as Readonly<Record<string, unknown>>)[key];
    bytes += key.length + (typeof each === "string" ? ownBytes + each.length : weightOf(each));
  }
  return bytes;
}
