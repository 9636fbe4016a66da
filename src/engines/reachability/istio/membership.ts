/**
 * Which pods are in Istio's mesh. A sidecar is in the pod, or an injector puts it there: the API server asks the webhook
 * by the labels of namespace and pod, and the injector leaves out pods on their nodes' network, those that refuse and
 * those of system namespaces (https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/). Ambient takes the pods
 * that a label selects, of which no label of their own refuses (https://istio.io/latest/docs/ambient/usage/add-workloads/).
 */
import type { KubernetesObject, Workload } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { isSent } from "../mesh/injector.ts";
import type { Member, Pods } from "../mesh/members.ts";
import { findRunningPods, type RunningPods } from "../mesh/running-pods.ts";
import type { MeshEvidence, MeshNote } from "../mesh-model.ts";
import type { PortSets } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import { ambientBypass, sidecarBypass } from "./capture.ts";
import type { IstioControlPlane } from "./control-plane.ts";
import type { IstioConfig } from "./mesh-config.ts";

/** The injector's own list (`pkg/kube/inject`, IgnoredNamespaces). */
const NEVER_INJECTED: ReadonlySet<string> = new Set([
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "local-path-storage",
]);

const INJECT = "sidecar.istio.io/inject";
const MODE = "istio.io/dataplane-mode";

type Found = Pick<Member, "mesh" | "certainty" | "doubt" | "evidence">;

const outside: Found = { mesh: "none", certainty: "expected", evidence: [] };

export interface IstioMembers {
  readonly members: readonly Member[];
  readonly notes: readonly MeshNote[];
}

export function findMembers(
  reading: Reading,
  pods: Pods,
  controlPlane: IstioControlPlane,
  config: IstioConfig,
): IstioMembers {
  const running = findRunningPods(reading);
  const namespaces = new Map(reading.manifests.namespaces.map(({ object }) => [object.name, object]));
  const isUsed = usesIstio(reading, controlPlane);
  const notes: MeshNote[] = [];
  const members = pods.list.map((pod, index): Member => {
    const asked = memberOf(pod, controlPlane, namespaces, isUsed);
    const found = whatRuns(pod, asked, running);
    if (asked.mesh !== "none" && found.lacking > 0) notes.push(missing(pod, index, found));
    const gateway = found.mesh === "istio-sidecar" && isGateway(pod);
    const bypass =
      found.mesh === "istio-sidecar" && !gateway
        ? sidecarBypass(reading, pod, config)
        : found.mesh === "istio-ambient"
          ? ambientBypass(reading.portSets, pod)
          : noBypass(reading.portSets);
    const { mesh, certainty, evidence, doubt } = found;
    return { mesh, certainty, evidence, ...(doubt === undefined ? {} : { doubt }), gateway, bypass };
  });
  return { members, notes };
}

function noBypass({ none }: PortSets): Member["bypass"] {
  return { inbound: none, outbound: none, outboundRanges: [], places: [] };
}

/** Without any trace of Istio a namespace whose labels were not read is no reason to think of it. */
function usesIstio({ manifests: { objects } }: Reading, { found }: IstioControlPlane): boolean {
  return found.length > 0 || objects.some(({ group }) => group.endsWith(".istio.io"));
}

type Namespaces = ReadonlyMap<string, KubernetesObject>;

/** By what is written: the template, labels, and the webhooks that go by them. */
function memberOf(pod: PodEndpoint, controlPlane: IstioControlPlane, namespaces: Namespaces, isUsed: boolean): Found {
  if (pod.host) return outside;
  const seen = proxyIn(pod.workload);
  if (seen !== undefined) return { mesh: "istio-sidecar", certainty: "seen", evidence: [seen] };
  const sidecar = sidecarBy(pod, controlPlane, namespaces);
  if (sidecar !== undefined && sidecar.certainty !== "unknown") return sidecar;
  const ambient = ambientBy(pod, controlPlane, namespaces);
  if (ambient !== undefined) return ambient;
  if (sidecar !== undefined && isUsed) return sidecar;
  if (namespaces.has(pod.namespace) || !isUsed) return outside;
  return { mesh: "none", certainty: "unknown", doubt: unreadNamespace(pod), evidence: [] };
}

