import { basename, dirname } from "node:path";
import { usageProblem } from "../../core/problem.ts";
import type { ManifestPlace } from "../../scan/manifest-place.ts";
import { scanManifests } from "../../scan/manifests.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { namedPlace } from "../named-place.ts";
import { rotationInstead } from "../rotation-output.ts";
import { standardInput } from "../standard-input.ts";

export interface WorkloadAuditOptions extends EvaluationOptions {
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
  /** A Secret, or all: show what a new value of it would restart in the report's place. */
  readonly rotation?: string;
}

/** `bulkhead workload audit [DIR|FILE|-]`: the workloads and namespaces of manifests and Compose files. */
export async function workloadAudit(place: string, options: WorkloadAuditOptions): Promise<number> {
  const { path, isDirectory: isFolder } = namedPlace(place === "-" ? "." : place);
  if (options.render && (place === "-" || !isFolder)) {
    const cause = "--render requires a directory of Kustomize or Helm";
    throw usageProblem(place, cause);
  }
  const root = isFolder ? path : dirname(path);
  return await runEvaluation(
    root,
    options,
    async (context) => ({
      ...(await scanManifests(await placeOf(), context)),
      subject: place,
      ...(isFolder && place !== "-" ? { extent: "tree" as const } : {}),
      ...rotationInstead(options.rotation),
    }),
    { readsImages: false },
  );

  async function placeOf(): Promise<ManifestPlace> {
    if (place === "-") return { kind: "text", root, text: await standardInput() };
    if (!isFolder) return { kind: "file", root, name: basename(path) };
    return { kind: "folder", root, render: options.render };
  }
}
