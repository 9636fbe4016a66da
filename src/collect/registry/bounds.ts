import { bounds as serverBounds } from "../../engines/oci/server/bounds.ts";

/** What looking for configurations of registry servers may take. */
export const bounds = {
  /** Bytes of one: a character of UTF-8 has at most four. */
  configurationBytes: 4 * serverBounds.configurationCharacters,
  /** Files and workloads of one tree; more are not read, and said so. */
  servers: 500,
} as const;
