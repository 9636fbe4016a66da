/**
 * Pods as the kubelet (`GET /pods`) or the API server tells of them (core/v1 `Pod`), by the ids of the containers that run them:
 * what a runtime does not know, or knows by labels alone.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ContainerDetails, ContainerFacts, PodFacts } from "./model.ts";
import {
  digestOf,
  factsOf,
  isContainerId,
  labelsOf,
  listOf,
  objectOf,
  repositoryDigestOf,
  textOf,
  timeOf,
} from "./values.ts";

/** Who made an object: its controller, as its own metadata names it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface PodRecord {
  readonly pod: PodFacts;
  /** Where there is one; {@link PodFacts.owner} is what it comes to. */
  readonly controller?: OwnerReference;
  /** By the runtime's whole id. Containers that never started have none. */
  readonly containers: ReadonlyMap<string, PodContainer>;
}

/** What the pod says of one of its containers. */
export interface PodContainer {
  readonly runtime: ContainerFacts["runtime"];
  readonly details: Partial<ContainerDetails> & Pick<ContainerDetails, "name" | "image">;
}

/** @returns undefined where it is no pod */
export function readPod(value: unknown): PodRecord | undefined {
  const { metadata, spec, status } = objectOf(value);
  const { name, namespace, uid, labels } = objectOf(metadata);
  const pod = { name: textOf(name), namespace: textOf(namespace), uid: textOf(uid) };
  if (pod.name === undefined || pod.namespace === undefined || pod.uid === undefined) return undefined;
  const ip = textOf(objectOf(status).podIP);
  const controller = controllerOf(value);
  const owner = controller === undefined ? undefined : namedOwner(controller, labels);
  return {
    pod: {
      namespace: pod.namespace,
      name: pod.name,
      uid: pod.uid,
      labels: labelsOf(labels),
      ...(ip === undefined ? {} : { ip }),
      ...(owner === undefined ? {} : { owner }),
    },
    ...(controller === undefined ? {} : { controller }),
    containers: containersOf(objectOf(spec), objectOf(status)),
  };
}

/** A list of pods; what in it is none is left out. */
export function readPods(list: unknown): readonly PodRecord[] {
  return listOf(objectOf(list).items, bounds.pods)
    .map(readPod)
    .filter((record) => record !== undefined);
}

export function controllerOf(object: unknown): OwnerReference | undefined {
  const references = listOf(objectOf(objectOf(object).metadata).ownerReferences, 100).map(objectOf);
  const found = references.find((each) => each.controller === true);
  const apiVersion = textOf(found?.apiVersion);
  const kind = textOf(found?.kind);
  const name = textOf(found?.name);
  return apiVersion === undefined || kind === undefined || name === undefined ? undefined : { apiVersion, kind, name };
}

/**
 * A Deployment names its ReplicaSets after itself and the hash of their template, and writes that hash on their pods
 * (Kubernetes, "Deployments", pod-template-hash label): who asks nobody knows it from there. Of a Job's maker nothing says.
 */
function namedOwner({ apiVersion, kind, name }: OwnerReference, labels: unknown): NonNullable<PodFacts["owner"]> {
  const hash = textOf(objectOf(labels)["pod-template-hash"]);
  const ofDeployment = apiVersion === "apps/v1" && kind === "ReplicaSet" && hash !== undefined;
  return ofDeployment && name.endsWith(`-${hash}`) && name.length > hash.length + 1
    ? { kind: "Deployment", name: name.slice(0, -hash.length - 1) }
    : { kind, name };
}

const LISTS = [
  ["containers", "containerStatuses"],
  ["initContainers", "initContainerStatuses"],
  ["ephemeralContainers", "ephemeralContainerStatuses"],
] as const;

function containersOf(spec: Untyped, status: Untyped): ReadonlyMap<string, PodContainer> {
  const found = new Map<string, PodContainer>();
  const ofPod = {
    ...flag("hostPid", spec.hostPID),
    ...flag("hostIpc", spec.hostIPC),
    ...flag("hostNetwork", spec.hostNetwork),
  };
  for (const [list, statuses] of LISTS) {
    const stated = listOf(spec[list], bounds.podContainers).map(objectOf);
    for (const state of listOf(status[statuses], bounds.podContainers).map(objectOf)) {
      const { runtime, id } = containerIdOf(state.containerID) ?? {};
      const name = textOf(state.name);
      if (runtime === undefined || id === undefined || name === undefined) continue;
      const own = stated.find((each) => each.name === state.name);
      const started = timeOf(objectOf(objectOf(state.state).running).startedAt);
      found.set(id, {
        runtime,
        details: {
          name,
          // As the runtime has it, which is what rules compare; of an image without a name it has the digest alone.
          image: (digestOf(state.image) === undefined ? textOf(state.image) : undefined) ?? textOf(own?.image) ?? "",
          ...imageOf(state.imageID),
          ...flag("privileged", objectOf(own?.securityContext).privileged),
          ...ofPod,
          ...probesOf(own ?? {}),
          ...(started === undefined ? {} : { started }),
        },
      });
    }
  }
  return found;
}

