/** Variables in the values of a Compose file (the Compose specification, "Interpolation"), as compose-go's template expands them. */

/**
 * What is known of the environment: the texts of the `.env` file beside it. `undefined` for a name that it sets in a way that
 * is not followed; `unknown` where the file itself cannot be read.
 */
export type ComposeVariables = ReadonlyMap<string, string | undefined> | "unknown";

export interface Expanded {
  /** With each variable that is not known as `${NAME}`. */
  readonly text: string;
  /** Their names; empty where the text is certain. */
  readonly unresolved: readonly string[];
  /** Compose refuses the text. */
  readonly invalid: boolean;
}

const NAME = /[_a-z][_a-z0-9]*/iy;

/** More nested than anything sensible. */
const DEPTH = 16;

export function expandCompose(text: string, variables: ComposeVariables): Expanded {
  if (!text.includes("$")) return { text, unresolved: [], invalid: false };
  const unresolved: string[] = [];
  // Go's expressions fold these to s and k, which makes them part of a name.
  let invalid = /\$[^$]*[\u017f\u212a]/.test(text);
  const result = expand(text, 0);
  return { text: result, unresolved, invalid };

  function expand(from: string, depth: number): string {
    if (depth > DEPTH) {
      invalid = true;
      return from;
    }
    let out = "";
    /** Where the line ends that a variable is in, and its last closing brace: looked for once a line. */
    let line = { end: -1, last: -1 };
    for (let at = 0; at < from.length; ) {
      const dollar = from.indexOf("$", at);
      if (dollar < 0) return out + from.slice(at);
      out += from.slice(at, dollar);
      const next = from[dollar + 1];
      if (next === "$") {
        out += "$";
        at = dollar + 2;
        continue;
      }
      NAME.lastIndex = dollar + (next === "{" ? 2 : 1);
      const name = NAME.exec(from)?.[0];
      if (next !== "{") {
        // A dollar before anything else is one.
        out += name === undefined ? "$" : plain(name);
        at = dollar + 1 + (name?.length ?? 0);
        continue;
      }
      if (dollar > line.end) {
        const newline = from.indexOf("\n", dollar);
        const end = newline < 0 ? from.length : newline;
        line = { end, last: from.lastIndexOf("}", end) };
      }
      const close = name === undefined ? -1 : closing(from, dollar, dollar + 2 + name.length, line.last);
      if (name === undefined || close < 0) {
        invalid = true;
        return out + from.slice(dollar);
      }
      out += braced(name, from.slice(dollar + 2 + name.length, close), depth);
      at = close + 1;
    }
    return out;
  }

  function braced(name: string, rest: string, depth: number): string {
    if (rest === "") return plain(name);
    const [operator = ""] = /^:?[-+?]/.exec(rest) ?? [];
    const inner = expand(rest.slice(operator.length), depth + 1);
    const known = lookUp(name);
    const filled = known.text !== undefined && (known.text !== "" || !operator.startsWith(":"));
    if (!known.certain) return doubt(name);
    if (operator.endsWith("-")) return filled ? (known.text as string) : inner;
    // What is chosen by whether a variable is set at all, and nothing here sets it, is the deployer's choice.
    if (known.text === undefined) return doubt(name);
    if (operator.endsWith("+")) return filled ? inner : known.text;
    return filled ? known.text : doubt(name);
  }

  function plain(name: string): string {
    const { text: value } = lookUp(name);
    return value ?? doubt(name);
  }

  function doubt(name: string): string {
    unresolved.push(name);
    return `\${${name}}`;
  }

  /** The project's name is set by Compose itself. */
  function lookUp(name: string): { readonly text?: string | undefined; readonly certain: boolean } {
    if (variables === "unknown" || name === "COMPOSE_PROJECT_NAME") return { certain: false };
    const value = variables.get(name);
    return { text: value, certain: value !== undefined || !variables.has(name) };
  }
}

/**
 * The brace that closes a variable, or -1: Go's expression takes all up to the line's last brace, and then cuts at the first that
 * closes as many as were opened; the character behind an opening one is never looked at.
 */
function closing(text: string, dollar: number, afterName: number, last: number): number {
  if (text[afterName] === "}") return afterName;
  if (!/^:?[-+?]/.test(text.slice(afterName, afterName + 2)) || last < afterName) return -1;
  let open = 0;
  for (let at = dollar; at <= last; at++) {
    if (text[at] === "}") {
      open--;
      if (open === 0) return at;
    }
    if (text[at] === "{") {
      open++;
      at++;
    }
  }
  return last;
}
