/** Names of a file as they are set: which are set once, and what Python's imports call modules. */
import type { Token } from "./token.ts";

/** Names with exactly one assignment in the file. */
export function namesSetOnce(tokens: readonly Token[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const opens: string[] = [];
  const add = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (let index = 0; index < tokens.length - 1; index++) {
    const token = tokens[index] as Token;
    if (token.kind === "punct") {
      if (token.text === "(" || token.text === "[" || token.text === "{") opens.push(token.text);
      else if (token.text === ")" || token.text === "]" || token.text === "}") opens.pop();
    }
    if (token.kind !== "name") continue;
    const next = tokens[index + 1] as Token;
    const before = tokens[index - 1];
    const isMember = before?.kind === "punct" && before.text === ".";
    if (isMember || next.kind !== "punct") continue;
    if (next.text === "=") {
      // Keyword arguments set nothing.
      if ((opens.at(-1) ?? "{") === "{") add(token.text);
    } else if (next.text.length > 1 && next.text.endsWith("=") && !"=!<>".includes(next.text[0] as string)) {
      add(token.text);
      add(token.text);
    } else if (next.text === "=>" || next.text === "++" || next.text === "--") {
      add(token.text);
      add(token.text);
    }
  }
  const once = new Set<string>();
  for (const [name, count] of counts) if (count === 1) once.add(name);
  return once;
}

/** `import base64 as b`, `from base64 import b64decode as d`: `b` → `base64`, `d` → `base64.b64decode`. */
export function importedNames(tokens: readonly Token[]): Map<string, string> {
  const names = new Map<string, string>();
  for (let index = 0; index < tokens.length; index++) {
    const { kind, text } = tokens[index] as Token;
    if (kind !== "name" || (text !== "import" && text !== "from")) continue;
    let at = index + 1;
    const word = (): string => {
      let path = "";
      for (; at < tokens.length; at++) {
        const token = tokens[at] as Token;
        const isPart =
          token.kind === "punct" ? token.text === "." : token.kind === "name" && (path === "" || path.endsWith("."));
        if (!isPart || path.length > NAME_LENGTH) break;
        path += token.text;
      }
      return path;
    };
    const module = text === "from" ? `${word()}.` : "";
    if (text === "from") {
      if (tokens[at]?.text !== "import") continue;
      at += 1;
    }
    for (let count = 0; count < IMPORTED; count++) {
      if (tokens[at]?.text === "(") at += 1;
      const name = word();
      if (name === "") break;
      if (tokens[at]?.text === "as") {
        at += 1;
        names.set(word(), module + name);
      } else if (module !== "") names.set(name, module + name);
      if (tokens[at]?.text !== ",") break;
      at += 1;
    }
    index = at - 1;
  }
  return names;
}

const NAME_LENGTH = 200;
const IMPORTED = 500;
