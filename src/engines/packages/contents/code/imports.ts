/** Imports: `import { a as b } from "m"`, `from m import a as b`. */
import type { Walk } from "./frames.ts";
import type { Token } from "./token.ts";

/** Reads on within an import; false where it ended before this token. */
export function readImport(w: Walk, index: number): boolean {
  const token = w.tokens[index] as Token;
  const state = w.importing as NonNullable<typeof w.importing>;
  const ends = token.kind === "punct" && token.text === ";";
  if (w.python ? ends : ends || (token.broken && state.module !== undefined)) {
    finishImport(w);
    w.importing = undefined;
    return false;
  }
  if (token.kind === "string" || token.kind === "module") {
    state.module = token.text.replace(/^node:/, "");
    if (!w.python) {
      finishImport(w);
      w.importing = undefined;
    }
    return true;
  }
  if (state.names.length > 200) return true;
  if (token.kind === "punct" && token.text === "*" && !w.python) state.names.push(["*", "*"]);
  if (token.kind !== "name") {
    if (w.python && token.text === "." && state.names.length > 0 && state.module === undefined) return true;
    return true;
  }
  if (token.text === "import") {
    // from a.b import c: what came before is the module.
    state.module = state.names.map(([name]) => name).join(".");
    state.names = [];
    return true;
  }
  if (token.text === "from" || token.text === "as" || token.text === "type") return true;
  const before = w.tokens[index - 1];
  if (before?.kind === "name" && before.text === "as") {
    const last = state.names.at(-1);
    if (last !== undefined) last[1] = token.text;
  } else if (before?.kind === "punct" && before.text === "." && w.python && state.module === undefined) {
    const last = state.names.at(-1);
    if (last !== undefined) {
      // import a.b binds a; import a.b as c binds a.b.
      const whole = `${last[0]}.${token.text}`;
      last[0] = whole;
      last[1] = last[1].split(".")[0] as string;
    }
  } else {
    const braced = !w.python && state.names.length >= 0 && insideBraces(w, index);
    state.names.push([!w.python && !braced ? "*" : token.text, token.text]);
  }
  return true;
}

export function insideBraces(w: Walk, index: number): boolean {
  for (let at = index - 1; at >= 0 && index - at < 400; at--) {
    const token = w.tokens[at] as Token;
    if (token.kind === "punct" && token.text === "{") return true;
    if (token.kind === "name" && token.text === "import") return false;
  }
  return false;
}

export function finishImport(w: Walk): void {
  const { module, names } = w.importing as NonNullable<typeof w.importing>;
  for (const [name, as] of names) {
    const binding = w.bindings.bind(w.frame.scope, as, "declared", w.python);
    if (module === undefined || module === "") binding.path = as === name.split(".")[0] ? as : name;
    else binding.path = name === "*" || name === "default" ? module : `${module}.${name}`;
  }
}
