/** Bounds of the readers of formats, whatever the text is about. */
export const bounds = {
  /** Values within values: TOML, and YAML that is texts alone. */
  depth: 200,
  /** Values within values in one document of YAML. */
  yamlDepth: 200,
  /** Values of one document, with its aliases followed. */
  yamlValues: 500_000,
  /** Values that are written in one document of manifests or a lockfile: 64 MiB of a lockfile hold two million. */
  yamlWrittenValues: 3_000_000,
  /** Characters of one document that uses more of YAML than the fast reader knows, and of all of them together. */
  yamlSlowLength: 2 * 1024 * 1024,
  /** The name of an element or attribute of XML. */
  xmlNameLength: 1_024,
  /** A text of XML whose references are resolved; what is longer is no name. */
  xmlTextLength: 4_096,
  /** Values directly within one of DER: a token of a timestamp authority has some hundred at most. */
  derValues: 1_000,
  /** The central directory of one zip archive. */
  zipDirectoryBytes: 1024 * 1024 * 1024,
  /** Frames of one zstd stream; an image in the format zstd:chunked has one for each chunk of its files. */
  zstdFrames: 1_000_000,
  /** Frames of what is decompressed at once: each costs a decoder of its own. */
  zstdWholeFrames: 10_000,
} as const;
