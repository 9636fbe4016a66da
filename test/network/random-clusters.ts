/**
 * Random clusters from a seed, in so small a universe that labels, ports and addresses collide all the time.
 *
 *     const { objects, facts } = randomCluster(7);
 *     for (const connection of probes(objects, facts, { seed: 7, most: 500 })) …   // probes.ts
 *
 * The same seed and options give the same cluster. By default everything occurs: pods and nodes whose address or node nobody
 * knows, hostNetwork, equal priorities, both versions of the tiers' API at once, no known CNI. `RandomOptions` takes parts of
 * it away; `decided` leaves next to nothing that the documents leave open.
 */
import { type Random, randomFrom } from "../differential/random.ts";
import type { ClusterFacts } from "./oracle.ts";
import type { KubernetesObject } from "./oracle-objects.ts";
import { randomPolicies } from "./random-policies.ts";

export interface RandomOptions {
  /**
   * Only what the documents decide: a known CNI that takes ipBlocks by address, every address and node known, no hostNetwork,
   * no two policies of a tier with one priority, one version of the API. Open are the two `Readings` of oracle.ts alone.
   * Default false.
   */
  readonly decided?: boolean;
  /** Clusters of both address families among the others. Default true. */
  readonly dualStack?: boolean;
  /** v1alpha1 and v1alpha2 in one cluster, which no implementation reads. Default true. */
  readonly bothVersions?: boolean;
  /** Default 10. */
  readonly mostPods?: number;
}

export interface RandomCluster {
  readonly objects: readonly KubernetesObject[];
  readonly facts: ClusterFacts;
}

export const POD_CIDRS = { 4: "10.244.0.0/16", 6: "fd00:244::/64" };
export const NODE_CIDRS = { 4: "10.0.0.0/24", 6: "fd00:10::/64" };

/** At the edges of the CIDRs that policies pick from (random-policies.ts). */
const POD_ADDRESSES = {
  4: ["0.1", "0.127", "0.128", "0.129", "0.255", "1.0", "1.1", "1.127", "127.255", "128.0", "255.254"],
  6: ["1", "7f", "80", "81", "ff", "100", "101", "17f", "7fff", "8000", "fffe"],
};

const CNIS = ["cilium", "calico", "ovn-kubernetes", "antrea", "kube-network-policies", "flannel", undefined];

export function randomCluster(seed: number, options: RandomOptions = {}): RandomCluster {
  const random = randomFrom(seed);
  const decided = options.decided === true;
  const single = (4 + 2 * random.below(2)) as 4 | 6;
  const families: readonly (4 | 6)[] = options.dualStack !== false && random.once(3) ? [4, 6] : [single];
  const namespaces = ["red", "blue", "green", "gray"].slice(0, 2 + random.below(3));
  const nodes = ["n1", "n2", "n3"].slice(0, 1 + random.below(3));
  const objects: KubernetesObject[] = [];
  for (const name of namespaces) if (decided || !random.once(6)) objects.push(randomNamespace(name, random));
  for (const [index, name] of nodes.entries()) {
    if (decided || !random.once(8)) objects.push(randomNode(name, index + 1, families, random, decided));
  }
  const count = 2 + random.below((options.mostPods ?? 10) - 1);
  for (let index = 0; index < count; index++) {
    objects.push(randomPod({ index, namespaces, nodes, families, random, decided }));
  }
  objects.push(
    ...randomPolicies({
      random,
      namespaces,
      families,
      decided,
      versions: versionsOf(random, options.bothVersions !== false && !decided),
    }),
  );
  return { objects, facts: randomFacts(families, random, decided) };
}

function versionsOf(random: Random, both: boolean): readonly ("v1alpha1" | "v1alpha2")[] {
  if (both && random.once(8)) return ["v1alpha1", "v1alpha2"];
  return [random.once(3) ? "v1alpha1" : "v1alpha2"];
}

