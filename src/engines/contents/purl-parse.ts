/** A package-url taken apart (ECMA-427): every part decoded, nothing looked up. */
export interface ParsedPurl {
  /** Lower case. */
  readonly type: string;
  /** Segments, without empty ones. */
  readonly namespace: readonly string[];
  readonly name: string;
  readonly version?: string;
  /** Keys in lower case; those without a value are none. */
  readonly qualifiers: ReadonlyMap<string, string>;
  /** Segments, without empty ones, `.` and `..`. */
  readonly subpath: readonly string[];
}

/** Longer ones are no names of packages. */
const LONGEST = 8_192;

/** type-name = ALPHA *( ALPHA / DIGIT / "." / "-" ); old writers used the plus as well. */
const TYPE = /^[a-z][a-z0-9.+-]*$/;
const QUALIFIER_KEY = /^[a-z][a-z0-9._-]*$/;

/**
 * Parses as ECMA-427 ("How to parse a purl string") says: from the right the subpath, the qualifiers and the version,
 * from the left the scheme and the type. A type's own rules on letters' case are the caller's.
 *
 * @returns the parts, or what is wrong as the end of a sentence about the text
 */
export function parsePurl(text: string): ParsedPurl | { readonly fault: string } {
  if (text.length > LONGEST) return { fault: `has ${text.length} characters` };
  let rest = text;

  let subpath: readonly string[] = [];
  const hash = rest.lastIndexOf("#");
  if (hash >= 0) {
    const segments = decodeSegments(rest.slice(hash + 1));
    if (segments === undefined) return { fault: "has a subpath that is not percent-encoded" };
    subpath = segments.filter((segment) => segment !== "." && segment !== "..");
    rest = rest.slice(0, hash);
  }

  const qualifiers = new Map<string, string>();
  const question = rest.lastIndexOf("?");
  if (question >= 0) {
    for (const pair of rest.slice(question + 1).split("&")) {
      const equals = pair.indexOf("=");
      if (equals < 0) {
        if (pair !== "") return { fault: "has a qualifier without an equals sign" };
        continue;
      }
      const key = pair.slice(0, equals).toLowerCase();
      const value = decode(pair.slice(equals + 1));
      if (!QUALIFIER_KEY.test(key)) return { fault: "has a qualifier whose key is none" };
      if (value === undefined) return { fault: `has a qualifier ${key} that is not percent-encoded` };
      if (value === "") continue;
      if (qualifiers.has(key)) return { fault: `has the qualifier ${key} twice` };
      qualifiers.set(key, value);
    }
    rest = rest.slice(0, question);
  }

  const colon = rest.indexOf(":");
  if (colon < 0 || rest.slice(0, colon).toLowerCase() !== "pkg") return { fault: "does not begin with pkg:" };
  rest = withoutSlashes(rest.slice(colon + 1));

  const slash = rest.indexOf("/");
  if (slash < 0) return { fault: "has no name" };
  const type = rest.slice(0, slash).toLowerCase();
  if (!TYPE.test(type)) return { fault: "has no type" };
  rest = withoutSlashes(rest.slice(slash + 1));

  let version: string | undefined;
  const at = rest.lastIndexOf("@");
  // The scope of an npm package without a version: `pkg:npm/@scope/name`.
  if (at > 0 || (at === 0 && type !== "npm")) {
    if (at === 0 || rest[at - 1] === "/") return { fault: "has no name before its version" };
    version = decode(rest.slice(at + 1));
    if (version === undefined) return { fault: "has a version that is not percent-encoded" };
    rest = withoutSlashes(rest.slice(0, at));
  }

  const segments = decodeSegments(rest);
  if (segments === undefined) return { fault: "has a name that is not percent-encoded" };
  const name = segments.at(-1);
  if (name === undefined) return { fault: "has no name" };
  return {
    type,
    namespace: segments.slice(0, -1),
    name,
    ...(version === undefined || version === "" ? {} : { version }),
    qualifiers,
    subpath,
  };
}

function withoutSlashes(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === "/") start += 1;
  while (end > start && text[end - 1] === "/") end -= 1;
  return text.slice(start, end);
}

function decodeSegments(path: string): string[] | undefined {
  const segments: string[] = [];
  for (const written of path.split("/")) {
    const segment = decode(written);
    if (segment === undefined) return undefined;
    if (segment !== "") segments.push(segment);
  }
  return segments;
}

function decode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
