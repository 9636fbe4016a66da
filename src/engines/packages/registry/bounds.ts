/** Bounds on what registries say: their documents are as large as publishers make them. */
export const bounds = {
  /** One document: the largest of npm's have tens of megabytes (every version with its manifest). */
  documentBytes: 64 * 1024 * 1024,
  /** Levels of lists and objects: a manifest's own fields nest freely, those that are read do not. */
  jsonDepth: 64,
  /** Values of one document: npm's largest have some 3 million. */
  jsonValues: 6_000_000,
  /** Versions of one package: npm's most have some 30,000. */
  versions: 100_000,
  /** Archives of one version: wheels for every platform and version of Python. */
  archives: 2_000,
  /** Characters of a text that is kept: a reason, a license, a command. */
  textLength: 2_000,
  /** Characters of a URL. */
  urlLength: 4_000,
  /** Names of maintainers. */
  maintainers: 200,
  /** Attestations of one version, each with its certificates and log entries. */
  attestationBytes: 4 * 1024 * 1024,
  attestations: 16,
  /** Keys of a registry. */
  keys: 32,
} as const;
