import type * as Yaml from "yaml";
import type { Document, DocumentOptions, LineCounter, ParseOptions, SchemaOptions } from "yaml";
import { yaml } from "./loaded.ts";

/** What callers part on. At the log level `error` a second document is one; else it is passed over. */
export type LibraryOptions = Pick<
  DocumentOptions & ParseOptions & SchemaOptions,
  "schema" | "lineCounter" | "logLevel"
>;

/**
 * One document as the library reads it, with its errors and warnings, of a text whose length the caller has bounded.
 * Keys that are there twice are the caller's to find: the library's own look is quadratic. Aliases are not followed.
 *
 * Further lines of quoted texts and of collections in brackets may be indented as they like, which all readers that came of
 * libyaml allow (go-yaml and so kubectl and Compose, PyYAML, Psych, YamlDotNet).
 *
 * @returns undefined where it is nested too deeply: the library goes down by recursion
 */
export function libraryDocument(text: string, options: LibraryOptions): Document | undefined {
  return unlessTooDeep(() => {
    const documents = documentsOf(text, options);
    const first = documents.next().value as Document;
    const second = options.logLevel === "error" ? documents.next().value : undefined;
    if (second != null) {
      const [start, end] = second.range ?? [text.length, text.length];
      first.errors.push(new (yaml().YAMLParseError)([start, end], "MULTIPLE_DOCS", "there is more than one document"));
    }
    return first;
  });
}

/** As {@link libraryDocument}, all documents of a stream. */
export function libraryDocuments(text: string, options: LibraryOptions): readonly Document[] | undefined {
  return unlessTooDeep(() => [...documentsOf(text, options)]);
}

function documentsOf(text: string, options: LibraryOptions): Generator<Document, void> {
  const composer = new (yaml().Composer)({ logLevel: "silent", ...options, uniqueKeys: false });
  return composer.compose(tokens(text, options.lineCounter), true, text.length);
}

function unlessTooDeep<T>(read: () => T): T | undefined {
  try {
    return read();
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

function* tokens(text: string, lines: LineCounter | undefined): Generator<Yaml.CST.Token, void> {
  const parser = new (yaml().Parser)(lines?.addNewLine);
  const lexer = new (yaml().Lexer)();
  allowLikeLibyaml(lexer as unknown as OpenLexer);
  lines?.addNewLine(0);
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

export function libraryLines(): LineCounter {
  return new (yaml().LineCounter)();
}

export const isAlias = ((node) => yaml().isAlias(node)) as typeof Yaml.isAlias;
export const isMap = ((node) => yaml().isMap(node)) as typeof Yaml.isMap;
export const isPair = ((node) => yaml().isPair(node)) as typeof Yaml.isPair;
export const isScalar = ((node) => yaml().isScalar(node)) as typeof Yaml.isScalar;
export const isSeq = ((node) => yaml().isSeq(node)) as typeof Yaml.isSeq;
