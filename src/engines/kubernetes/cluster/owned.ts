/**
 * What a controller made is judged as what it was made from: a Deployment in place of its ReplicaSets and their Pods. What
 * nobody read made (an operator's own kind) is judged itself; and so are containers that no template has.
 */
import { isObject } from "../../../core/untyped.ts";

type Plain = Readonly<Record<string, unknown>>;

interface Root {
  /** `Deployment shop/web`: kind, namespace and name. */
  readonly name: string;
  /** Of its pods that run. */
  readonly addresses: Set<string>;
  /** Names of its template's containers. */
  readonly containers: ReadonlySet<string>;
  /** Injected containers that are judged already, as one text of their names. */
  readonly seen: Set<string>;
}

const LISTS = ["containers", "initContainers", "ephemeralContainers"] as const;

export interface Owned {
  /** The object as it is judged; undefined where its owner is judged in its place. Owners must come first. */
  own(kind: string, object: Plain): Plain | undefined;
  /** What made it, by {@link ownerName}; undefined where nothing that was read did. Owners must come first. */
  ownerOf(object: Plain): string | undefined;
  /** Of what made pods, by {@link ownerName}: the addresses of its pods that run. */
  addresses(): ReadonlyMap<string, readonly string[]>;
}

export function ownerName(kind: string, namespace: unknown, name: unknown): string {
  return `${kind} ${String(namespace)}/${String(name)}`;
}

export function createOwned(): Owned {
  const roots = new Map<string, Root>();

  return {
    own(kind, object) {
      const metadata = isObject(object.metadata) ? object.metadata : {};
      const uid = typeof metadata.uid === "string" ? metadata.uid : undefined;
      const owner = controllerOf(metadata);
      const root = owner === undefined ? undefined : roots.get(owner);
      if (uid !== undefined) {
        const name = ownerName(kind, metadata.namespace, metadata.name);
        const containers = new Set(namesOf(podSpec(kind, object)));
        roots.set(uid, root ?? { name, addresses: new Set(), containers, seen: new Set() });
      }
      if (root === undefined) return object;
      if (kind === "Pod") for (const address of podAddresses(object)) root.addresses.add(address);
      return kind === "Pod" ? withForeignContainers(object, metadata, root) : undefined;
    },
    ownerOf({ metadata }) {
      const owner = isObject(metadata) ? controllerOf(metadata) : undefined;
      return owner === undefined ? undefined : roots.get(owner)?.name;
    },
    addresses() {
      const some = [...roots.values()].filter(({ addresses }) => addresses.size > 0);
      return new Map(some.map(({ name, addresses }) => [name, [...addresses].sort()]));
    },
  };
}

/** What has ended has none: another pod may have its address by now. */
function podAddresses({ status }: Plain): string[] {
  if (!isObject(status) || status.phase === "Succeeded" || status.phase === "Failed") return [];
  const listed = Array.isArray(status.podIPs) ? status.podIPs : [];
  const all = [status.podIP, ...listed.map((one: unknown) => (isObject(one) ? one.ip : undefined))];
  return all.filter((one) => typeof one === "string");
}

function controllerOf({ ownerReferences }: Plain): string | undefined {
  if (!Array.isArray(ownerReferences)) return undefined;
  const owner = ownerReferences.find((one: unknown) => isObject(one) && one.controller === true);
  return isObject(owner) && typeof owner.uid === "string" ? owner.uid : undefined;
}

function podSpec(kind: string, { spec }: Plain): Plain {
  const inner = (from: unknown): unknown =>
    isObject(from) && isObject(from.template) ? from.template.spec : undefined;
  if (kind === "Pod") return isObject(spec) ? spec : {};
  const job = isObject(spec) && isObject(spec.jobTemplate) ? spec.jobTemplate.spec : undefined;
  const found = kind === "CronJob" ? inner(job) : inner(spec);
  return isObject(found) ? found : {};
}

function namesOf(spec: Plain): string[] {
  return LISTS.flatMap((list) => containersOf(spec, list).map(nameOf));
}

function containersOf(spec: Plain, list: (typeof LISTS)[number]): readonly unknown[] {
  const found = spec[list];
  return Array.isArray(found) ? found : [];
}

function nameOf(container: unknown): string {
  return isObject(container) && typeof container.name === "string" ? container.name : "";
}

/** Of one pod of an owner, and again where others are injected; ephemeral ones are somebody's work on that very pod. */
function withForeignContainers(pod: Plain, metadata: Plain, { containers, seen }: Root): Plain | undefined {
  const spec = podSpec("Pod", pod);
  const foreign = (list: (typeof LISTS)[number]) =>
    containersOf(spec, list).filter((one) => !containers.has(nameOf(one)));
  const injected = [...foreign("containers"), ...foreign("initContainers")].map(nameOf).sort();
  const ephemeral = containersOf(spec, "ephemeralContainers");
  const key = injected.join("\n");
  if (ephemeral.length === 0 && (injected.length === 0 || seen.has(key))) return undefined;
  seen.add(key);
  const { ownerReferences: _, ...own } = metadata;
  const kept = {
    ...spec,
    containers: foreign("containers"),
    initContainers: foreign("initContainers"),
    ...(ephemeral.length === 0 ? {} : { ephemeralContainers: ephemeral }),
  };
  return { ...pod, metadata: own, spec: kept };
}
