/** Manifests of Kubernetes and Compose files below a folder: which files they are, and what they say. */

import { existsSync, realpathSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { someOf } from "../../core/counted.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { readEnvFile } from "../../engines/kubernetes/compose/env-file.ts";
import type { ComposeVariables } from "../../engines/kubernetes/compose/interpolate.ts";
import { isComposeFile } from "../../engines/kubernetes/compose/name.ts";
import { type ManifestReader, manifestReader } from "../../engines/kubernetes/manifests.ts";
import type { ManifestGap, Manifests } from "../../engines/kubernetes/model.ts";
import { readBoundedText, withBoundedBytes } from "../tree/text-file.ts";
import { bounds } from "./bounds.ts";
import { type KustomizeFolder, readKustomizeFolder } from "./kustomize-folder.ts";
import type { Rendering } from "./render.ts";

/** Patches that a gap names. */
const NAMED_PATCHES = 5;

/** What {@link discover} found. Paths are relative to the folder that is judged. */
export interface ManifestPaths {
  readonly manifests: readonly string[];
  readonly composeFiles: readonly string[];
  /** Folders that kustomize builds. */
  readonly kustomizations: readonly string[];
  /** Folders of Helm charts; their templates are among no manifests. */
  readonly charts: readonly string[];
  /** What may hold more of them and is not read. */
  readonly unread?: readonly ManifestGap[];
}

/**
 * Reads all of them. What cannot be read is among the gaps.
 *
 * @param rendering - what kustomize and Helm made of the folders; absent: they were not asked
 */
export function readManifestFiles(root: string, paths: ManifestPaths, rendering?: Rendering): Manifests {
  const reader = manifestReader();
  const kustomizations = paths.kustomizations.map((path) => readKustomizeFolder(root, path.replaceAll("\\", "/")));
  const patches = patchesOf(kustomizations);
  const files = [...new Set([...paths.manifests, ...paths.composeFiles])].sort().filter((path) => {
    const name = path.replaceAll("\\", "/");
    return !patches.has(name) && rendering?.taken.has(name) !== true;
  });
  let total = 0;
  let read = 0;
  for (const { path, text } of rendering?.files ?? []) {
    if (total > bounds.kubernetesTotalBytes) {
      const reason = "rendered manifests exceed the limits";
      reader.gap({ code: "kubernetes.bound", reason, path });
      continue;
    }
    total += text.length;
    reader.file(path, text);
  }
  for (const path of files) {
    if (read >= bounds.kubernetesFiles || total > bounds.kubernetesTotalBytes) break;
    read++;
    total += readInto(reader, root, path);
  }
  if (read < files.length) {
    const reason = `${files.length - read} manifest files exceed the limits`;
    reader.gap({ code: "kubernetes.bound", reason, path: files[read] ?? "." });
  }
  for (const gap of paths.unread ?? []) reader.gap(gap);
  for (const { folder, patches: named } of kustomizations) {
    const gap = kustomizeGap(
      folder,
      named.filter((path) => patches.has(path)),
      rendering?.kustomizations,
    );
    if (gap !== undefined) reader.gap(gap);
  }
  for (const path of paths.charts) {
    const gap = chartGap(path.replaceAll("\\", "/"), rendering?.charts);
    if (gap !== undefined) reader.gap(gap);
  }
  return reader.manifests();
}

/** Patches have the form of objects and are parts of such: by themselves they say what nothing is. */
function patchesOf(kustomizations: readonly KustomizeFolder[]): ReadonlySet<string> {
  const resources = new Set(kustomizations.flatMap((folder) => folder.resources));
  return new Set(kustomizations.flatMap(({ patches }) => patches.filter((path) => !resources.has(path))));
}

type Outcomes = ReadonlyMap<string, string | undefined>;

function kustomizeGap(
  folder: string,
  patches: readonly string[],
  outcomes: Outcomes | undefined,
): ManifestGap | undefined {
  const why = outcomes?.get(folder);
  if (outcomes?.has(folder) === true && why === undefined) return undefined;
  const names = [...new Set(patches)].sort();
  const unread = names.length === 0 ? "" : `, and its patches are not read: ${someOf(names, NAMED_PATCHES)}`;
  const reason =
    outcomes === undefined
      ? `a Kustomize directory: its objects are read without its changes${unread}`
      : `not rendered (${why ?? "no --render"}): its objects are read without its changes${unread}`;
  const path = folder || ".";
  return { code: "kubernetes.kustomize", reason, remedy: remedy(`kubectl kustomize ${pasted(path)}`, outcomes), path };
}

function chartGap(chart: string, outcomes: Outcomes | undefined): ManifestGap | undefined {
  const why = outcomes?.get(chart);
  if (outcomes?.has(chart) === true && why === undefined) return undefined;
  const reason =
    outcomes === undefined
      ? "a Helm chart: its templates are not rendered"
      : `a Helm chart, not rendered (${why ?? "no --render"})`;
  const path = chart || ".";
  return { code: "kubernetes.chart", reason, remedy: remedy(`helm template ${pasted(path)}`, outcomes), path };
}

/** A name that is more than a name to a shell is not offered for pasting. */
function pasted(path: string): string {
  return /^[\w.][\w./-]*$/.test(path) ? path : "DIR";
}

function remedy(command: string, outcomes: Outcomes | undefined): string {
  const pipe = `pipe it: ${command} | bulkhead workload audit -`;
  return outcomes === undefined ? `use --render, which runs kubectl or helm on the directory; or ${pipe}` : pipe;
}

/** Answers how many bytes it has. */
function readInto(reader: ManifestReader, root: string, path: string): number {
  const shown = path.replaceAll("\\", "/");
  const read = withBoundedBytes(join(root, path), kubernetesBounds.kubernetesFileBytes, (bytes) => {
    return { length: bytes.length, text: textOf(bytes) };
  });
  if (read === undefined) {
    const reason = `cannot be read, or exceeds ${kubernetesBounds.kubernetesFileBytes} bytes`;
    reader.gap({ code: "kubernetes.unreadable", reason, path: shown });
    return 0;
  }
  if (read.text === undefined) {
    const remedy = "save it as UTF-8";
    reader.gap({ code: "kubernetes.encoding", reason: "not UTF-8", remedy, path: shown });
  } else if (isComposeFile(path)) {
    reader.file(shown, read.text, environmentBeside(join(root, path)), (other) => textBeside(root, shown, other));
  } else reader.file(shown, read.text);
  return read.length;
}

/** Undefined where it is not UTF-8. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Of a file below the root alone, through no link that leads out of it. */
function textBeside(root: string, path: string, other: string): string | undefined {
  const wanted = posix.join(posix.dirname(path), other);
  if (posix.isAbsolute(other) || wanted.startsWith("..")) return undefined;
  try {
    const file = realpathSync(join(root, wanted));
    if (!file.startsWith(realpathSync(root) + sep)) return undefined;
    return readBoundedText(file, kubernetesBounds.composeBesideLength);
  } catch {
    return undefined;
  }
}

/** Compose takes variables from a `.env` beside the file: what it sets goes before every default. */
function environmentBeside(file: string): ComposeVariables {
  const path = join(dirname(file), ".env");
  if (!existsSync(path)) return new Map();
  const text = readBoundedText(path, bounds.composeEnvironmentBytes);
  return text === undefined ? "unknown" : readEnvFile(text);
}
