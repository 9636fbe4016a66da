/** Bounds of reports that other scanners wrote. */
export const bounds = {
  /** One report; the largest real ones, of images with every package listed, have some 40 MiB. */
  reportBytes: 64 * 1024 * 1024,
  /** Values within values: traces of SARIF nest some 15 deep. */
  reportDepth: 64,
  /** Values of one report: objects cost some hundred bytes each. */
  reportValues: 2_000_000,
  /** What one report names: findings, suppressed ones, parts of a bill of materials. */
  reportItems: 200_000,
  /** An id, a name, a version, a path, a digest: longer ones are none. */
  reportNameLength: 2_048,
  /** What is kept of a text that people read. */
  reportTextLength: 400,
  /** Ids of one finding, its references, and its lines: so many are kept. */
  reportListed: 20,
  /** Levels of components within components. */
  reportComponentDepth: 32,
} as const;
