/** What `build audit --fix` writes, or shows with `--diff`, and what it says of both. */
import { append } from "../../core/append.ts";
import type { Finding } from "../../core/finding.ts";
import { Problem } from "../../core/problem.ts";
import type { FixedPipeline } from "../../fix/pipelines/fixes.ts";
import type { PipelineFixes } from "../../scan/pipeline-fixes.ts";
import { causeOf, type LeftFix, warningOf } from "../left-fixes.ts";
import { patchOf } from "../patch-output.ts";
import { replaceFile } from "../replace-file.ts";

export interface MadeFixes {
  readonly notes: readonly string[];
  readonly left: readonly LeftFix[];
  readonly patch: string;
  /** Paths of files that were to be written and were not. */
  readonly unwritten: ReadonlySet<string>;
}

/** @param shows - nothing is written */
export function makeFixes(root: string, { files, lossy }: PipelineFixes, shows: boolean): MadeFixes {
  const notes = lossy.map((path) => `${path}: not rewritten: not UTF-8`);
  const left: LeftFix[] = [];
  const patches: string[] = [];
  const unwritten = new Set<string>();
  for (const file of files) {
    const { path, before, after } = file;
    append(left, leftOf(file));
    if (before === after) continue;
    patches.push(patchOf(root, { path, before, after }));
    const refusal = shows ? undefined : write(root, file);
    if (refusal === undefined) append(notes, doneOf(file, shows));
    else {
      unwritten.add(path);
      notes.push(`not rewritten: ${refusal}`);
    }
  }
  return { notes, left, patch: patches.join(""), unwritten };
}

/** Why it was not written. */
function write(root: string, { path, before, after }: FixedPipeline): string | undefined {
  try {
    replaceFile("pipelines", root, { path, before, after });
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.line();
  }
}

function doneOf({ path, fixed }: FixedPipeline, shows: boolean): string[] {
  return fixed.map(({ finding, line }) => {
    const at = line === undefined ? path : `${path}:${line}`;
    const graded = finding.fix?.kind === "edit" ? finding.fix : undefined;
    return `${at}: ${shows ? "would be fixed" : "fixed"}: ${finding.title} (${finding.fix?.text ?? ""})${warningOf(graded)}`;
  });
}

function leftOf({ path, left, last }: FixedPipeline): LeftFix[] {
  const about = ({ locations: [place], title }: Finding): string =>
    place.kind === "file" && place.line !== undefined ? `${path}:${place.line}: ${title}` : `${path}: ${title}`;
  return [
    ...left.map((finding) => ({ about: about(finding), ...causeOf(finding) })),
    ...last.refused.map(({ finding, reason }) => ({ about: about(finding), reason })),
  ];
}
