/** Folders of other people's files are not judged; whether there are manifests among them is looked at, and said. */
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { holdsObjects } from "../../engines/kubernetes/manifests.ts";
import type { ManifestGap } from "../../engines/kubernetes/model.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { readBoundedText } from "../tree/text-file.ts";
import { mayHoldManifests } from "./manifest-names.ts";
import { looksLikeManifest } from "./manifest-text.ts";

/**
 * The gap that the manifests below such a folder are, if there are any.
 *
 * @param late - whether the time for looking is over
 */
export function foreignManifests(root: string, folder: string, late: () => boolean): ManifestGap | undefined {
  const found: string[] = [];
  const path = below(root, folder);
  const gap = (reason: string): ManifestGap => ({
    code: "kubernetes.skipped-folder",
    reason: `third-party files, not audited: ${reason}`,
    remedy: "audit the directory itself, or move deployed manifests out of it",
    path,
  });
  const pending = [folder];
  let entries = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const listed = list(at);
    if (listed === undefined) return gap(`${below(root, at)} cannot be listed`);
    entries += listed.length;
    for (const entry of listed) {
      if (entries > collectBounds.entries || late()) return gap("too large to search for manifests");
      const file = join(at, entry.name);
      if (entry.isDirectory()) pending.push(file);
      else if (entry.isFile() && mayHoldManifests(entry.name) && isManifest(file)) found.push(below(root, file));
    }
  }
  const [first] = found.sort();
  return first === undefined ? undefined : gap(`manifests in it: ${found.length}, such as ${first}`);
}

/** Whatever may hold an object and cannot be read counts. */
function isManifest(file: string): boolean {
  if (!looksLikeManifest(file)) return false;
  const text = readBoundedText(file, kubernetesBounds.kubernetesFileBytes);
  return text === undefined || holdsObjects(text);
}

function below(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, "/");
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}
