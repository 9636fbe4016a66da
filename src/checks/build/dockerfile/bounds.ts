/** Bounds of what checks of Dockerfiles follow. */
export const bounds = {
  /** Patterns of a .dockerignore that are matched with paths, all paths together, and folders of one path. */
  dockerignoreMatches: 100_000,
  dockerignoreDepth: 32,
  /** Files with secrets of one stage that are followed. */
  dockerfileSecretFiles: 1_000,
} as const;
