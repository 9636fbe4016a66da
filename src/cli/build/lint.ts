import { basename, dirname } from "node:path";
import { lookUpDigests, parseMirrors } from "../../collect/image/base-digests.ts";
import { discover } from "../../collect/tree/discover.ts";
import { skippedNotes } from "../../collect/tree/skipped-notes.ts";
import type { Finding } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { FixedDockerfile } from "../../fix/dockerfile/fixes.ts";
import type { LintedDockerfile } from "../../fix/dockerfile/linted.ts";
import type { FoundDockerfile, LintContext } from "../../scan/dockerfile.ts";
import {
  namesWithoutDigest,
  scanAndFixDockerfile,
  scanDockerfile,
  scanInlineDockerfile,
} from "../../scan/dockerfile.ts";
import { type EvaluationContext, type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { causeOf, type LeftFix, leftNotes, warningOf } from "../left-fixes.ts";
import { namedPlace } from "../named-place.ts";
import { forStandardOutput, patchOf } from "../patch-output.ts";
import { replaceFile } from "../replace-file.ts";

export interface LintOptions extends EvaluationOptions {
  readonly fix: boolean;
  readonly diff: boolean;
  /** Make also what is likely right. */
  readonly unsafe: boolean;
  readonly online: boolean;
  readonly offline: boolean;
  /** `docker.io=localhost:5000` */
  readonly registryMirror: readonly string[];
}

/** `bulkhead build lint [FILE|DIR]`: Dockerfiles, one or all below a folder. */
export async function buildLint(place: string, options: LintOptions): Promise<number> {
  const { path, isDirectory } = namedPlace(place);
  const mirrors = parseMirrors(options.registryMirror);
  const fixes = options.fix || options.diff;
  if (options.unsafe && !fixes) throw usageProblem("--unsafe", "requires --fix or --diff");
  const root = isDirectory ? path : dirname(path);
  return await runEvaluation(root, options, async (context) => {
    const discovery = isDirectory ? await discover(root, undefined, context.exclusion) : undefined;
    const found = (discovery?.dockerfiles ?? [basename(path)]).map((file) => ({
      root,
      path: file,
      given: discovery?.given.get(file),
    }));
    const asks = (options.online || fixes) && !options.offline;
    const lint: LintContext = asks ? { ...context, digests: await digestsFor(found, context, mirrors) } : context;
    const unfixed = (judged: LintedDockerfile) => ({ judged, notes: [], left: [], patch: "" });
    const results = [
      ...found.map((file) => {
        if (!fixes) return unfixed(scanDockerfile(file, lint));
        return fix(root, scanAndFixDockerfile(file, { ...lint, unsafe: options.unsafe }), options.diff);
      }),
      ...(discovery?.inlineDockerfiles ?? []).map((inline) => unfixed(scanInlineDockerfile(root, inline, lint))),
    ];
    return {
      subject: place,
      evaluations: results.flatMap(({ judged }) => judged.evaluations),
      notes: [
        ...(results.length === 0 ? ["no Dockerfiles found in this directory"] : []),
        ...(discovery === undefined ? [] : skippedNotes(discovery)),
        ...results.flatMap(({ judged, notes }) => [...notes, ...judged.notes]),
        ...leftNotes(results.flatMap(({ left }) => left)),
      ],
      ...(options.diff ? { instead: forStandardOutput(results.map(({ patch }) => patch).join("")) } : {}),
    };
  });
}

async function digestsFor(
  files: readonly FoundDockerfile[],
  { open, progress, ...context }: EvaluationContext,
  mirrors: ReturnType<typeof parseMirrors>,
): Promise<NonNullable<LintContext["digests"]>> {
  const names = files.flatMap((found) => {
    const { file } = scanDockerfile(found, context);
    return file === undefined ? [] : namesWithoutDigest(file.dockerfile);
  });
  return await lookUpDigests(names, {
    mirrors,
    ...(open.registry === undefined ? {} : { registry: open.registry }),
    onAsk: (name) => progress.update(`resolving the digest of ${printable(name)}`),
  });
}

interface Result {
  /** What is left. */
  readonly judged: LintedDockerfile;
  readonly notes: readonly string[];
  readonly left: readonly LeftFix[];
  readonly patch: string;
}

/** Writes what was fixed, or shows it, and says both what was and what could not be. */
function fix(root: string, fixedFile: FixedDockerfile, shows: boolean): Result {
  const { path, before, after, fixed, first, last } = fixedFile;
  if (before === undefined || after === undefined) {
    const notes = first.file?.lossy === true ? [`${path}: not rewritten: not UTF-8`] : [];
    return { judged: first, notes, left: [], patch: "" };
  }
  const left = leftOf(fixedFile);
  if (before === after) return { judged: last, notes: [], left, patch: "" };
  if (!shows) {
    try {
      replaceFile("dockerfile", root, { path, before, after });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { judged: first, notes: [`not rewritten: ${error.line()}`], left: [], patch: "" };
    }
  }
  const done = fixed.map(({ finding, line }) => {
    const at = line === undefined ? path : `${path}:${line}`;
    return `${at}: ${shows ? "would be fixed" : "fixed"}: ${finding.title} (${finding.fix?.text ?? ""})${warningOf(finding.fix?.kind === "edit" ? finding.fix : undefined)}`;
  });
  return { judged: last, notes: done, left, patch: patchOf(root, { path, before, after }) };
}

function leftOf({ path, left, last }: FixedDockerfile): LeftFix[] {
  const about = (finding: Finding): string => {
    const [place] = finding.locations;
    const at = place.kind === "file" && place.line !== undefined ? `${path}:${place.line}` : path;
    return `${at}: ${finding.title}`;
  };
  return [
    ...left.map((finding) => ({ about: about(finding), ...causeOf(finding) })),
    ...(last.file?.refused ?? []).map(({ finding, reason }) => ({ about: about(finding), reason })),
  ];
}
