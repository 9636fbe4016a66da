/** Every regular expression of src/: those that are written there, and those that are put together when it is loaded. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { secretRules } from "../../src/engines/secrets/rules/index.ts";
import { prepareRule } from "../../src/engines/secrets/window.ts";

export interface FoundExpression {
  /** `src/core/glob.ts:12`, or a secret rule's id. */
  readonly place: string;
  readonly source: string;
  readonly flags: string;
  /** The longest text that it meets: characters. */
  readonly bound: number;
}

const ROOT = join(import.meta.dirname, "../..");

/** The largest text that any of them is handed as a whole: a Dockerfile, a pipeline, a line of a manifest. */
const WHOLE = 1024 * 1024;

/** Files whose expressions meet shorter texts: what is longer is cut or refused before. */
const SHORTER: Readonly<Record<string, number>> = {
  // `sensitiveFile` takes no longer name.
  "src/checks/build/dockerfile/secret-names.ts": 256,
  // `optionIn` cuts.
  "src/checks/build/debugger-open.ts": 2_048,
};

export function writtenExpressions(): FoundExpression[] {
  return (
    globSync("src/**/*.ts", { cwd: ROOT })
      // The rules themselves are met with their windows, below.
      .filter((path) => !/\.(?:test|fixture)\.ts$|^src\/engines\/secrets\/rules\/[a-z-]+\.ts$/.test(path))
      .sort()
      .flatMap(expressionsIn)
  );
}

function expressionsIn(path: string): FoundExpression[] {
  const file = ts.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"), {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  const found: FoundExpression[] = [];
  const bound = SHORTER[path] ?? WHOLE;
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
      const text = node.getText(file);
      const slash = text.lastIndexOf("/");
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      const place = `${path}:${line + 1}`;
      found.push({ place, source: text.slice(1, slash), flags: text.slice(slash + 1), bound });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Secret rules see windows of a file, joined up to a length of each rule's own. */
export function ruleExpressions(): FoundExpression[] {
  return secretRules.map((rule) => {
    const { source, flags } = rule.pattern;
    return { place: `secret rule ${rule.id}`, source, flags, bound: prepareRule(rule).joined };
  });
}

/** `new RegExp` over texts of ours, each with a name that it could be given. */
export function countConstructed(): number {
  return globSync("src/**/*.ts", { cwd: ROOT })
    .filter((path) => !/\.(?:test|fixture)\.ts$/.test(path))
    .reduce((sum, path) => sum + (readFileSync(join(ROOT, path), "utf8").match(/new RegExp\(/g)?.length ?? 0), 0);
}