/** Pods of a cluster tell more than what asks for them: they may be older than a label. */
function whatRuns(
  pod: PodEndpoint,
  asked: Found,
  { of }: RunningPods,
): Found & { readonly lacking: number; readonly count: number } {
  const pods = pod.host ? [] : of(pod.workload);
  const found = pods.flatMap((workload): readonly Found[] => {
    const proxy = proxyIn(workload);
    if (proxy !== undefined) return [{ mesh: "istio-sidecar", certainty: "seen", evidence: [proxy] }];
    if (workload.podMetadata.annotations[REDIRECTION] !== "enabled") return [];
    const evidence = {
      object: workload.object,
      field: ["metadata", "annotations", REDIRECTION],
      text: "ztunnel takes the pod's traffic",
    };
    return [{ mesh: "istio-ambient", certainty: "seen", evidence: [evidence] }];
  });
  const count = pods.length;
  const lacking = count - found.length;
  const [first] = found;
  if (first === undefined)
    return { ...(count === 0 ? asked : { ...outside, evidence: asked.evidence }), lacking, count };
  if (lacking === 0) return { ...first, lacking, count };
  const doubt: Doubt = {
    code: "mesh.some-pods",
    reason: `${lacking} of ${count} pods that run are not in the mesh`,
    remedy: "restart the workload",
  };
  return { ...first, certainty: "unknown", doubt, lacking, count };
}

function unreadNamespace({ namespace }: PodEndpoint): Doubt {
  return {
    code: "mesh.namespace-labels",
    reason: `the labels of the namespace ${namespace}, which may add its pods to the mesh, were not read`,
    remedy: `add the Namespace ${namespace} to what is read`,
  };
}

/** The sidecar itself. ztunnel's container has the same name. */
function proxyIn({ object, pod, podPath }: Workload): MeshEvidence | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const index = pod[list].findIndex(({ name, args }) => name === "istio-proxy" && !args.includes("ztunnel"));
    if (index >= 0) return { object, field: [...podPath, list, index], text: "the pod has the container istio-proxy" };
  }
  return undefined;
}

/** istio-cni sets it once it has led the pod's traffic to ztunnel. */
const REDIRECTION = "ambient.istio.io/redirection";

/** By the webhooks that were read; without any, by the labels that Istio's own select. */
function sidecarBy(pod: PodEndpoint, { webhooks }: IstioControlPlane, namespaces: Namespaces): Found | undefined {
  if (NEVER_INJECTED.has(pod.namespace) || refuses(pod)) return undefined;
  let unknown: Found | undefined;
  for (const webhook of webhooks) {
    const sent = isSent(webhook, pod, namespaces);
    if (sent === "no") continue;
    const evidence = [
      { object: webhook.object, field: webhook.field, text: `the webhook ${webhook.name} adds a sidecar` },
    ];
    if (sent === "yes")
      return {
        mesh: "istio-sidecar",
        certainty: "expected",
        evidence: [...labelEvidence(pod, namespaces), ...evidence],
      };
    unknown = { mesh: "istio-sidecar", certainty: "unknown", doubt: unreadNamespace(pod), evidence };
  }
  if (unknown !== undefined) return unknown;
  const [label] = labelEvidence(pod, namespaces);
  if (label === undefined) return undefined;
  const doubt: Doubt =
    webhooks.length === 0
      ? {
          code: "mesh.no-injector",
          reason: `${label.text}, and nothing that was read shows that Istio's injector runs`,
          remedy: "add the control plane's manifests to what is read, or audit the live cluster",
        }
      : {
          code: "mesh.unknown-revision",
          reason: `${label.text}, which no injector that was read selects`,
          remedy: "add the control plane of that revision to what is read",
        };
  return { mesh: "istio-sidecar", certainty: webhooks.length === 0 ? "labelled" : "unknown", doubt, evidence: [label] };
}

