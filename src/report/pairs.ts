/** `key=value` pairs; what has blanks, quotes or nothing in it is quoted as in JSON. Absent values are left out. */
export function pairs(entries: readonly (readonly [key: string, value: string | undefined])[]): string {
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${quoted(value)}`])).join(" ");
}

function quoted(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
