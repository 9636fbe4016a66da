/** Workloads and nodes as ends of connections. */

import { append } from "../../core/append.ts";
import { parseAddress } from "../../core/ip-address.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import {
  type ContainerPort,
  effectiveNamespace,
  type KubernetesObject,
  type Manifests,
  rawOf,
  type Workload,
} from "../kubernetes/model.ts";
import type { NodeEndpoint, PodEndpoint } from "./endpoint-model.ts";
import { operatorPods } from "./operator-pods.ts";
import { isVirtualMachine, virtualMachines } from "./virtual-machines.ts";

/** What stands for a namespace in every cluster: the API server sets it. */
const METADATA_NAME = "kubernetes.io/metadata.name";

export interface ReadEndpoints {
  /** Pods first. */
  readonly pods: readonly PodEndpoint[];
  readonly nodes: readonly NodeEndpoint[];
  /** Names of namespaces whose labels were read. */
  readonly namespaces: ReadonlySet<string>;
}

/** Services of Compose files are on networks of Compose's own, and no policy of Kubernetes is about them. */
export function readEndpoints(manifests: Manifests): ReadEndpoints {
  const namespaceLabels = new Map<string, Readonly<Record<string, string>>>();
  for (const { object } of manifests.namespaces) {
    namespaceLabels.set(object.name, { ...object.labels, [METADATA_NAME]: object.name });
  }
  const namespaces = new Set(namespaceLabels.keys());
  const workloads = [
    ...manifests.workloads.filter(({ origin, object }) => origin === "kubernetes" && !isVirtualMachine(object)),
    ...virtualMachines(manifests),
  ];
  const owners = new Map(
    workloads.filter((workload) => !isFound(workload)).map((workload) => [nameOf(workload.object), workload]),
  );
  const made = new Set(workloads.map(({ object }) => controllerOf(object)));
  const pods: PodEndpoint[] = [];
  const byName = new Map<string, number>();
  const ownAddresses = new Map<string, string[]>();
  for (const workload of workloads) {
    if (isFound(workload) && made.has(nameOf(workload.object))) continue;
    const owner = controllerOf(workload.object);
    if (owner !== undefined && owners.has(owner) && owners.get(owner) !== workload) {
      // What runs is what its owner states; where it runs is its own.
      const addresses = ownAddresses.get(owner) ?? [];
      ownAddresses.set(owner, addresses);
      append(addresses, addressesOf(workload));
      continue;
    }
    const namespace = effectiveNamespace(workload.object) ?? "default";
    const labels = namespaceLabels.get(namespace) ?? { [METADATA_NAME]: namespace };
    namespaceLabels.set(namespace, labels);
    const endpoint = podEndpoint(workload, namespace, labels, owner);
    const same = byName.get(endpoint.name);
    const before = same === undefined ? undefined : pods[same];
    if (same !== undefined && before !== undefined && isAlike(before, endpoint)) {
      pods[same] = { ...before, addresses: [...before.addresses, ...endpoint.addresses] };
      continue;
    }
    byName.set(endpoint.name, pods.length);
    pods.push(endpoint);
  }
  const nodes = readNodes(manifests);
  const nodeAddresses = new Map(nodes.map(({ name, addresses }) => [name, addresses]));
  return {
    pods: pods.map((pod) => {
      const own = [...pod.addresses, ...(ownAddresses.get(nameOf(pod.workload.object)) ?? [])];
      // On its node's network it has the node's.
      const known = own.length === 0 && pod.host ? (nodeAddresses.get(pod.node ?? "") ?? []) : own;
      return known.length === pod.addresses.length ? pod : { ...pod, addresses: known };
    }),
    nodes,
    namespaces,
  };
}

/** Of a kind that its controller alone knows: what it made tells more than the object itself. */
function isFound({ form, object }: Workload): boolean {
  return form === "part" && !isVirtualMachine(object);
}

function podEndpoint(
  workload: Workload,
  namespace: string,
  namespaceLabels: PodEndpoint["namespaceLabels"],
  owner: string | undefined,
): PodEndpoint {
  const { pod, object } = workload;
  const made = operatorPods(workload);
  return {
    kind: "pods",
    name: owner ?? nameOf(object),
    workload,
    namespace,
    labels: made?.labels ?? workload.podMetadata.labels,
    namespaceLabels,
    namedPorts: namedPortsOf(workload, made?.ports),
    host: pod.hostNetwork === true,
    serviceAccount: pod.serviceAccountName || "default",
    addresses: addressesOf(workload),
    ...(pod.nodeName === undefined ? {} : { node: pod.nodeName }),
    everyNode: object.kind === "DaemonSet",
  };
}

/** `shop/Deployment/web`; of one of several pods of an object its name there too. */
function nameOf(object: KubernetesObject): string {
  const part = object.part === undefined ? "" : `/${object.part.name}`;
  return `${effectiveNamespace(object) ?? "default"}/${object.kind}/${object.name || object.generateName || ""}${part}`;
}

function controllerOf(object: KubernetesObject): string | undefined {
  const owner = object.ownerReferences.find(({ controller }) => controller === true) ?? object.ownerReferences[0];
  return owner === undefined || owner.kind === "Node"
    ? undefined
    : `${effectiveNamespace(object) ?? "default"}/${owner.kind}/${owner.name}`;
}

/** Pods of one owner that was not read, which policies cannot tell apart. */
function isAlike(a: PodEndpoint, b: PodEndpoint): boolean {
  const key = ({ labels, namedPorts, host, node, serviceAccount, workload }: PodEndpoint) =>
    JSON.stringify([
      Object.entries(labels).sort(),
      [...namedPorts],
      host,
      node,
      serviceAccount,
      Object.entries(workload.podMetadata.annotations).sort(),
    ]);
  return a.workload.object !== b.workload.object && controllerOf(b.workload.object) !== undefined && key(a) === key(b);
}

/** Of containers that run beside each other: ordinary init containers have ended when the pod is ready. */
function namedPortsOf({ pod }: Workload, made: readonly ContainerPort[] = []): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, Set<number>>();
  const running = [
    { ports: made },
    ...pod.containers,
    ...pod.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always"),
  ];
  for (const { ports } of running) {
    for (const { name, containerPort, protocol } of ports) {
      if (name === undefined || containerPort === undefined) continue;
      const key = `${protocol || "TCP"}/${name}`;
      found.set(key, (found.get(key) ?? new Set()).add(containerPort));
    }
  }
  return new Map([...found].map(([key, numbers]) => [key, [...numbers].sort((a, b) => a - b)]));
}

function addressesOf({ podAddresses = [] }: Workload): readonly string[] {
  return podAddresses.filter((address) => parseAddress(address) !== undefined);
}

function readNodes({ objects }: Manifests): NodeEndpoint[] {
  return objects
    .filter(({ group, kind }) => group === "" && kind === "Node")
    .map((object) => {
      const listed = valueAt(rawOf(object), ["status", "addresses"]);
      const addresses = Array.isArray(listed) ? listed : [];
      return {
        kind: "node",
        name: object.name,
        labels: object.labels,
        addresses: addresses.flatMap((one: unknown) =>
          isObject(one) && typeof one.address === "string" && parseAddress(one.address) !== undefined
            ? [one.address]
            : [],
        ),
      };
    });
}
