/**
 * Constants folded as the program itself would: texts put together, decoded, taken out of lists, names that are set once.
 * `"chi" + "ld_process"`, `["ex", "ec"].join("")`, `Buffer.from("…", "base64").toString()`, `getattr(os, "sys" + "tem")`
 * become what they come to. One pass over the tokens; what is folded is bounded by its length.
 */
import { bounds } from "../bounds.ts";
import { decodersOf } from "./decoders.ts";
import { foldFunction, foldMethod } from "./fold-calls.ts";
import { JAVASCRIPT_KEYWORDS } from "./javascript.ts";
import { importedNames, namesSetOnce } from "./names.ts";
import { PYTHON_KEYWORDS } from "./python.ts";
import { type Language, numberOf, type Token } from "./token.ts";

export interface Folded {
  readonly tokens: Token[];
  /** Constant texts and numbers by the name that is set to them once. */
  readonly constants: ReadonlyMap<string, Token>;
}

const TIGHTER = new Set([".", "(", "["]);
const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]{0,60}$/u;
/** What these have in brackets is no value: parameters, conditions. */
const HEADS = new Set(["function", "catch", "if", "while", "for", "switch", "with", "async"]);
const IMPORTERS = new Set(["require", "__import__", "import_module"]);

export function fold(tokens: readonly Token[], language: Language): Folded {
  const keywords = language === "python" ? PYTHON_KEYWORDS : JAVASCRIPT_KEYWORDS;
  const out: Token[] = [];
  const opens: number[] = [];
  const constants = new Map<string, Token>();
  const aliases = language === "python" ? importedNames(tokens) : new Map<string, string>();
  const once = namesSetOnce(tokens);
  const decoders = decodersOf(tokens);
  let left: number = bounds.foldedLength;

  const isConstant = (token: Token | undefined): token is Token & { readonly kind: "string" | "number" | "list" } =>
    token !== undefined && (token.kind === "string" || token.kind === "number" || token.kind === "list");
  const isPunct = (token: Token | undefined, text: string): boolean => token?.kind === "punct" && token.text === text;
  const endsValue = (token: Token | undefined): boolean =>
    token !== undefined &&
    (token.kind === "name"
      ? !keywords.has(token.text)
      : token.kind !== "punct" || token.text === ")" || token.text === "]");

  /** Exchanges what stands from an index on for one constant. */
  const replace = (from: number, token: Token): void => {
    left -= token.text.length + (token.values?.length ?? 0);
    const first = out[from] as Token;
    out.length = from;
    out.push({ ...token, at: first.at, broken: first.broken });
    adjacent();
  };

  /** Python puts texts together that follow each other. */
  const adjacent = (): void => {
    if (language !== "python") return;
    const [a, b] = [out.at(-2), out.at(-1)];
    if (a?.kind === "string" && b?.kind === "string") replace(out.length - 2, joined(a, b));
  };

  /** The operation at the end, once nothing binds tighter that follows. */
  const operate = (): void => {
    while (left > 0) {
      const { length } = out;
      const b = out[length - 1];
      if (!isConstant(b)) return;
      const [a, operator, before] = [out[length - 3], out[length - 2] as Token, out[length - 4]];
      if (!isConstant(a) || operator.kind !== "punct") return;
      if (before?.kind === "punct" && "*/%-!~".includes(before.text) && before.text !== "") return;
      const result = operation(a, operator.text, b);
      if (result === undefined) return;
      replace(out.length - 3, result);
    }
  };

  /** The dotted name that ends at an index, first part by its alias: `b64.b64decode` → `base64.b64decode`. */
  const pathTo = (index: number): { path: string; start: number } => {
    let start = index;
    const parts: string[] = [];
    for (let steps = 0; steps < 8; steps++) {
      const token = out[start];
      if (token === undefined || (token.kind !== "name" && token.kind !== "module")) break;
      parts.unshift(token.text);
      if (token.kind === "module" || !isPunct(out[start - 1], ".")) break;
      start -= 2;
    }
    const first = parts[0];
    const alias = first === undefined ? undefined : aliases.get(first);
    if (alias !== undefined) parts[0] = alias;
    return { path: parts.join("."), start };
  };

  /** What is set at the end of a statement: `name = constant`, `name = module.member`. */
  const settle = (): void => {
    const value = out.at(-1);
    if (value === undefined) return;
    const bracket = out[opens.at(-1) ?? -1];
    // Within brackets it is a keyword argument or a default.
    if (isPunct(bracket, "(") || isPunct(bracket, "[")) return;
    if (isConstant(value)) {
      const [name, equals] = [out.at(-3), out.at(-2)];
      if (name?.kind === "name" && isPunct(equals, "=") && !isPunct(out.at(-4), ".") && once.has(name.text))
        constants.set(name.text, value);
      return;
    }
    const { kind }: Token = value;
    if (kind !== "name" && kind !== "module") return;
    const { path, start } = pathTo(out.length - 1);
    const name = out[start - 2];
    if (!isPunct(out[start - 1], "=")) return;
    if (name?.kind === "name" && !isPunct(out[start - 3], ".") && once.has(name.text)) aliases.set(name.text, path);
    if (isPunct(name, "}") || isPunct(name, ")")) destructured(start - 3, path);
  };

  /** `{ exec: run } = module`, from before its closing bracket backwards. */
  const destructured = (end: number, path: string): void => {
    for (let at = end; at > 0 && end - at < 200; at--) {
      const token = out[at] as Token;
      if (token.kind === "punct" && (token.text === "{" || token.text === "(")) return;
      if (token.kind !== "name") continue;
      const renamed = isPunct(out[at - 1], ":") && out[at - 2]?.kind === "name";
      aliases.set(token.text, `${path}.${renamed ? (out[at - 2] as Token).text : token.text}`);
      if (renamed) at -= 2;
    }
  };

  const closeBrackets = (open: number): void => {
    const [first, second, third] = [out[open + 1], out[open + 2], out[open + 3]];
    const before = out[open - 1];
    if (endsValue(before)) {
      // Backwards: text[::-1].
      const backwards = isPunct(first, ":") && isPunct(second, ":") && isPunct(third, "-");
      if (backwards && before?.kind === "string" && out[open + 4]?.text === "1")
        replace(open - 1, { ...before, text: Array.from(before.text).reverse().join("") });
      else if (out.length !== open + 3 || first === undefined) return;
      else if (first.kind === "string" && IDENTIFIER.test(first.text)) {
        out.length = open;
        out.push({ ...first, kind: "punct", text: "." }, { ...first, kind: "name" });
      } else if (first.kind === "number" && before?.kind === "list") {
        const value = before.values?.at(numberOf(first));
        if (value !== undefined) replace(open - 1, constantOf(value, before));
      } else if (first.kind === "number" && before?.kind === "string") {
        const value = before.text.at(numberOf(first));
        if (value !== undefined) replace(open - 1, { ...before, text: value });
      }
      return;
    }
    const values = listOf(open);
    if (values !== undefined && values.length > 0)
      replace(open, { ...(out[open] as Token), kind: "list", text: "", values });
  };

  /** The constants between an opening bracket and the end; undefined where there is anything else. */
  const listOf = (open: number): (string | number)[] | undefined => {
    const values: (string | number)[] = [];
    if (out.length - open > bounds.listLength * 2) return undefined;
    for (let at = open + 1; at < out.length - 1; at++) {
      const token = out[at] as Token;
      if (token.kind === "string") values.push(token.text);
      else if (token.kind === "number") values.push(numberOf(token));
      else return undefined;
      at += 1;
      if (at < out.length - 1 && !isPunct(out[at], ",")) return undefined;
    }
    return values;
  };

  /** At most 64 tokens, or one list of all where all are constants; and how many there are. */
  const argumentsFrom = (open: number): [Token[], number] => {
    const length = out.length - open - 2;
    if (length <= 64) return [out.slice(open + 1, out.length - 1), length];
    const values = listOf(open);
    if (values === undefined) return [[], length];
    const like = out[open] as Token;
    return [
      [
        { ...like, text: "..." },
        { ...like, kind: "list", text: "", values },
      ],
      2,
    ];
  };

  const closeParenthesis = (open: number): void => {
    const before = out[open - 1];
    if (!endsValue(before)) {
      parenthesised(open);
      return;
    }
    if (before?.kind !== "name") return;
    const [inner, length] = argumentsFrom(open);
    const isMethod = isPunct(out[open - 2], ".");
    const object = isMethod ? out[open - 3] : undefined;
    if (isConstant(object) && object.kind !== "number") {
      const result = foldMethod(object, before.text, inner, length);
      if (result !== undefined) replace(open - 3, result);
      return;
    }
    const { path, start } = pathTo(open - 1);
    const last = path.slice(path.lastIndexOf(".") + 1);
    const [first] = inner;
    if ((IMPORTERS.has(last) || path === "import") && first?.kind === "string" && !isPunct(out[start - 1], ".")) {
      const text = first.text.replace(/^node:/, "");
      const { at, broken } = out[start] as Token;
      out.length = start;
      out.push({ ...first, kind: "module", text, at, broken });
      return;
    }
    if (
      last === "__getattribute__" &&
      isMethod &&
      inner.length === 1 &&
      first?.kind === "string" &&
      IDENTIFIER.test(first.text)
    ) {
      out.length = open - 1;
      out.push({ ...first, kind: "name" });
      return;
    }
    if (last === "getattr" || path === "Reflect.get") {
      member(open, start);
      return;
    }
    if (path === "eval" && length === 1 && first?.kind === "string" && IDENTIFIER.test(first.text)) {
      // eval("name") is the name.
      const known = constants.get(first.text);
      if (known !== undefined) replace(start, known);
      return;
    }
    const own = length === 1 && first?.kind === "string" ? decoders.get(path)?.(first.text) : undefined;
    const result =
      own === undefined
        ? foldFunction(path, inner, length, language)
        : { ...(first as Token), text: own, built: true, decoded: "base64" };
    if (result !== undefined) {
      const isNew = out[start - 1]?.kind === "name" && out[start - 1]?.text === "new";
      replace(isNew ? start - 1 : start, result);
    }
  };

  /** `getattr(os, "system")` → `os.system`. */
  const member = (open: number, start: number): void => {
    let comma = open + 1;
    let depth = 0;
    for (; comma < out.length - 1; comma++) {
      const token = out[comma] as Token;
      if (token.kind !== "punct") continue;
      if ("([{".includes(token.text)) depth += 1;
      else if (")]}".includes(token.text)) depth -= 1;
      else if (token.text === "," && depth === 0) break;
      if (comma - open > 64) return;
    }
    const name = out[comma + 1];
    if (name?.kind !== "string" || !IDENTIFIER.test(name.text)) return;
    const object = out.slice(open + 1, comma);
    const at = out[start] as Token;
    out.length = start;
    for (const token of object) out.push(token);
    out.push({ ...at, kind: "punct", text: ".", broken: false }, { ...name, kind: "name" });
  };

  /** Brackets around one value, and `(0, value)`. */
  const parenthesised = (open: number): void => {
    const before = out[open - 1];
    if (before?.kind === "name" && HEADS.has(before.text)) return;
    const isComma = out[open + 1]?.kind === "number" && isPunct(out[open + 2], ",");
    const from = isComma ? open + 3 : open + 1;
    const inner = out.slice(from, Math.min(out.length - 1, from + 18));
    if (inner.length === 0 || from + inner.length !== out.length - 1) return;
    const [first] = inner;
    if (inner.length === 1 && isConstant(first)) {
      replace(open, first);
      return;
    }
    const isPath = inner.every((token, index) =>
      index % 2 === 1
        ? isPunct(token, ".")
        : token.kind === "module" || (token.kind === "name" && !keywords.has(token.text)),
    );
    if (isPath && inner.length % 2 === 1) {
      const at = out[open] as Token;
      out.length = open;
      out.push({ ...(first as Token), broken: at.broken });
      for (const token of inner.slice(1)) out.push(token);
      return;
    }
    const values = language === "python" ? listOf(open) : undefined;
    if (values !== undefined && values.length > 1)
      replace(open, { ...(out[open] as Token), kind: "list", text: "", values });
  };

  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const isBracket = token.kind === "punct" && TIGHTER.has(token.text);
    if (!isBracket && !(language === "python" && token.kind === "string")) operate();
    if (token.broken || (token.kind === "punct" && (token.text === ";" || token.text === "," || token.text === "}")))
      settle();
    if (token.kind === "name") {
      const next = tokens[index + 1];
      const before = out.at(-1);
      const known = constants.get(token.text);
      const isOwn = isPunct(before, ".") && (out.at(-2)?.text === "self" || out.at(-2)?.text === "this");
      if (known !== undefined && isOwn && !isPunct(next, "=") && !isPunct(next, "(") && left > 0) {
        // A field of the class that is set once.
        left -= known.text.length;
        out.length -= 2;
        out.push({ ...known, at: token.at, broken: token.broken });
        continue;
      }
      const isKey = isPunct(next, ":") && (isPunct(before, "{") || isPunct(before, ","));
      if (known !== undefined && !isPunct(before, ".") && !isPunct(next, "=") && !isKey && left > 0) {
        left -= known.text.length;
        out.push({ ...known, at: token.at, broken: token.broken });
        adjacent();
      } else out.push(token);
      continue;
    }
    out.push(token);
    if (token.kind === "string") adjacent();
    if (token.kind !== "punct" || left <= 0) continue;
    if (token.text === "(" || token.text === "[" || token.text === "{") opens.push(out.length - 1);
    else if (token.text === ")" || token.text === "]" || token.text === "}") {
      const open = opens.pop();
      if (open === undefined || open >= out.length) continue;
      if (token.text === "]" && isPunct(out[open], "[")) closeBrackets(open);
      else if (token.text === ")" && isPunct(out[open], "(")) closeParenthesis(open);
    }
  }
  operate();
  settle();
  return { tokens: out, constants };
}

function constantOf(value: string | number, like: Token): Token {
  return { ...like, kind: typeof value === "string" ? "string" : "number", text: String(value) };
}

function joined(a: Token, b: Token): Token {
  const decoded = a.decoded ?? b.decoded;
  return { ...a, kind: "string", text: a.text + b.text, built: true, ...(decoded === undefined ? {} : { decoded }) };
}

function operation(a: Token, operator: string, b: Token): Token | undefined {
  if (operator === "+") {
    if (a.kind === "list" && b.kind === "list") return { ...a, values: [...(a.values ?? []), ...(b.values ?? [])] };
    if (a.kind === "list" || b.kind === "list") return undefined;
    if (a.kind === "string" || b.kind === "string") return joined(a, b);
  }
  if (a.kind !== "number" || b.kind !== "number") {
    // Python repeats texts so; short ones alone are worth it.
    return undefined;
  }
  const [left, right] = [numberOf(a), numberOf(b)];
  const result =
    operator === "+"
      ? left + right
      : operator === "-"
        ? left - right
        : operator === "*"
          ? left * right
          : operator === "^"
            ? left ^ right
            : undefined;
  return result === undefined || !Number.isFinite(result) ? undefined : { ...a, text: String(result) };
}