function randomFacts(families: readonly (4 | 6)[], random: Random, decided: boolean): ClusterFacts {
  const given = (times: number) => decided || !random.once(times);
  const cni = decided ? "calico" : random.pick(CNIS);
  return {
    ...(cni !== undefined && { cni }),
    ...(given(3) && { podCIDRs: families.map((family) => POD_CIDRS[family]) }),
    ...(given(3) && { nodeCIDRs: families.map((family) => NODE_CIDRS[family]) }),
    ...(given(2) && { serviceCIDRs: families.map((family) => (family === 4 ? "10.96.0.0/16" : "fd00:96::/112")) }),
  };
}

/** None, some or all of these labels. */
export function randomLabels(random: Random): Record<string, string> {
  const labels: Record<string, string> = {};
  if (!random.once(4)) labels.app = random.pick(["a", "b", "c"]);
  if (random.once(2)) labels.tier = random.pick(["a", "b"]);
  return labels;
}

function randomNamespace(name: string, random: Random): KubernetesObject {
  const labels = random.once(3) ? randomLabels(random) : { team: random.pick(["a", "b"]) };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, ...(!random.once(4) && { labels }) } };
}

function randomNode(
  name: string,
  index: number,
  families: readonly (4 | 6)[],
  random: Random,
  decided: boolean,
): KubernetesObject {
  const addresses = families.map((family) => ({
    type: "InternalIP",
    address: family === 4 ? `10.0.0.${index}` : `fd00:10::${index}`,
  }));
  if (!decided && random.once(5) && families.includes(4)) {
    addresses.push({ type: "ExternalIP", address: `203.0.113.${index}` });
  }
  addresses.push({ type: "Hostname", address: name });
  const labels = { zone: random.pick(["a", "b"]) };
  const status = decided || !random.once(6) ? { status: { addresses } } : {};
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels }, ...status };
}

interface PodSeed {
  readonly index: number;
  readonly namespaces: readonly string[];
  readonly nodes: readonly string[];
  readonly families: readonly (4 | 6)[];
  readonly random: Random;
  readonly decided: boolean;
}

function randomPod({ index, namespaces, nodes, families, random, decided }: PodSeed): KubernetesObject {
  const hostNetwork = !decided && random.once(6);
  const nodeName = random.pick(nodes);
  const known = decided || !random.once(3);
  const ips = families.map((family) => {
    const tail = POD_ADDRESSES[family][index % POD_ADDRESSES[family].length];
    return family === 4 ? `10.244.${tail}` : `fd00:244::${tail}`;
  });
  const containers = [randomContainer("main", ["http", "admin"], random)];
  // Names of ports are each pod's own, and never twice in one.
  if (random.once(3)) containers.push(randomContainer("second", ["dns"], random));
  const init = random.once(4) ? [randomContainer("first", ["early"], random)] : [];
  const sidecar = random.once(4) ? [{ ...randomContainer("proxy", ["side"], random), restartPolicy: "Always" }] : [];
  const initContainers = [...init, ...sidecar];
  const status = { podIP: ips[0], ...(ips.length > 1 && { podIPs: ips.map((ip) => ({ ip })) }) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `p${index}`,
      namespace: random.pick(namespaces),
      ...(!random.once(6) && { labels: randomLabels(random) }),
    },
    spec: {
      ...((decided || !random.once(4)) && { nodeName }),
      ...(hostNetwork && { hostNetwork }),
      ...(initContainers.length > 0 && { initContainers }),
      containers,
    },
    // A hostNetwork pod has its node's address, which its Node tells.
    ...(known && !hostNetwork && { status }),
  };
}

function randomContainer(name: string, names: readonly string[], random: Random): Record<string, unknown> {
  const ports = names.flatMap((portName) => {
    if (random.once(4)) return [];
    const containerPort = random.pick([80, 81, 443, 8080]);
    const protocol = random.pick([undefined, "TCP", "UDP", "SCTP"]);
    return [{ name: portName, containerPort, ...(protocol && { protocol }) }];
  });
  return { name, image: "example.com/app", ...(ports.length > 0 && { ports }) };
}
