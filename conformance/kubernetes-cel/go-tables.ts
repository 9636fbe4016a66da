/** Tables of test cases as Go's tests write them, read as data: an expression, and what it should come to. */

export interface TableCase {
  readonly line: number;
  readonly expression: string;
  /** `value`: some value, which the table states in Go. `any`: nothing is stated but that it can be evaluated. */
  readonly expected: true | false | "error" | "value" | "any";
}

/** One `{ … expr: …, … }` each; those whose expression is no literal are left out. */
export function casesOf(source: string): TableCase[] {
  const cases: TableCase[] = [];
  for (const match of source.matchAll(/\bexpr:\s*(`[^`]*`|"(?:[^"\\\n]|\\.)*")\s*(?=[,}])/g)) {
    const [whole, literal = ""] = match;
    const around = around_(source, match.index, match.index + whole.length);
    if (/fmt\.Sprintf|\bin:\s|parseOnly: true|\bunparsed:/.test(around)) continue;
    cases.push({
      line: source.slice(0, match.index).split("\n").length,
      expression: textOf(literal),
      expected: expectedBy(around),
    });
  }
  return cases;
}

/** Cases of `text.format([…])`, in the default locale. */
export function formatsOf(source: string): (Omit<TableCase, "expected"> & { readonly expected: string | undefined })[] {
  return [...source.matchAll(/\bformat:\s*("(?:[^"\\\n]|\\.)*")/g)].flatMap((match) => {
    const [whole, format = ""] = match;
    const around = around_(source, match.index, match.index + whole.length);
    const literalOf = (field: string) =>
      new RegExp(`\\b${field}:\\s*(\`[^\`]*\`|"(?:[^"\\\\\\n]|\\\\.)*")`).exec(around)?.[1];
    if (/dynArgs|locale:\s*"(?!en_US")|TestAllTypes|too many arguments|strings\.Repeat/.test(around)) return [];
    const output = literalOf("expectedOutput");
    const args = textOf(literalOf("formatArgs") ?? '""');
    return {
      line: source.slice(0, match.index).split("\n").length,
      expression: `${format}.format([${args}])`,
      expected: output === undefined ? undefined : textOf(output),
    };
  });
}

/** Go's literal of a text. */
export function textOf(literal: string): string {
  return literal.startsWith("`") ? literal.slice(1, -1) : (JSON.parse(literal) as string);
}

/** The innermost braces around a place. Braces within texts are passed over. */
function around_(source: string, start: number, end: number): string {
  let depth = 0;
  let from = start;
  while (from > 0 && !(source[from] === "{" && depth === 0)) {
    if (source[from] === "}") depth += 1;
    if (source[from] === "{") depth -= 1;
    from -= 1;
  }
  const bare = /`[^`]*`|"(?:[^"\\\n]|\\.)*"|[{}]/g;
  bare.lastIndex = end;
  depth = 0;
  for (let match = bare.exec(source); match !== null; match = bare.exec(source)) {
    if (match[0] === "{") depth += 1;
    if (match[0] === "}" && depth === 0) return source.slice(from, match.index);
    if (match[0] === "}") depth -= 1;
  }
  return source.slice(from);
}

function expectedBy(around: string): TableCase["expected"] {
  if (/\b(?:expect(?:ed)?RuntimeErr\w*|expect(?:ed)?CompileErrs?|err|runtimeErr):\s*(?!"")\S/.test(around))
    return "error";
  const value = /\b(?:expectValue|expectResult|returnValue|expectedValue):\s*([^\n]*)/.exec(around)?.[1] ?? "";
  if (/^(?:trueVal|types\.True|types\.Bool\(true\))/.test(value)) return true;
  if (/^(?:falseVal|types\.False|types\.Bool\(false\))/.test(value)) return false;
  return value === "" ? "any" : "value";
}
