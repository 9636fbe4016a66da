/** Bounds of what is looked for in the files of one package. */
export const bounds = {
  /** Characters of one file that are tokenised; bundles of whole applications are longer, and are told to be. */
  sourceLength: 4 * 1024 * 1024,
  /** Tokens of one file: 1.2 million take some 150 MB for a moment. */
  tokens: 1_200_000,
  /** Characters of all files of one package that are tokenised. */
  packageLength: 32 * 1024 * 1024,
  /** Brackets, functions and indentations within one another. */
  depth: 2_000,
  /** Characters that constants of one file fold into: names that double each other grow without end. */
  foldedLength: 8 * 1024 * 1024,
  /** Elements of one list of constants. */
  listLength: 200_000,
  /** Characters of one decoded text that are looked at again. */
  layerLength: 1024 * 1024,
  /** Encodings within encodings. Real ones have up to 50 of one kind, which a loop undoes; these are written out. */
  layerDepth: 6,
  /** Decoded texts of one file. */
  layers: 64,
  /** Bytes that one compressed text inflates to. */
  inflatedBytes: 1024 * 1024,
  /** Passes over the tokens of one file until calls of its own functions have carried what they carry. */
  passes: 3,
  /** Constant texts of one call that are kept. */
  callTexts: 24,
  /** Files that one install script reaches through `require` and `import`. */
  reachedFiles: 2_000,
  /** Capabilities that are listed, of one kind in one package; the first places are what a reader needs. */
  capabilitiesOfKind: 20,
  /** Threats of one rule in one package. */
  threatsOfRule: 10,
  /** Characters of an excerpt. */
  excerpt: 120,
  /** Names that a manifest declares as its dependencies. */
  dependencies: 5_000,
  /** A manifest: package.json, PKG-INFO, metadata.yaml. */
  manifestBytes: 4 * 1024 * 1024,
} as const;
