/** One challenge of a WWW-Authenticate header (RFC 9110, section 11). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Parameter names are lower case; a repeated one keeps its first value. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads a WWW-Authenticate header: a list of challenges, each a scheme with either a token68 or a list of parameters.
 * Repeated header lines are joined by commas first. Linear in the text. Returns undefined where the text does not
 * follow the grammar.
 */
export function parseChallenges(text: string): readonly Challenge[] | undefined {
  const challenges: Challenge[] = [];
  let at = 0;

  function skip(characters: string): boolean {
    const start = at;
    while (at < text.length && characters.includes(text.charAt(at))) at += 1;
    return at > start;
  }

  function token(): string {
    const start = at;
    while (at < text.length && isTokenCharacter(text.charCodeAt(at))) at += 1;
    return text.slice(start, at);
  }

  function quoted(): string | undefined {
    let value = "";
    let start = at + 1;
    for (at = start; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (character === '"') {
        value += text.slice(start, at);
        at += 1;
        return value;
      }
      if (character === "\\") {
        value += text.slice(start, at);
        at += 1;
        start = at;
      }
    }
    return undefined;
  }

  /** `name = value` at the cursor; leaves the cursor alone where there is none. */
  function parameter(): readonly [string, string] | undefined {
    const start = at;
    const name = token();
    skip(BLANK);
    if (name !== "" && text.charAt(at) === "=") {
      at += 1;
      skip(BLANK);
      const value = text.charAt(at) === '"' ? quoted() : token() || undefined;
      if (value !== undefined && endsElement()) return [name.toLowerCase(), value];
    }
    at = start;
    return undefined;
  }

  function endsElement(): boolean {
    skip(BLANK);
    return at >= text.length || text.charAt(at) === ",";
  }

  function skipToken68(): boolean {
    const start = at;
    while (at < text.length && isToken68Character(text.charCodeAt(at))) at += 1;
    if (at === start) return false;
    while (text.charAt(at) === "=") at += 1;
    return endsElement();
  }

  let parameters: Map<string, string> | undefined;
  while (true) {
    skip(SEPARATORS);
    if (at >= text.length) return challenges;
    let found = parameters === undefined ? undefined : parameter();
    if (found === undefined) {
      const scheme = token();
      if (scheme === "") return undefined;
      parameters = new Map();
      challenges.push({ scheme: scheme.toLowerCase(), parameters });
      const spaced = skip(BLANK);
      if (at >= text.length || text.charAt(at) === ",") continue;
      if (!spaced) return undefined;
      found = parameter();
      if (found === undefined) {
        if (!skipToken68()) return undefined;
        continue;
      }
    }
    const [name, value] = found;
    if (parameters !== undefined && !parameters.has(name)) parameters.set(name, value);
  }
}

const BLANK = " \t";
/** Between elements of a list: empty elements are allowed. */
const SEPARATORS = " \t,";

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isTokenCharacter(code: number): boolean {
  return isAlphanumeric(code) || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(code));
}

function isToken68Character(code: number): boolean {
  return isAlphanumeric(code) || "-._~+/".includes(String.fromCharCode(code));
}
