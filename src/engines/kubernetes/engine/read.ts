/** Containers of an engine as workloads. */
import type { Untyped } from "../../../core/untyped.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { composeFactsOf } from "../compose/read.ts";
import { servicePod } from "../compose/service.ts";
import { devicesOfVolumes, hostVolumesOf } from "../compose/volumes.ts";
import { formatFieldPath } from "../field-path.ts";
import type { Manifests } from "../model.ts";
import { ENGINE_CONTAINER } from "../object.ts";
import type { KubernetesObject } from "../object-model.ts";
import { createCollected } from "../read/collected.ts";
import { fieldsOf } from "../read/fields.ts";
import { serviceOf } from "./inspected.ts";
import type { EngineInfo } from "./model.ts";

export interface EngineContainers {
  readonly info: EngineInfo;
  /** What the engine says of each container that runs. */
  readonly inspected: readonly unknown[];
  /** Of `GET /volumes`: what the engine mounts where a container mounts one by its name. */
  readonly volumes: readonly unknown[];
  /** Why more may run than these. */
  readonly unread: readonly { readonly code: string; readonly reason: string }[];
}

/** @param scope - what the containers are of: `host:node-1` */
export function readContainers(found: EngineContainers, scope: string): Manifests {
  const { info, inspected, volumes, unread } = found;
  const collected = createCollected(bounds.engineContainers);
  for (const { code, reason } of unread) collected.gap({ code, reason, path: scope, lists: ["workloads"] });
  const named = volumesByName(volumes);
  const devices = devicesOfVolumes(named);
  const unclear = new Set<string>();
  const hostVolumes = hostVolumesOf(named, (name) => unclear.add(name));
  for (const container of inspected) {
    if (collected.isFull()) break;
    const name = nameOf(container);
    if (!isObject(container) || name === undefined) {
      const reason = "a container was not described: its name or all of it is missing";
      collected.gap({ code: "engine.container", reason, path: scope, lists: ["workloads"] });
      continue;
    }
    const service = serviceOf(container, info);
    const wrong = new Map<string, string>();
    const fields = fieldsOf(service, (path, reason) => wrong.set(formatFieldPath(path), reason));
    const facts = composeFactsOf(fields, { configs: new Map(), secrets: new Map() }, devices);
    const pod = servicePod(name, fields, facts, hostVolumes, new Map());
    const labels = fields.texts("labels");
    const object: KubernetesObject = {
      apiVersion: info.engine,
      group: "",
      version: info.engine,
      kind: ENGINE_CONTAINER,
      name,
      labels,
      annotations: {},
      ownerReferences: [],
      source: { kind: "cluster", cluster: scope },
    };
    // Where the engine takes root for another, a container without a word of it has its users apart.
    const isApart = (info.rootless || info.remapsUsers) && facts.usernsMode !== "host";
    collected.workload({
      object,
      origin: "compose",
      templatePath: [],
      podPath: ["spec"],
      podMetadata: { labels, annotations: {} },
      pod: isApart ? { ...pod, hostUsers: false } : pod,
      compose: facts,
    });
    for (const { source } of facts.mounts) {
      if (unclear.has(source)) wrong.set(`volume ${source}`, "what its driver mounts is unknown");
    }
    for (const [field, reason] of [...wrong].slice(0, bounds.kubernetesObjectGaps)) {
      collected.gap({ code: "engine.container", reason: `${field}: ${reason}`, path: `${scope}/${name}`, object });
    }
  }
  return collected.manifests();
}

/** `/web`, without the slash; of several (links) the first. */
function nameOf(container: unknown): string | undefined {
  const name = isObject(container) ? container.Name : undefined;
  if (typeof name !== "string") return undefined;
  const plain = name.startsWith("/") ? name.slice(1) : name;
  return plain === "" ? undefined : plain.slice(0, bounds.assetNameLength);
}

/** As a Compose file's `volumes`. */
function volumesByName(volumes: readonly unknown[]): Untyped {
  return Object.fromEntries(
    volumes.flatMap((volume) =>
      isObject(volume) && typeof volume.Name === "string"
        ? [[volume.Name, { driver: volume.Driver, driver_opts: volume.Options }]]
        : [],
    ),
  );
}
