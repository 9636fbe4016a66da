import { folderOf } from "../../collect/image/named-folder.ts";
import { isSbomFile } from "../../collect/image/sbom-file.ts";
import { unopenedImage } from "../../core/asset.ts";
import { someOf } from "../../core/counted.ts";
import { EvaluationList, type Evaluations } from "../../core/evaluations.ts";
import type { Policy } from "../../core/policy.ts";
import { isEvidenceProblem, usageProblem } from "../../core/problem.ts";
import { openImage } from "../../engines/oci/open.ts";
import type { ScanContext } from "../../scan/context.ts";
import { type ForeignPlatforms, foreignPlatforms } from "../../scan/foreign-platforms.ts";
import { scanImage, scanRootFolder, scanUnopened } from "../../scan/image.ts";
import type { NamedDockerfiles } from "../../scan/named-dockerfiles.ts";
import { NO_SECRETS } from "../../scan/without-secrets.ts";
import { type EvaluationContext, type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { keepHeapNearWhatLives, keepOldNearWhatLives } from "../heap.ts";
import type { LearnedOptions } from "../learned.ts";

export interface ImageScanOptions extends EvaluationOptions, LearnedOptions {
  /** Look signatures up. */
  readonly verify: boolean;
  /** False for --no-secrets. */
  readonly secrets: boolean;
  /** Those that the image may have been built from. */
  readonly dockerfile: readonly string[];
}

/** References of one command. */
const MOST = 1_000;
/**
 * Percent. While layers are read, little lives on the heap, and V8 counts the content of the files that are being read as if it were
 * part of it: with less room it would collect all the time.
 */
const GROWTH_WHILE_READING = 200;
/** Those that the report's subject names. */
const NAMED = 5;

/**
 * `bulkhead image scan REF…`: one report with all of them, whose exit code is that of the worst. Each is opened as it comes
 * to its turn; with several, one that cannot be had is unknown, and keeps no other from being scanned.
 */
export async function imageScan(references: readonly string[], options: ImageScanOptions): Promise<number> {
  const wanted = [...new Set(references)];
  if (wanted.length > MOST)
    throw usageProblem("image scan", `more than ${MOST} references`, "scan them in several runs");
  return await runEvaluation(process.cwd(), options, async (judging) => {
    const isDocument = (reference: string) => documentOf(reference) !== undefined;
    const scanner = options.secrets && !wanted.every(isDocument) ? await openScanner(judging.policy) : undefined;
    const dockerfiles = wanted.every(isDocument) ? undefined : await openDockerfiles(options.dockerfile);
    const verifying = options.verify ? await openVerifier(judging.policy, options) : undefined;
    const learned = options.learned === undefined ? undefined : await openLearned(options.learned);
    const context = {
      ...judging,
      ...(learned === undefined ? {} : { learned: learned.lookup }),
      ...(scanner === undefined ? {} : { secrets: scanner }),
      ...(dockerfiles === undefined ? {} : { stepLines: dockerfiles.stepLines }),
      ...(verifying === undefined ? {} : { trust: verifying.trust }),
    };
    const evaluations = new EvaluationList();
    const notes = new Set<string>(wanted.every(isDocument) ? [] : (scanner?.notes ?? [NO_SECRETS]));
    for (const note of verifying?.notes ?? []) notes.add(note);
    const foreign = foreignPlatforms(judging.open.platform);
    const scan = { context, dockerfiles, foreign, note: (text: string) => notes.add(text) };
    for (const reference of wanted) {
      try {
        evaluations.take(await scanReference(reference, scan));
      } catch (error) {
        if (wanted.length === 1 || !isEvidenceProblem(error)) throw error;
        evaluations.take(scanUnopened(unopenedImage(reference), error, context));
      }
    }
    return {
      subject: subjectOf(wanted),
      evaluations,
      notes: [...notes, ...foreign.notes(), ...(learned?.notes() ?? [])],
    };
  });
}

/** What a report is called; its evaluations name each. */
function subjectOf(references: readonly string[]): string {
  return someOf(references, NAMED);
}

interface ScanOfMany {
  readonly context: EvaluationContext & Pick<ScanContext, "secrets" | "stepLines" | "trust" | "learned">;
  readonly dockerfiles: NamedDockerfiles | undefined;
  readonly foreign: ForeignPlatforms;
  readonly note: (text: string) => void;
}

async function scanReference(
  reference: string,
  { context, dockerfiles, foreign, note }: ScanOfMany,
): Promise<Evaluations> {
  const document = documentOf(reference);
  if (document !== undefined) {
    const { scanSbom } = await import("../../scan/sbom.ts");
    const { evaluations, notes } = scanSbom(document, reference, context);
    for (const text of notes) note(text);
    if (context.learned !== undefined) note("--learned does not apply to an SBOM");
    // It names no suites, and no time at which an image was built.
    if (context.updates !== undefined) note("--updates does not apply to an SBOM");
    return evaluations;
  }
  const folder = folderOf(reference);
  if (folder !== undefined) {
    if (context.learned !== undefined) note(`--learned does not apply to ${reference}, which is not an image`);
    return await scanRootFolder(folder, reference, context);
  }
  const named = await openImage(reference, context.open);
  foreign.add(reference, named.image.config.platform);
  for (const text of dockerfiles?.notes(named.image) ?? []) note(text);
  keepOldNearWhatLives(GROWTH_WHILE_READING);
  try {
    return await scanImage(named, { ...context, onRead: () => keepHeapNearWhatLives() });
  } finally {
    keepHeapNearWhatLives();
    await named.image.store.close();
  }
}

/** The verifier, which a scan without it need not load. */
async function openVerifier(policy: Policy, options: ImageScanOptions) {
  const { openVerifying } = await import("../trust/verifying.ts");
  return await openVerifying(policy, process.cwd(), options);
}

/** What reads Dockerfiles, which a scan without any need not load. */
async function openDockerfiles(files: readonly string[]): Promise<NamedDockerfiles | undefined> {
  if (files.length === 0) return undefined;
  return (await import("../../scan/named-dockerfiles.ts")).readDockerfiles(files);
}

/** What running containers did, which a scan without it need not load. */
async function openLearned(file: string) {
  return (await import("../learned.ts")).openLearned(file);
}

/** Hundreds of rules, which a scan without them need not wait for. */
async function openScanner(policy: Policy) {
  const { openPolicyScanner } = await import("../../collect/secrets/scanner.ts");
  return await openPolicyScanner(policy, process.cwd());
}

/** The bill of materials that is named, as one or by a path whose file is one. */
function documentOf(reference: string): string | undefined {
  if (reference.startsWith("sbom:")) return reference.slice("sbom:".length);
  return isSbomFile(reference) ? reference : undefined;
}
