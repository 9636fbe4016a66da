/** Header fields as they came: name, value, name, value. An object would lose which of them were repeated, and their order. */
export type RawHeaders = readonly string[];

/** What is about one connection and not about the message (RFC 9110, section 7.6.1; RFC 9112). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The first value of a field; `name` in lower case. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if ((headers[at] as string).toLowerCase() === name) return headers[at + 1];
  }
  return undefined;
}

/** Every value of a field; `name` in lower case. */
export function headersOf(headers: RawHeaders, name: string): readonly string[] {
  return headers.filter((_, at) => at % 2 === 1 && (headers[at - 1] as string).toLowerCase() === name);
}

/** Those that pass. @param passes - told names in lower case */
export function keepHeaders(headers: RawHeaders, passes: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] as string;
    if (passes(name.toLowerCase())) kept.push(name, headers[at + 1] as string);
  }
  return kept;
}

/** Without what is about the connection, by the standard or because the `Connection` field names it. */
export function endToEnd(headers: RawHeaders): string[] {
  const named = new Set<string>();
  for (const value of headersOf(headers, "connection")) {
    for (const name of value.split(",")) named.add(name.trim().toLowerCase());
  }
  return keepHeaders(headers, (name) => !HOP_BY_HOP.has(name) && !named.has(name));
}
