import type * as Yaml from "yaml";
import type { Document, DocumentOptions, LineCounter, ParseOptions, SchemaOptions } from "yaml";
import { yaml } from "./loaded.ts";

/** What callers part on. At the log level `error` a second document is one; else it is passed over. */
export type LibraryOptions = Pick<
  DocumentOptions & ParseOptions & SchemaOptions,
  "schema" | "lineCounter" | "logLevel" | "prettyErrors"
>;

/**
 * One document as the library reads it, with its errors and warnings, of a text whose length the caller has bounded.
 * Keys that are there twice are the caller's to find: the library's own look is quadratic. Aliases are not followed.
 *
 * @returns undefined where it is nested too deeply: the library goes down by recursion
 */
export function libraryDocument(text: string, options: LibraryOptions): Document | undefined {
  try {
    return yaml().parseDocument(text, { logLevel: "silent", ...options, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * As {@link libraryDocument}, and further lines of quoted texts and of collections in brackets may be indented as they like,
 * which all readers that came of libyaml allow (go-yaml and so kubectl and Compose, PyYAML, Psych, YamlDotNet).
 */
export function leniently(text: string): Document | undefined {
  try {
    const composer = new (yaml().Composer)({ schema: "failsafe", logLevel: "silent", uniqueKeys: false });
    const [first] = composer.compose(tokens(text), true, text.length);
    return first;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the library's lexer has no option for, and its types keep to itself; the version is pinned. */
interface OpenLexer {
  /** How many spaces a line has to begin with to go on with what is open. */
  indentNext: number;
  readonly flowLevel: number;
  charAt(ahead: number): string | undefined;
  parseQuotedScalar(): Generator<string, unknown>;
  parseFlowCollection(): Generator<string, unknown>;
  pushIndicators(): Generator<string, number>;
}

function* tokens(text: string): Generator<Yaml.CST.Token, void> {
  const parser = new (yaml().Parser)();
  const lexer = new (yaml().Lexer)();
  allowLikeLibyaml(lexer as unknown as OpenLexer);
  for (const lexeme of lexer.lex(text)) yield* parser.next(lexeme);
  yield* parser.end();
}

function allowLikeLibyaml(lexer: OpenLexer): void {
  for (const step of ["parseQuotedScalar", "parseFlowCollection"] as const) {
    const strict = lexer[step].bind(lexer);
    lexer[step] = function* () {
      const { indentNext } = lexer;
      lexer.indentNext = 0;
      const next = yield* strict();
      lexer.indentNext = indentNext;
      return next;
    };
  }
  // A hyphen before a comma or bracket is a text.
  const strict = lexer.pushIndicators.bind(lexer);
  lexer.pushIndicators = function* () {
    const isText = lexer.flowLevel > 0 && lexer.charAt(0) === "-" && /[,[\]{}]/.test(lexer.charAt(1) ?? "");
    return isText ? 0 : yield* strict();
  };
}

/** As {@link libraryDocument}, all documents of a stream. */
export function libraryDocuments(text: string, options: LibraryOptions): readonly Document[] | undefined {
  try {
    const documents = yaml().parseAllDocuments(text, { logLevel: "silent", ...options, uniqueKeys: false });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function libraryLines(): LineCounter {
  return new (yaml().LineCounter)();
}

export const isAlias = ((node) => yaml().isAlias(node)) as typeof Yaml.isAlias;
export const isMap = ((node) => yaml().isMap(node)) as typeof Yaml.isMap;
export const isPair = ((node) => yaml().isPair(node)) as typeof Yaml.isPair;
export const isScalar = ((node) => yaml().isScalar(node)) as typeof Yaml.isScalar;
export const isSeq = ((node) => yaml().isSeq(node)) as typeof Yaml.isSeq;
