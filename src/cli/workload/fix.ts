import { basename, dirname } from "node:path";
import { readReportText } from "../../collect/named/report.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { WorkloadFixes } from "../../fix/kubernetes/fixes.ts";
import { kustomization } from "../../fix/kubernetes/kustomization.ts";
import { readReport } from "../../report/json/read.ts";
import { fixManifests } from "../../scan/manifests.ts";
import { mergeLearnedFiles } from "../../scan/runtime-learn.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { leftNotes, warningOf } from "../left-fixes.ts";
import { namedPlace } from "../named-place.ts";
import { forStandardOutput, patchOf } from "../patch-output.ts";
import { replaceFile } from "../replace-file.ts";

export interface WorkloadFixOptions extends EvaluationOptions {
  readonly dryRun: boolean;
  readonly enforce: boolean;
  /** Make also what is likely right. */
  readonly unsafe: boolean;
  /** A file, or git:REF:PATH. */
  readonly report?: string;
  /** Files that `runtime learn` wrote. */
  readonly learned: readonly string[];
}

/** `bulkhead workload fix [DIR|FILE]`: makes every fix of manifests that is safe (with --unsafe, likely) and proven. */
export async function workloadFix(place: string, options: WorkloadFixOptions): Promise<number> {
  const { path, isDirectory } = namedPlace(place);
  const { prints, formats } = printsOf(options);
  const root = isDirectory ? path : dirname(path);
  return await runEvaluation(
    root,
    { ...options, format: formats },
    async ({ policy, now, open, progress, exclusion }) => {
      const manifests = isDirectory
        ? { kind: "folder" as const, root, render: false }
        : { kind: "file" as const, root, name: basename(path) };
      const reported = await reportedBy(options, root);
      const learned = options.learned.length === 0 ? undefined : mergeLearnedFiles(options.learned);
      const { fixes, notes: more } = await fixManifests(
        manifests,
        { policy, now, ...(exclusion === undefined ? {} : { exclusion }) },
        {
          open,
          enforce: options.enforce,
          unsafe: options.unsafe,
          ...(reported === undefined ? {} : { reported }),
          ...(learned === undefined ? {} : { learned }),
        },
      );
      const unwritten = prints === undefined ? writeAll(root, fixes) : [];
      const notes = notesOf(fixes, prints === undefined);
      if (prints !== undefined && !options.quiet) {
        progress.clear();
        for (const note of notes) process.stderr.write(`${printable(note)}\n`);
      }
      return {
        subject: place,
        ...(isDirectory ? { extent: "tree" as const } : {}),
        evaluations: [...(unwritten.length === 0 ? fixes.last : fixes.first)],
        notes: [...unwritten, ...notes, ...more],
        ...(prints === undefined
          ? {}
          : { instead: forStandardOutput(prints === "patch" ? diffOf(root, fixes) : kustomization(fixes)) }),
      };
    },
  );
}

async function reportedBy({ report }: WorkloadFixOptions, root: string): Promise<Evaluations | undefined> {
  return report === undefined ? undefined : readReport(await readReportText(report, root), report).evaluations;
}

type Prints = "patch" | "kustomize" | undefined;

/** What goes to standard output in the report's place; the other formats are the report's. */
function printsOf({ dryRun, format }: WorkloadFixOptions): {
  readonly prints: Prints;
  readonly formats: readonly string[];
} {
  const own = format.filter((one) => one === "patch" || one === "kustomize");
  const formats = format.filter((one) => one !== "patch" && one !== "kustomize");
  if (own.length > 1) throw usageProblem(`--format ${own.join(" --format ")}`, "only one of them can go to stdout");
  const [one] = own;
  return { prints: one === "kustomize" ? one : one === "patch" || dryRun ? "patch" : undefined, formats };
}

/** @returns what could not be written */
function writeAll(root: string, { files }: WorkloadFixes): string[] {
  return files.flatMap((file) => {
    try {
      replaceFile("kubernetes", root, file);
      return [];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [`not rewritten: ${error.line()}`];
    }
  });
}

function notesOf({ made, refused }: WorkloadFixes, written: boolean): string[] {
  const verb = written ? "fixed" : "would be fixed";
  return [
    ...made.map(
      ({ finding, graded }) =>
        `${placeOf(finding)}: ${verb}: ${finding.title} (${finding.fix?.text ?? ""})${warningOf(graded)}`,
    ),
    ...leftNotes(
      refused.map(({ finding, grade, reason }) => ({
        about: `${placeOf(finding)}: ${finding.title}`,
        ...(grade === undefined ? {} : { grade }),
        reason,
      })),
    ),
  ];
}

function placeOf({ evidence, locations: [place], subject }: WorkloadFixes["refused"][number]["finding"]): string {
  const path = place.kind === "file" ? place.path : "";
  return `${path}: ${evidence.object ?? ""}: ${subject}`;
}

function diffOf(root: string, { files }: WorkloadFixes): string {
  return files.map((file) => patchOf(root, file)).join("");
}