function flag<Key extends string>(key: Key, value: unknown): { readonly [key in Key]?: boolean } {
  return typeof value === "boolean" ? ({ [key]: value } as { readonly [key in Key]: boolean }) : {};
}

const RUNTIMES: Readonly<Record<string, ContainerFacts["runtime"]>> = {
  docker: "docker",
  containerd: "containerd",
  "cri-o": "cri-o",
};

/** `containerd://3ad7…`. */
function containerIdOf(
  value: unknown,
): { readonly runtime: ContainerFacts["runtime"]; readonly id: string } | undefined {
  const [scheme = "", id] = typeof value === "string" ? value.split("://") : [];
  return isContainerId(id) ? { runtime: RUNTIMES[scheme] ?? "other", id } : undefined;
}

/** Of its manifest where a repository is named with it, else of its config. */
function imageOf(value: unknown): Pick<ContainerDetails, "imageId" | "imageDigest"> {
  const named = repositoryDigestOf(value);
  if (named !== undefined) return { imageDigest: named.digest };
  const imageId = digestOf(typeof value === "string" ? value.replace(/^[a-z-]+:\/\//, "") : undefined);
  return imageId === undefined ? {} : { imageId };
}

/** Those that run a command: what they start is no attack. */
function probesOf(container: Untyped): Pick<ContainerDetails, "healthProbe" | "livenessProbe" | "readinessProbe"> {
  const command = (probe: unknown) => {
    const words = listOf(objectOf(objectOf(probe).exec).command, 1_000);
    return words.length > 0 && words.every((word) => typeof word === "string") ? textOf(words.join(" ")) : undefined;
  };
  const health = command(container.startupProbe);
  const live = command(container.livenessProbe);
  const ready = command(container.readinessProbe);
  return {
    ...(health === undefined ? {} : { healthProbe: health }),
    ...(live === undefined ? {} : { livenessProbe: live }),
    ...(ready === undefined ? {} : { readinessProbe: ready }),
  };
}

/**
 * The runtime's word and the pod's together, each for what it knows best: the pod's name of the container and its probes, the
 * runtime's image, mounts and namespaces.
 *
 * @param facts - of the same container
 */
export function withPod(facts: ContainerFacts, record: PodRecord): ContainerFacts {
  const told = record.containers.get(facts.fullId);
  const { details } = facts;
  const sandboxId = details?.pod?.sandboxId;
  const network = details?.pod?.network;
  const pod: PodFacts = {
    ...record.pod,
    ...(sandboxId === undefined ? {} : { sandboxId }),
    ...(network === undefined ? {} : { network }),
  };
  if (told === undefined) return details === undefined ? facts : { ...facts, details: { ...details, pod } };
  return {
    ...facts,
    runtime: told.runtime === "other" ? facts.runtime : told.runtime,
    details: { mounts: [], labels: {}, ...told.details, ...details, ...namesOf(told, details), pod },
  };
}

/** What the runtime does not know, or names after itself. */
function namesOf(
  { details: { name, image, livenessProbe, readinessProbe, healthProbe } }: PodContainer,
  known: ContainerDetails | undefined,
): Partial<ContainerDetails> {
  const isNamed = known !== undefined && known.image !== "" && digestOf(known.image) === undefined;
  return {
    name,
    ...(isNamed || image === "" ? {} : { image }),
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
    ...(readinessProbe === undefined ? {} : { readinessProbe }),
    ...(healthProbe === undefined ? {} : { healthProbe }),
  };
}

/** Where no runtime answers: what the pod alone says. */
export function podContainerFacts(record: PodRecord, id: string): ContainerFacts | undefined {
  const told = record.containers.get(id);
  return told === undefined ? undefined : withPod(factsOf(id, told.runtime, undefined), record);
}

/** True for what {@link withPod} can say more of: a container of Kubernetes whose pod is not told of whole. */
export function isOfPod({ details }: ContainerFacts): boolean {
  return isObject(details?.pod);
}