/** The pod's label goes before its annotation, which is the older name (`injectRequired`). */
function refuses({ labels, workload: { podMetadata } }: PodEndpoint): boolean {
  return (labels[INJECT] ?? podMetadata.annotations[INJECT]) === "false";
}

/** As the webhooks of Istio's chart select: the namespace's `istio-injection`, else its revision, else the pod's own labels. */
function labelEvidence(pod: PodEndpoint, namespaces: Namespaces): readonly MeshEvidence[] {
  const { labels, namespaceLabels, namespace, workload } = pod;
  const ofNamespace = (label: string): MeshEvidence => ({
    object: namespaces.get(namespace) ?? workload.object,
    field: ["metadata", "labels", label],
    text: `the namespace ${namespace} has the label ${label}=${namespaceLabels[label]}`,
  });
  const ofPod = (label: string): MeshEvidence => ({
    object: workload.object,
    field: [...workload.templatePath, "metadata", "labels", label],
    text: `the pod has the label ${label}=${labels[label]}`,
  });
  const injection = namespaceLabels["istio-injection"];
  if (injection !== undefined) return injection === "enabled" ? [ofNamespace("istio-injection")] : [];
  if (namespaceLabels["istio.io/rev"] !== undefined) return [ofNamespace("istio.io/rev")];
  if (labels["istio.io/rev"] !== undefined) return [ofPod("istio.io/rev")];
  return labels[INJECT] === "true" ? [ofPod(INJECT)] : [];
}

/** The selectors that istio-cni has by default (`ambient.enablementSelectors`). */
function ambientBy(pod: PodEndpoint, { ztunnel }: IstioControlPlane, namespaces: Namespaces): Found | undefined {
  const { labels, namespaceLabels, namespace, workload } = pod;
  if (namespace === "kube-system" || labels[MODE] === "none") return undefined;
  const own = labels[MODE] === "ambient";
  if (!own && namespaceLabels[MODE] !== "ambient") return undefined;
  const evidence: MeshEvidence = own
    ? {
        object: workload.object,
        field: [...workload.templatePath, "metadata", "labels", MODE],
        text: `the pod has the label ${MODE}=ambient`,
      }
    : {
        object: namespaces.get(namespace) ?? workload.object,
        field: ["metadata", "labels", MODE],
        text: `the namespace ${namespace} has the label ${MODE}=ambient`,
      };
  if (ztunnel !== undefined) return { mesh: "istio-ambient", certainty: "expected", evidence: [evidence, ztunnel] };
  const doubt: Doubt = {
    code: "mesh.no-ztunnel",
    reason: `${evidence.text}, and nothing that was read shows that ztunnel runs`,
    remedy: "add ztunnel's manifests to what is read, or audit the live cluster",
  };
  return { mesh: "istio-ambient", certainty: "labelled", doubt, evidence: [evidence] };
}

/** Ingress and egress gateways and waypoints: their proxy takes the connections itself. */
function isGateway({ labels, workload: { pod, podMetadata } }: PodEndpoint): boolean {
  if (labels["gateway.networking.k8s.io/gateway-name"] !== undefined) return true;
  if ((podMetadata.annotations["inject.istio.io/templates"] ?? "").split(",").includes("gateway")) return true;
  return pod.containers.some(
    ({ name, args }) => name === "istio-proxy" && (args.includes("router") || args.includes("waypoint")),
  );
}

function missing(
  pod: PodEndpoint,
  index: number,
  { lacking, count }: { readonly lacking: number; readonly count: number },
): MeshNote {
  return {
    code: "mesh.proxy-missing",
    reason: `${pod.name} is to be in the mesh, and ${lacking === count ? "no pod of it that runs is" : `${lacking} of ${count} pods that run are not`}`,
    remedy: "restart the workload, and look for failures of the injector",
    object: pod.workload.object,
    field: pod.workload.templatePath,
    workloads: [index],
  };
}
