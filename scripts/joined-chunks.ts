/** Modules that a bundler has split into chunks, joined to one script that runs each chunk when it is first asked for. */
import { basename } from "node:path";
import ts from "typescript";

/** A module as the bundler wrote it: what it imports of others by their names. */
export interface Chunk {
  /** Its path; others name it `./` and its last part. */
  readonly path: string;
  readonly text: string;
}

type Places = ReadonlyMap<string, number>;

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What the script calls its own. */
const own = { chunks: "$chunks", loaded: "$loaded", load: "$load", later: "$later" } as const;

/**
 * A chunk becomes a function, so that V8 knows nothing of what is in it, not even names, until it is run. What one takes of
 * another it takes when it begins: no chunk imports one that imports it, and none changes later what it exports.
 *
 * @param chunks - ECMAScript modules that import Node's own modules and each other. A module that is not among them may be
 *   imported on demand
 * @param isFirst - of the one where it begins
 * @returns a function of `require`, `module` and `exports`, which exports what that one does
 * @throws Error for what a function cannot do as a module does
 */
export function joinChunks(chunks: readonly Chunk[], isFirst: (chunk: Chunk) => boolean): string {
  const places = new Map(chunks.map(({ path }, place) => [`./${basename(path)}`, place]));
  if (places.size < chunks.length) throw new Error("two chunks have one name");
  const functions = chunks.map((chunk) => `function(){${functionBody(chunk, places)}\n}`);
  return [
    '(function(require,module,exports){"use strict";',
    `var ${own.chunks}=[`,
    functions.join(",\n"),
    `],${own.loaded}=[];`,
    `function ${own.load}(place){return ${own.loaded}[place]??=${own.chunks}[place]()}`,
    `function ${own.later}(place){return Promise.resolve(place).then(${own.load})}`,
    `module.exports=${own.load}(${chunks.findIndex(isFirst)})})`,
  ].join("\n");
}

function functionBody({ path, text }: Chunk, places: Places): string {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const refuse = (node: ts.Node): never => {
    throw new Error(`${path}: no place in a script: ${text.slice(node.pos, node.end).slice(0, 200)}`);
  };
  const head: string[] = [];
  const exported = new Map<string, string>();
  const edits: Edit[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) head.push(taken(statement, places));
    else if (ts.isExportDeclaration(statement)) {
      for (const [name, local] of namesOf(statement) ?? refuse(statement)) exported.set(name, local);
    } else if (ts.isExportAssignment(statement) || isExported(statement)) refuse(statement);
    else continue;
    edits.push({ from: statement.pos, to: statement.end, text: "" });
  }
  const locals = new Set(exported.values());
  const names = new Set<string>(Object.values(own));
  const look = (node: ts.Node): void => {
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) refuse(node);
    if (ts.isIdentifier(node) && names.has(node.text)) refuse(node);
    if (locals.has(assignedBy(node) ?? "")) refuse(node);
    const place = ts.isCallExpression(node) ? places.get(importedBy(node)) : undefined;
    if (place !== undefined) edits.push({ from: node.pos, to: node.end, text: ` ${own.later}(${place})` });
    ts.forEachChild(node, look);
  };
  look(file);
  return `${head.join("")}${edited(text, edits)}\nreturn{${[...exported].map(pair).join()}}`;
}

/** What a chunk imports, as variables: V8 would look at each use of a `const` whether it is set. */
function taken({ importClause, moduleSpecifier }: ts.ImportDeclaration, places: Places): string {
  const { text: name } = moduleSpecifier as ts.StringLiteral;
  const place = places.get(name);
  if (place === undefined && !name.startsWith("node:")) throw new Error(`${name} is in no chunk`);
  const from = place === undefined ? `require(${JSON.stringify(name)})` : `${own.load}(${place})`;
  const variables: string[] = [];
  // Of Node's own modules, the default export is what `require` gives.
  const byDefault = importClause?.name?.text;
  if (byDefault !== undefined) variables.push(place === undefined ? byDefault : `{default:${byDefault}}`);
  const bindings = importClause?.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) variables.push(bindings.name.text);
  if (bindings !== undefined && ts.isNamedImports(bindings)) {
    const pairs = bindings.elements.map((each) => pair([(each.propertyName ?? each.name).text, each.name.text]));
    variables.push(`{${pairs.join()}}`);
  }
  return variables.length === 0 ? `${from};` : variables.map((variable) => `var ${variable}=${from};`).join("");
}

/** By names, what they are within; undefined of what comes from another module. */
function namesOf({ exportClause, moduleSpecifier }: ts.ExportDeclaration): [string, string][] | undefined {
  if (moduleSpecifier !== undefined || exportClause === undefined || !ts.isNamedExports(exportClause)) return undefined;
  return exportClause.elements.map(({ propertyName, name }) => [name.text, (propertyName ?? name).text]);
}

function isExported(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** The name that a node gives another value, where it is one. */
function assignedBy(node: ts.Node): string | undefined {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const { FirstAssignment, LastAssignment } = ts.SyntaxKind;
    return kind >= FirstAssignment && kind <= LastAssignment ? nameOf(node.left) : undefined;
  }
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return undefined;
  const counts = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
  return counts ? nameOf(node.operand) : undefined;
}

function nameOf(node: ts.Expression): string | undefined {
  return ts.isIdentifier(node) ? node.text : undefined;
}

/** What is imported on demand, where it is written out; else empty. */
function importedBy({ expression, arguments: [named] }: ts.CallExpression): string {
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport && named !== undefined && ts.isStringLiteral(named) ? named.text : "";
}

function pair([key, value]: readonly [string, string]): string {
  return key === value ? key : `${key}:${value}`;
}

function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, text: replacement } of edits.toSorted((a, b) => a.from - b.from)) {
    parts.push(text.slice(at, from), replacement);
    at = to;
  }
  return [...parts, text.slice(at)].join("");
}
