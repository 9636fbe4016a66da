/** Dockerfiles made over: every fix that is proven, round by round, until nothing is left that can be made. */

import type { Finding } from "../../core/finding.ts";
import type { ReadDockerfile } from "../../engines/dockerfile/model.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { applyEdits } from "../../engines/dockerfile/rewrite.ts";
import type { LintContext } from "../../evaluate/build/dockerfiles.ts";
import { editsOf, fixableTogether, leftAsGraded } from "../verified-edits.ts";
import { bounds } from "./bounds.ts";
import { type LintedDockerfile, lintWithFixes } from "./linted.ts";

export interface FixedDockerfile {
  readonly path: string;
  /** The text as it was; absent where it could not be read, or not be written again as it is (no UTF-8). */
  readonly before?: string;
  /** The same text where nothing could be fixed. */
  readonly after?: string;
  /** What was fixed, in order; `line` is of the file as it was, where it is known. */
  readonly fixed: readonly { readonly finding: Finding; readonly line?: number }[];
  /** What is proven and not made, for its grade. */
  readonly left: readonly Finding[];
  /** Of the file as it was, and of what became of it. */
  readonly first: LintedDockerfile;
  readonly last: LintedDockerfile;
}

export interface FixContext extends LintContext {
  /** What is likely right is made as well as what is safe. */
  readonly unsafe: boolean;
}

/** Makes every proven fix of those grades in memory; nothing is written. Each round leaves fewer findings, and brings none. */
export function fixDockerfile(read: ReadDockerfile, context: FixContext): FixedDockerfile {
  const { path } = read;
  const first = lintWithFixes(read, context);
  if (read.state === "unread" || first.file === undefined || first.file.lossy) {
    return { path, fixed: [], left: [], first, last: first };
  }
  const before = first.file.text;
  const fixed: { finding: Finding; line?: number }[] = [];
  let after = before;
  let last = first;
  for (let round = 0; round < bounds.dockerfileFixRounds && last.file !== undefined; round++) {
    const chosen = fixableTogether(last.evaluations, last.file.verifier, context.unsafe);
    if (chosen.length === 0) break;
    after = applyEdits(after, chosen.flatMap(editsOf));
    for (const finding of [...chosen].sort((a, b) => (lineOf(a) ?? 0) - (lineOf(b) ?? 0))) {
      const line = round === 0 ? lineOf(finding) : undefined;
      fixed.push(line === undefined ? { finding } : { finding, line });
    }
    last = lintWithFixes(
      { ...read, text: after, dockerfile: parseDockerfile(path, after, read.dockerfile.given) },
      context,
    );
  }
  return { path, before, after, fixed, left: leftAsGraded(last.evaluations, context.unsafe), first, last };
}

function lineOf({ locations: [location] }: Finding): number | undefined {
  return location.kind === "file" ? location.line : undefined;
}
