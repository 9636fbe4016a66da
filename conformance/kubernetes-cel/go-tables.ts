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

export interface CompileCase {
  readonly line: number;
  readonly expression: string;
  readonly refused: boolean;
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
}

/** Expressions by what they may read and whether they compile: `Expression: "…"`, or lists of them by case. */
export function compiledBy(source: string): CompileCase[] {
  const lineOf = (index: number) => source.slice(0, index).split("\n").length;
  const single = [...source.matchAll(/\bExpression:\s*("(?:[^"\\\n]|\\.)*")/g)].map((match) => ({
    ...{ line: lineOf(match.index), expression: textOf(match[1] ?? '""') },
    ...{ refused: false, hasParams: true, hasAuthorizer: true },
  }));
  const listed = [
    ...source.matchAll(/\b(expressions|errorExpressions):\s*(?:\[\]string|map\[string\]string)\{/g),
  ].flatMap((match) => {
    const end = match.index + match[0].length;
    const around = around_(source, match.index, match.index);
    const refused = match[1] === "errorExpressions";
    const inner = around_(source, end, end);
    const pattern = refused ? /("(?:[^"\\\n]|\\.)*"):/g : /("(?:[^"\\\n]|\\.)*")[,}\s]/g;
    return [...inner.matchAll(pattern)].map(([, literal = '""']) => ({
      ...{ line: lineOf(match.index), expression: textOf(literal), refused },
      hasParams: /hasParams:\s*true/.test(around),
      hasAuthorizer: /hasAuthorizer:\s*true/.test(around),
    }));
  });
  return [...single, ...listed];
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
