import { basename, dirname } from "node:path";
import { usageProblem } from "../../core/problem.ts";
import type { EngineName } from "../../engines/kubernetes/model.ts";
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

/** `bulkhead workload audit [DIR|FILE|-|docker:|podman:]`: manifests and Compose files, or what an engine runs. */
export async function workloadAudit(place: string, options: WorkloadAuditOptions): Promise<number> {
  if (place === "docker:" || place === "podman:") {
    return await engineAudit(place === "docker:" ? "docker" : "podman", options);
  }
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

/** The containers that run, and the engine's settings. The socket is that of DOCKER_HOST or CONTAINER_HOST. */
async function engineAudit(engine: EngineName, options: WorkloadAuditOptions): Promise<number> {
  const place = `${engine}:`;
  if (options.render) throw usageProblem(place, "--render requires a directory of Kustomize or Helm");
  if (options.rotation !== undefined) throw usageProblem(place, "--rotation requires manifests or a cluster");
  const { scanEngine } = await import("../../scan/engine.ts");
  return await runEvaluation(
    ".",
    options,
    async (context) => ({
      ...(await scanEngine(engine, ".", context, { environment: process.env })),
      subject: place,
    }),
    { readsImages: false },
  );
}
