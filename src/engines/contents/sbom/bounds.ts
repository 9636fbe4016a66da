/** Bounds of bills of materials. */
export const bounds = {
  /** One bill of materials. */
  sbomBytes: 256 * 1024 * 1024,
  /** Values of one bill of materials in JSON: as objects they take some 50 bytes each. */
  sbomValues: 10_000_000,
  /** Elements of one in XML, or tags of one in tag-value form, which take more. */
  sbomElements: 3_000_000,
  /** Values within values in a bill of materials; one within sbomDepth components needs two for each. */
  sbomJsonDepth: 512,
  /** Components within components in a bill of materials. */
  sbomDepth: 64,
} as const;
