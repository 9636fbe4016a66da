import {
  type Document,
  type DocumentOptions,
  type ParseOptions,
  parseAllDocuments,
  parseDocument,
  type SchemaOptions,
} from "yaml";

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
    return parseDocument(text, { logLevel: "silent", ...options, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** As {@link libraryDocument}, all documents of a stream. */
export function libraryDocuments(text: string, options: LibraryOptions): readonly Document[] | undefined {
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent", ...options, uniqueKeys: false });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
