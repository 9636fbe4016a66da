/** Dockerfiles made over: every fix that is proven, round by round, until nothing is left that can be made. */
import { bounds } from "../../core/bounds.ts";
import type { Finding } from "../../core/finding.ts";
import { applyEdits } from "../../engines/dockerfile/rewrite.ts";
import { editsOf, fixableTogether } from "./proofs.ts";
import {
  type DockerfileJudgement,
  evaluateDockerfile,
  evaluateDockerfileText,
  type LintContext,
} from "../../collect/tree/dockerfiles.ts";
import { replaceFile } from "../replace-file.ts";

export interface MendedDockerfile {
  readonly path: string;
  /** The text as it was; absent where it could not be read, or not be written again as it is (no UTF-8). */
  readonly before?: string;
  /** The same text where nothing could be mended. */
  readonly after?: string;
  /** What was mended, in order; `line` is of the file as it was, where it is known. */
  readonly mended: readonly { readonly finding: Finding; readonly line?: number }[];
  /** Of the file as it was, and of what became of it. */
  readonly first: DockerfileJudgement;
  readonly last: DockerfileJudgement;
}

/** Makes every proven fix in memory; nothing is written. Each round leaves fewer findings, and brings none. */
export function mendDockerfile(root: string, path: string, context: LintContext): MendedDockerfile {
  const first = evaluateDockerfile(root, path, context);
  if (first.file === undefined || first.file.lossy) return { path, mended: [], first, last: first };
  const before = first.file.text;
  const mended: { finding: Finding; line?: number }[] = [];
  let after = before;
  let last = first;
  for (let round = 0; round < bounds.dockerfileFixRounds && last.file !== undefined; round++) {
    const chosen = fixableTogether(last.evaluations, last.file.prove);
    if (chosen.length === 0) break;
    after = applyEdits(after, chosen.flatMap(editsOf));
    for (const finding of [...chosen].sort((a, b) => (lineOf(a) ?? 0) - (lineOf(b) ?? 0))) {
      const line = round === 0 ? lineOf(finding) : undefined;
      mended.push(line === undefined ? { finding } : { finding, line });
    }
    last = evaluateDockerfileText(root, path, after, context);
  }
  return { path, before, after, mended, first, last };
}

/**
 * Puts the new text in the old one's place; see {@link replaceFile}.
 *
 * @throws Problem `dockerfile.link`, `dockerfile.changed` or `dockerfile.unwritable`
 */
export function replaceDockerfile(root: string, path: string, before: string, after: string): void {
  replaceFile("dockerfile", root, { path, before, after });
}

function lineOf({ locations: [location] }: Finding): number | undefined {
  return location.kind === "file" ? location.line : undefined;
}
