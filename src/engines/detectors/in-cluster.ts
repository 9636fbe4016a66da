/** Detectors that the objects of a cluster, or manifests, are to run, and which nodes their pods go to. */
import { isObject } from "../../core/untyped.ts";
import type { DaemonSetState } from "../kubernetes/cluster/daemon-sets.ts";
import {
  containersOf,
  effectiveNamespace,
  type KubernetesObject,
  type Manifests,
  type PlacedContainer,
  type PodSpec,
  rawOf,
  type Workload,
} from "../kubernetes/model.ts";
import type { ClusterDetector, DetectionNode, DetectorStatement } from "./model.ts";
import { type Product, productOfImage } from "./products.ts";
import { type NodeSpec, notScheduled, type Taint } from "./scheduling.ts";
import { type Answer, settingsOf } from "./settings.ts";

/** Lists of `Manifests` that it is read from; `network`: nodes. */
export const DETECTION_LISTS = ["workloads", "configMaps", "network", "objects"] as const;

export interface Surroundings {
  /** Whether a list was read whole. */
  isWhole(list: string): boolean;
  /** Of a cluster. */
  readonly states: readonly DaemonSetState[];
}

/** In the order of the objects; each workload once a product. */
export function clusterDetectors(manifests: Manifests, surroundings: Surroundings): readonly ClusterDetector[] {
  return manifests.workloads
    .filter(({ origin }) => origin === "kubernetes")
    .flatMap((workload) => {
      const seen = new Set<Product>();
      return containersOf(workload.pod).flatMap((placed) => {
        const product = productOf(placed);
        if (product === undefined || seen.has(product)) return [];
        seen.add(product);
        return [detector(product, workload, placed, manifests, surroundings)];
      });
    });
}

/** Init containers load drivers and end. */
function productOf({ container, path }: PlacedContainer): Product | undefined {
  if (path[0] === "initContainers" && container.restartPolicy !== "Always") return undefined;
  return productOfImage(container.image ?? "").find(({ runs }) => {
    if (runs === undefined) return true;
    const words = [...container.command, ...container.args];
    const env = runs.env;
    return (
      (runs.words === undefined || runs.words.every((word) => words.includes(word))) &&
      (env === undefined || container.env.some(({ name, value }) => name === env && value === "true"))
    );
  });
}

function detector(
  product: Product,
  workload: Workload,
  { container, path }: PlacedContainer,
  manifests: Manifests,
  { isWhole, states }: Surroundings,
): ClusterDetector {
  const { object, podPath } = workload;
  const { files, from } = configurationFiles(workload, manifests);
  const policies = policiesOf(product, manifests, isWhole("objects"));
  const answers = settingsOf(product, {
    words: [...container.command, ...container.args],
    files,
    ...(policies === undefined ? {} : { policies }),
  });
  const place = from === undefined ? { object, path: [...podPath, ...path] } : { object: from, path: ["data"] };
  const partial = partialBy(workload);
  const unready = object.source.kind === "cluster" ? unreadyOf(object, states) : undefined;
  return {
    product: product.name,
    workload,
    image: [...podPath, ...path, "image"],
    rules: stated(answers.rules, place),
    losses: stated(answers.losses, place),
    ...(partial === undefined ? {} : { partial }),
    ...(unready === undefined ? {} : { unready }),
  };
}

function stated(answer: Answer, place: NonNullable<DetectorStatement["place"]>): DetectorStatement {
  return { ...answer, place };
}

/** Of the ConfigMaps that its pod mounts; those below a folder config.d by that name. */
function configurationFiles({ object, pod }: Workload, { configMaps }: Manifests) {
  const files = new Map<string, string>();
  const namespace = effectiveNamespace(object);
  let from: KubernetesObject | undefined;
  for (const volume of pod.volumes) {
    const name = volume.configMap?.name;
    if (name === undefined) continue;
    const found = configMaps.find((one) => one.object.name === name && effectiveNamespace(one.object) === namespace);
    if (found === undefined) continue;
    const mount = mountOf(pod, volume.name);
    const base = /(?:^|\/)config\.d\/?$/.test(mount ?? "") ? "config.d/" : "";
    for (const [key, text] of Object.entries(found.data)) files.set(`${base}${key}`, text);
    if (base === "") from = found.object;
  }
  return { files, from };
}

function mountOf(pod: PodSpec, volume: string): string | undefined {
  for (const { container } of containersOf(pod)) {
    const mount = container.volumeMounts.find(({ name }) => name === volume);
    if (mount?.mountPath !== undefined) return mount.mountPath;
  }
  return undefined;
}

