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
