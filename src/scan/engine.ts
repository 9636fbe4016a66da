/** A container engine without Kubernetes: what it runs, judged as services of Compose are, and its settings. */
import { readEngine } from "../collect/kubernetes/engine.ts";
import type { EngineOptions } from "../collect/kubernetes/engine-reading.ts";
import { openPolicyScanner } from "../collect/secrets/scanner.ts";
import { counted } from "../core/counted.ts";
import { parseDigest } from "../core/digest.ts";
import { EvaluationList } from "../core/evaluations.ts";
import type { Relation } from "../core/relation.ts";
import { isObject } from "../core/untyped.ts";
import { readContainers } from "../engines/kubernetes/engine/read.ts";
import type { EngineName, Manifests } from "../engines/kubernetes/model.ts";
import { evaluateContainers, evaluateEngine } from "../evaluate/engine/engine.ts";
import { workloadAsset } from "../evaluate/kubernetes/assets.ts";
import { evaluateManifestSecrets } from "../evaluate/kubernetes/manifest-secrets.ts";
import { hostAsset } from "../evaluate/runtime/assets.ts";
import type { ScanContext } from "./context.ts";

export interface ScannedEngine {
  readonly evaluations: EvaluationList;
  readonly notes: readonly string[];
}

/**
 * @param root - where the policy's own files are
 * @throws Problem as readEngine does
 */
export async function scanEngine(
  engine: EngineName,
  root: string,
  { policy, now, onRelations }: Pick<ScanContext, "policy" | "now" | "onRelations">,
  options: EngineOptions,
): Promise<ScannedEngine> {
  const { place, info, containers, listeners, registries, configuration } = await readEngine(engine, options);
  const asset = hostAsset(info.host);
  const manifests = readContainers(containers, asset.lineage);
  onRelations?.(imageRelations(manifests, containers.inspected, now));
  const { scanner, notes } = await openPolicyScanner(policy, root);
  const evaluations = new EvaluationList([
    ...evaluateEngine(
      {
        info,
        listeners: listeners.facts,
        registries: registries.facts,
        configuration: configuration.facts,
        gaps: { listeners: listeners.gaps, registries: registries.gaps, configuration: configuration.gaps },
      },
      { policy, now },
    ),
    ...evaluateContainers(manifests, info.host, { policy, now }),
    ...evaluateManifestSecrets(manifests, scanner, { policy, now, scope: asset.lineage, asset }),
  ]);
  const version = info.version ?? "version unknown";
  return {
    evaluations,
    notes: [
      `${engine} ${version} on ${info.host}${info.rootless ? ", rootless" : ""} (${place}): ` +
        `${counted(manifests.workloads.length, "container")} running`,
      ...notes,
    ],
  };
}

/** Each container runs the image whose configuration has this digest; the name is what it was started by. */
function imageRelations({ workloads }: Manifests, inspected: readonly unknown[], now: Date): Relation[] {
  const images = new Map(
    inspected.flatMap((container) =>
      isObject(container) && typeof container.Name === "string" ? [[container.Name.replace(/^\//, ""), container]] : [],
    ),
  );
  return workloads.map(({ object, pod }): Relation => {
    const { id, name } = workloadAsset(object);
    const container = images.get(object.name);
    const image = pod.containers[0]?.image ?? "";
    const stated = typeof container?.Image === "string" ? container.Image : "";
    const digest = parseDigest(/^[0-9a-f]{64}$/.test(stated) ? `sha256:${stated}` : stated);
    const named = image === "" ? stated.slice(0, 200) : image;
    const since = isObject(container?.State) ? container.State.StartedAt : undefined;
    return {
      type: "runs",
      from: { kind: "workload", id, name },
      to:
        digest === undefined
          ? { kind: "image", id: named, identifiedBy: "reference", name: named }
          : { kind: "image", id: digest, identifiedBy: "config", name: named },
      observedAt: now.toISOString(),
      ...(typeof since === "string" && !Number.isNaN(Date.parse(since)) ? { since } : {}),
      evidence: {},
      gaps:
        digest === undefined
          ? [{ code: "engine.image", reason: `the engine does not tell the digest of ${named}` }]
          : [],
    };
  });
}
