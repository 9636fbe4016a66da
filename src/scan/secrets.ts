/** Secrets of one target: a folder, its history, a file, a stream, an image, whose readers are loaded for an image alone. */

import { basename, dirname, resolve } from "node:path";
import { createAccumulator } from "../collect/secrets/accumulator.ts";
import { secretsOfFile, secretsOfFolder, versionControl } from "../collect/secrets/folder.ts";
import { secretsOfHistory, together } from "../collect/secrets/history.ts";
import type { KeyedScanner } from "../collect/secrets/scanner.ts";
import { fileAsset } from "../core/asset.ts";
import { someOf } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { evaluateCommitted } from "../evaluate/secrets/secrets.ts";
import type { ScanContext } from "./context.ts";

export type SecretsTarget =
  | { readonly kind: "folder"; readonly root: string; readonly history: boolean }
  | { readonly kind: "file" }
  | { readonly kind: "input"; readonly stream: AsyncIterable<Buffer> }
  | { readonly kind: "image" };

export interface ScannedSecrets {
  readonly evaluations: Evaluation[];
  readonly notes: readonly string[];
}

/** What standard input is called. */
const INPUT = "standard input";

/** @param name - as the user wrote it */
export async function scanSecrets(
  name: string,
  target: SecretsTarget,
  keyed: KeyedScanner,
  context: ScanContext & { readonly open: OpenOptions },
): Promise<ScannedSecrets> {
  const { scanner } = keyed;
  switch (target.kind) {
    case "folder": {
      const { root, history } = target;
      const threads = context.threads === undefined ? {} : { threads: context.threads };
      const onProgress = (done: number) => context.onProgress?.({ name, done });
      const present = await secretsOfFolder(root, keyed, {
        skipped: versionControl,
        onProgress: (done, total) => context.onProgress?.({ name, done, total, unit: "files" }),
        ...threads,
        ...(context.exclusion === undefined ? {} : { exclusion: context.exclusion }),
      });
      const skipped = present.skipped ?? [];
      const nested = skipped.filter((path) => path.endsWith("/.git")).map((path) => dirname(path));
      const past = history ? await secretsOfHistory(root, keyed, { onProgress, ...threads }, nested) : undefined;
      const found = past === undefined ? present : together(past, present);
      return {
        evaluations: evaluateCommitted(fileAsset("."), found, context),
        notes: [...unlooked(skipped, history), ...historyNotes(history, context)],
      };
    }
    case "file": {
      const found = secretsOfFile(resolve(name), name, scanner);
      return { evaluations: evaluateCommitted(fileAsset(name), found, context), notes: [] };
    }
    case "input": {
      const accumulator = createAccumulator(INPUT);
      const stream = scanner.open("-");
      let bytes = 0;
      for await (const chunk of target.stream) {
        bytes += chunk.length;
        stream.write(chunk);
      }
      accumulator.file(INPUT, bytes, stream.end());
      return { evaluations: evaluateCommitted(fileAsset(INPUT), accumulator.finish(), context), notes: [] };
    }
    case "image": {
      const { scanImageSecrets } = await import("./image-secrets.ts");
      return { evaluations: await scanImageSecrets(name, keyed, context), notes: [] };
    }
  }
}

/** What version control keeps beside the files was looked at as far as Git's is, and with --history alone. */
function unlooked(skipped: readonly string[], history: boolean): string[] {
  const stores = skipped.filter((path) => !(history && basename(path) === ".git")).sort();
  if (stores.length === 0) return [];
  const remedy = history ? "" : ": --history scans the Git history";
  return [`not read: ${someOf(stores, NAMED_STORES)}${remedy}`];
}

const NAMED_STORES = 3;

/** What is left out of a directory is still in its history. */
function historyNotes(history: boolean, { exclusion }: ScanContext): string[] {
  if (!history || exclusion === undefined) return [];
  return ["exclusions do not apply to the Git history"];
}
