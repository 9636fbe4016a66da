import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { folderOf } from "../../collect/image/named-folder.ts";
import { openPolicyScanner } from "../../collect/secrets/scanner.ts";
import { usageProblem } from "../../core/problem.ts";
import { looksLikeArchive } from "../../engines/oci/archive.ts";
import { isDirectoryImage } from "../../engines/oci/dir-transport.ts";
import { type SecretsTarget, scanSecrets } from "../../scan/secrets.ts";
import { inlineLess, optimizeLate } from "../compiler.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";

export interface SecretsScanOptions extends EvaluationOptions {
  readonly history: boolean;
  /** Files of rules in gitleaks' form. */
  readonly rules: readonly string[];
  readonly fingerprintKey?: string;
}

/** Percent between two collections: of a history, whose objects outlive one and are garbage at the next, and of other files. */
const HEAP_GROWTH = { history: 300, files: 100 } as const;

/** `bulkhead secrets scan [TARGET]`: a folder, a file, `-` for standard input, or an image. */
export async function secretsScan(target: string, options: SecretsScanOptions): Promise<number> {
  const folder = folderOf(target);
  const kind = folder === undefined ? await kindOf(target) : "folder";
  if (options.history && kind !== "folder") {
    throw usageProblem(target, "--history requires a directory");
  }
  const root = kind === "folder" ? (folder ?? resolve(target)) : process.cwd();
  if (options.history) inlineLess();
  const told = options.history ? optimizeLate() : undefined;
  const { fingerprintKey } = options;
  const own = { files: options.rules, ...(fingerprintKey === undefined ? {} : { fingerprintKey }) };
  return await runEvaluation(
    root,
    options,
    async (context) => {
      const keyed = await openPolicyScanner(context.policy, root, own);
      const onProgress: typeof context.onProgress = (progress) => {
        told?.();
        context.onProgress?.(progress);
      };
      const scanned = await scanSecrets(target, targetOf(), keyed, { ...context, onProgress });
      return { subject: target, evaluations: scanned.evaluations, notes: [...scanned.notes, ...keyed.notes] };
    },
    // What lives is small, and collecting it often took a sixth of the time.
    {
      keepsScans: kind === "image",
      ...(kind === "image" ? {} : { heapGrowth: HEAP_GROWTH[options.history ? "history" : "files"] }),
    },
  );

  function targetOf(): SecretsTarget {
    switch (kind) {
      case "folder":
        return { kind, root, history: options.history };
      case "input":
        return { kind, stream: process.stdin };
      default:
        return { kind };
    }
  }
}

type Kind = "folder" | "file" | "input" | "image";

/**
 * What is there by that name; a layout or an archive of images is one. What is not there is an image's name where it says so, by
 * its scheme, its registry, a tag or a digest: a slip in a path must not ask a registry.
 *
 * @throws Problem (usage) where nothing is there, and nothing says that it is an image
 */
async function kindOf(target: string): Promise<Kind> {
  if (target === "-") return "input";
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat?.isDirectory())
    return existsSync(join(target, "oci-layout")) || isDirectoryImage(target) ? "image" : "folder";
  if (stat?.isFile()) return (await looksLikeArchive(target)) ? "image" : "file";
  if (namesImage(target)) return "image";
  const mayBeImage = /^\w[\w./-]*$/.test(target);
  const remedy = mayBeImage ? `for an image, name its tag or digest: ${target}:latest` : undefined;
  throw usageProblem(target, "no such file or directory", remedy);
}

/** `docker-daemon:web`, `localhost/web`, `registry.example.com/web`, `web:1.4`, `web@sha256:…`; a path that begins with a dot is none. */
function namesImage(target: string): boolean {
  if (/^\.{0,2}\//.test(target)) return false;
  const [first = ""] = target.split("/", 1);
  const isRegistry = first !== target && (first === "localhost" || first.includes("."));
  return isRegistry || /[:@]/.test(target);
}
