/** A Dockerfile of a tree: read, judged, its fixes tried. */
import { sensitiveFile } from "../checks/build/dockerfile/secret-names.ts";
import { imagesUsed } from "../checks/build/dockerfile/stages.ts";
import type { InlineDockerfile } from "../collect/tree/compose-builds.ts";
import { readDockerfile } from "../collect/tree/dockerfiles.ts";
import { someOf } from "../core/counted.ts";
import type { Dockerfile, ReadDockerfile } from "../engines/dockerfile/model.ts";

export type { LintContext } from "../evaluate/build/dockerfiles.ts";

import type { LintContext } from "../evaluate/build/dockerfiles.ts";
import { type FixContext, type FixedDockerfile, fixDockerfile } from "../fix/dockerfile/fixes.ts";
import { type LintedDockerfile, lintWithFixes } from "../fix/dockerfile/linted.ts";

const NAMED = 3;

/**
 * All evaluations of one Dockerfile.
 *
 * @param root - the folder that is judged
 * @param path - relative to it
 */
export function scanDockerfile(root: string, path: string, context: LintContext): LintedDockerfile {
  return lintWithFixes(read(root, path, context), context);
}

/** A Dockerfile that stands in a Compose file: what is known of it is that it was not read. */
export function scanInlineDockerfile({ path, services }: InlineDockerfile, context: LintContext): LintedDockerfile {
  const named = `${services.length === 1 ? "service" : "services"} ${someOf(services, NAMED)}`;
  const reason = `${named}: built from a Dockerfile within the Compose file (dockerfile_inline), which is not read`;
  const gap = { code: "dockerfile.inline", reason, remedy: "write it to a file that build.dockerfile names" };
  return lintWithFixes({ state: "unread", path, gap }, context);
}

/** The same with every verified fix that is safe (with `unsafe`, likely) made in memory; nothing is written. */
export function scanAndFixDockerfile(root: string, path: string, context: FixContext): FixedDockerfile {
  return fixDockerfile(read(root, path, context), context);
}

function read(root: string, path: string, { now }: LintContext): ReadDockerfile {
  return readDockerfile(root, path, now, (file) => sensitiveFile(file) !== undefined);
}

/** The whole names of the images that have no digest yet. */
export function namesWithoutDigest(dockerfile: Dockerfile): string[] {
  return imagesUsed(dockerfile).flatMap(({ name, whole }) => (name.digest === undefined ? [whole] : []));
}