/** Kinds whose objects are a product's rules. */
const POLICY_KINDS: Readonly<Partial<Record<NonNullable<Product["settings"]>, readonly string[]>>> = {
  tetragon: ["cilium.io/TracingPolicy", "cilium.io/TracingPolicyNamespaced"],
  kubearmor: [
    "security.kubearmor.com/KubeArmorPolicy",
    "security.kubearmor.com/KubeArmorClusterPolicy",
    "security.kubearmor.com/KubeArmorHostPolicy",
  ],
};

/** Files hold a part of a cluster: none there says nothing. */
function policiesOf({ settings }: Product, { objects }: Manifests, isWhole: boolean): number | undefined {
  const kinds = settings === undefined ? undefined : POLICY_KINDS[settings];
  if (kinds === undefined) return undefined;
  const count = objects.filter(({ group, kind }) => kinds.includes(`${group}/${kind}`)).length;
  return count > 0 || isWhole ? count : undefined;
}

/** What leaves nodes out whichever there are: labels of the platform are every node's of it. */
function partialBy({ object, pod, podPath }: Workload): DetectorStatement | undefined {
  if (object.kind !== "DaemonSet") {
    const reason = `runs as a ${object.kind}, not on every node`;
    return { answer: "yes", reason, place: { object, path: ["kind"] } };
  }
  const labels = Object.keys(pod.nodeSelector).filter((label) => !EVERY_NODE.test(label));
  if (labels.length > 0) {
    const reason = `runs only on nodes with ${labels.map((label) => `${label}=${pod.nodeSelector[label]}`).join(", ")}`;
    return { answer: "yes", reason, place: { object, path: [...podPath, "nodeSelector"] } };
  }
  const terms = pod.nodeTerms?.filter(({ labels: own, fields }) => [...own, ...fields].some(leavesOut));
  if (pod.nodeTerms !== undefined && terms?.length === pod.nodeTerms.length) {
    const path = [...podPath, "affinity", "nodeAffinity"];
    return { answer: "yes", reason: "runs only on some nodes, by its node affinity", place: { object, path } };
  }
  return undefined;
}

const EVERY_NODE = /^(?:beta\.)?kubernetes\.io\/(?:os|arch)$/;

/** Virtual nodes run no DaemonSet: to leave them out says nothing. */
function leavesOut({ key, operator }: { readonly key: string; readonly operator: string }): boolean {
  if (EVERY_NODE.test(key)) return false;
  return !((key === "type" || key === "eks.amazonaws.com/compute-type") && operator === "NotIn");
}

function unreadyOf(object: KubernetesObject, states: readonly DaemonSetState[]): string | undefined {
  if (object.kind !== "DaemonSet") return undefined;
  const state = states.find(({ namespace, name }) => namespace === effectiveNamespace(object) && name === object.name);
  if (state === undefined) return undefined;
  const { desired, ready, updated, observed } = state;
  if (!observed) return "is being changed";
  if (desired === 0) return "runs on no node";
  if (ready < desired) return `is ready on ${ready} of ${desired} nodes`;
  return updated < desired ? `is up to date on ${updated} of ${desired} nodes` : undefined;
}

/** Nodes with what watches them; proofs are put beside later. */
export function detectionNodes(manifests: Manifests, detectors: readonly ClusterDetector[]): DetectionNode[] {
  return manifests.objects
    .filter(({ group, kind }) => group === "" && kind === "Node")
    .map((object) => {
      const node = nodeSpec(object);
      const watchedBy: string[] = [];
      const leftOutBy: string[] = [];
      for (const { product, workload, rules } of detectors) {
        if (rules.answer === "no") {
          leftOutBy.push(`${product} ${rules.reason}`);
          continue;
        }
        const why = notOn(workload, node);
        if (why === undefined) watchedBy.push(product);
        else leftOutBy.push(`${product}: ${why}`);
      }
      return {
        object,
        name: object.name,
        windows: object.labels["kubernetes.io/os"] === "windows",
        watchedBy: [...new Set(watchedBy)],
        leftOutBy,
      };
    });
}

/** A pod that nothing made, as a kubelet's own, is where it is. */
function notOn({ object: { kind }, pod }: Workload, node: NodeSpec): string | undefined {
  if (kind === "DaemonSet") return notScheduled(pod, node)?.reason;
  return kind === "Pod" && pod.nodeName === node.name ? undefined : `a ${kind}`;
}

function nodeSpec(object: KubernetesObject): NodeSpec {
  const { spec } = rawOf(object);
  const taints = isObject(spec) && Array.isArray(spec.taints) ? spec.taints : [];
  return {
    name: object.name,
    labels: object.labels,
    taints: taints.flatMap((taint: unknown): Taint[] =>
      isObject(taint) && typeof taint.key === "string" && typeof taint.effect === "string"
        ? [{ key: taint.key, effect: taint.effect, value: typeof taint.value === "string" ? taint.value : "" }]
        : [],
    ),
  };
}
