import { readFileSync, statSync } from "node:fs";
import { Problem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";
import { bounds as dockerfileBounds } from "../engines/dockerfile/bounds.ts";
import type { Dockerfile } from "../engines/dockerfile/model.ts";
import { parseDockerfile } from "../engines/dockerfile/parse.ts";
import type { OpenImage } from "../engines/oci/image.ts";
import { type StepLineLookup, stepLinesIn } from "../evaluate/image/dockerfile-lines.ts";

/** Dockerfiles that `--dockerfile` names. */
export interface NamedDockerfiles {
  readonly stepLines: StepLineLookup;
  /** What is said of an image that none of them made. */
  notes(image: Pick<OpenImage, "config">): string[];
}

/** @throws Problem (usage) where a file cannot be read or is over the bound */
export function readDockerfiles(files: readonly string[]): NamedDockerfiles | undefined {
  if (files.length === 0) return undefined;
  const stepLines = stepLinesIn(files.map(read));
  return {
    stepLines,
    notes: ({ config }) =>
      stepLines(config.history).size > 0 ? [] : [`the image's history does not end as ${files.join(" or ")} does`],
  };
}

function read(file: string): Dockerfile {
  try {
    const { size } = statSync(file);
    if (size > dockerfileBounds.dockerfileBytes) throw refused(file, `${size} bytes exceed the limit`);
    return parseDockerfile(file, readFileSync(file, "utf8"));
  } catch (error) {
    throw error instanceof Problem ? error : refused(file, systemCause(error));
  }
}

function refused(file: string, cause: string): Problem {
  return new Problem({ kind: "usage", code: "cli.dockerfile", place: `--dockerfile ${file}`, cause });
}
