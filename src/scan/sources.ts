/** The secrets of a folder of sources, for `check`. */
import { relative, sep } from "node:path";
import { secretsOfFolder, versionControl } from "../collect/secrets/folder.ts";
import type { KeyedScanner } from "../collect/secrets/scanner.ts";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { isEvidenceProblem, Problem } from "../core/problem.ts";
import { evaluateCommitted } from "../evaluate/secrets/secrets.ts";
import type { ScanContext } from "./context.ts";

/** What a package manager fetched is other people's, and judged in the images that have it. */
const skipped: ReadonlySet<string> = new Set([...versionControl, "node_modules"]);

/** Of a run that was told not to look: whoever has not looked does not pass. */
export function scanUnlooked(context: ScanContext): Evaluation[] {
  const cause = "secrets were not scanned (--no-secrets)";
  const problem = new Problem({ kind: "unavailable", code: "secrets.left-out", place: "the sources", cause });
  return evaluateCommitted(fileAsset("."), problem, context);
}

/** @param images - layouts of images below the root, by their paths: what is in them is told of the images */
export async function scanSources(
  root: string,
  images: readonly string[],
  keyed: KeyedScanner,
  context: ScanContext,
): Promise<Evaluation[]> {
  const asset = fileAsset(".");
  const layouts = new Set(images.map((path) => relative(root, path).replaceAll(sep, "/")));
  try {
    const found = await secretsOfFolder(root, keyed, {
      skipped,
      ...(context.exclusion === undefined ? {} : { exclusion: context.exclusion }),
      skipsFile: (path) => isBlob(path, layouts),
      onProgress: (done, total) => context.onProgress?.({ name: "secrets", done, total, unit: "files" }),
      ...(context.threads === undefined ? {} : { threads: context.threads }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    return evaluateCommitted(asset, found, context);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return evaluateCommitted(asset, error, context);
  }
}

/** A file of a layout that an image is made of (OCI image layout, "Blobs"); all else in its folder is a source. */
export function isBlob(path: string, layouts: ReadonlySet<string>): boolean {
  const [, layout] = /^(.*?)(?:^|\/)blobs\/[^/]+\/[0-9a-f]{64,128}$/.exec(path) ?? [];
  return layout !== undefined && layouts.has(layout);
}
