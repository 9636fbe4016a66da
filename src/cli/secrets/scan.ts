import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { imageAsset, layersOf } from "../../collect/image/evaluate.ts";
import { contentsOfImage } from "../../collect/image/inventory.ts";
import { evaluateCommitted, evaluateEmbedded } from "../../collect/secrets/evaluate.ts";
import { secretsOfFile, secretsOfFolder, versionControl } from "../../collect/secrets/folder.ts";
import { createGathering } from "../../collect/secrets/gathering.ts";
import { loadGitleaksRules } from "../../collect/secrets/gitleaks.ts";
import { secretsOfHistory, together } from "../../collect/secrets/history.ts";
import { type KeyedScanner, openPolicyScanner } from "../../collect/secrets/scanner.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { Problem } from "../../core/problem.ts";
import { looksLikeArchive } from "../../engines/oci/archive.ts";
import { openImage } from "../../engines/oci/open.ts";
import { folderOf } from "../image/folder.ts";
import { type Judged, type Judging, type JudgingOptions, runJudging } from "../judging.ts";

export interface SecretsScanOptions extends JudgingOptions {
  readonly history: boolean;
  /** Files of rules in gitleaks' form. */
  readonly rules: readonly string[];
  readonly fingerprintKey?: string;
}

/** `bulkhead secrets scan [TARGET]`: a folder, a file, `-` for standard input, or an image. */
export async function secretsScan(target: string, options: SecretsScanOptions): Promise<number> {
  const folder = folderOf(target);
  const kind = folder === undefined ? await kindOf(target) : "folder";
  if (options.history && kind !== "folder") {
    throw new Problem({ kind: "usage", code: "cli.usage", place: target, cause: "--history takes a folder" });
  }
  const root = kind === "folder" ? (folder ?? resolve(target)) : process.cwd();
  const { rules, notes } = loadGitleaksRules(options.rules);
  const { fingerprintKey } = options;
  const own = { rules, ...(fingerprintKey === undefined ? {} : { fingerprintKey }) };
  const judge = async (context: Judging, keyed: KeyedScanner): Promise<Judged> => {
    const { scanner } = keyed;
    switch (kind) {
      case "folder": {
        const onProgress = (done: number) => context.onProgress?.({ name: target, done });
        const present = await secretsOfFolder(root, scanner, { skipped: versionControl, onProgress });
        const skipped = present.skipped ?? [];
        const nested = skipped.filter((path) => path.endsWith("/.git")).map((path) => dirname(path));
        const past = options.history ? await secretsOfHistory(root, scanner, { onProgress }, nested) : undefined;
        const found = past === undefined ? present : together(past, present);
        const evaluation = evaluateCommitted(fileAsset("."), found, context);
        return { ...judged(target, evaluation), notes: unlooked(skipped, options.history) };
      }
      case "file": {
        const found = secretsOfFile(resolve(target), target, scanner);
        return judged(target, evaluateCommitted(fileAsset(target), found, context));
      }
      case "input": {
        const gathering = createGathering(INPUT);
        const stream = scanner.open("-");
        let bytes = 0;
        for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          stream.write(chunk);
        }
        gathering.file(INPUT, bytes, stream.end());
        return judged(target, evaluateCommitted(fileAsset(INPUT), gathering.finish(), context));
      }
      case "image": {
        const named = await openImage(target, context.open);
        try {
          const { secrets } = await contentsOfImage(named.image, { ...context, secrets: keyed });
          if (secrets === undefined) return judged(target);
          const asset = imageAsset({ ...named.image, ...named }, context.now);
          return judged(target, evaluateEmbedded(asset, secrets, layersOf(named.image, { secrets: keyed }), context));
        } finally {
          await named.image.store.close();
        }
      }
    }
  };
  return await runJudging(root, options, async (context) => {
    const keyed = await openPolicyScanner(context.policy, root, own);
    return { ...(await judge(context, keyed)), notes: [...notes, ...keyed.notes] };
  });
}

/** What version control keeps beside the files was looked at as far as Git's is, and with --history alone. */
function unlooked(skipped: readonly string[], history: boolean): string[] {
  const stores = skipped.filter((path) => !(history && basename(path) === ".git")).sort();
  if (stores.length === 0) return [];
  const named = stores.slice(0, NAMED_STORES).join(", ");
  const more = stores.length > NAMED_STORES ? ` and ${stores.length - NAMED_STORES} more` : "";
  const remedy = history ? "" : ": --history looks through Git's, and all that they ever held";
  return [`not looked at: ${named}${more}${remedy}`];
}

const NAMED_STORES = 3;

type Kind = "folder" | "file" | "input" | "image";

/** What is there by that name; a layout or an archive of images is one, and what is not there is an image's name. */
async function kindOf(target: string): Promise<Kind> {
  if (target === "-") return "input";
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return existsSync(join(target, "oci-layout")) ? "image" : "folder";
  if (stat?.isFile()) return (await looksLikeArchive(target)) ? "image" : "file";
  return "image";
}

const INPUT = "standard input";

function judged(subject: string, ...evaluations: readonly Evaluation[]): Judged {
  return { subject, evaluations, notes: [] };
}
