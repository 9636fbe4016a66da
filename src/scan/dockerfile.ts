/** A Dockerfile of a tree: read, judged, its fixes tried. */
import { sensitiveFile } from "../checks/build/dockerfile/secret-names.ts";
import { imagesUsed } from "../checks/build/dockerfile/stages.ts";
import { readDockerfile } from "../collect/tree/dockerfiles.ts";
import { type InlineDockerfile, readInlineDockerfile } from "../collect/tree/inline-dockerfiles.ts";
import type { Dockerfile, ReadDockerfile } from "../engines/dockerfile/model.ts";

export type { LintContext } from "../evaluate/build/dockerfiles.ts";

import type { LintContext } from "../evaluate/build/dockerfiles.ts";
import { type FixContext, type FixedDockerfile, fixDockerfile } from "../fix/dockerfile/fixes.ts";
import { type LintedDockerfile, lintWithFixes } from "../fix/dockerfile/linted.ts";

/** One of a folder that is judged. */
export interface FoundDockerfile {
  readonly root: string;
  /** From the root. */
  readonly path: string;
  /** What whoever builds it gives. */
  readonly given?: Dockerfile["given"];
}

/** All evaluations of one Dockerfile. */
export function scanDockerfile(found: FoundDockerfile, context: LintContext): LintedDockerfile {
  return lintWithFixes(read(found, context), context);
}

/** The same of one that stands in a Compose file. */
export function scanInlineDockerfile(root: string, inline: InlineDockerfile, context: LintContext): LintedDockerfile {
  return lintWithFixes(readInlineDockerfile(root, inline, context.now, isSensitive), context);
}

/** The same with every verified fix that is safe (with `unsafe`, likely) made in memory; nothing is written. */
export function scanAndFixDockerfile(found: FoundDockerfile, context: FixContext): FixedDockerfile {
  return fixDockerfile(read(found, context), context);
}

function read({ root, path, given }: FoundDockerfile, { now }: LintContext): ReadDockerfile {
  return readDockerfile(root, path, { now, isSensitive, ...(given === undefined ? {} : { given }) });
}

function isSensitive(file: string): boolean {
  return sensitiveFile(file) !== undefined;
}

/** The whole names of the images that have no digest yet. */
export function namesWithoutDigest(dockerfile: Dockerfile): string[] {
  return imagesUsed(dockerfile).flatMap(({ name, whole }) => (name.digest === undefined ? [whole] : []));
}
