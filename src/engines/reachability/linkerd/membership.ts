/**
 * Which pods are in Linkerd's mesh: the proxy is in the pod, or the annotation `linkerd.io/inject` of pod or namespace asks for it
 * and the injector's webhook is asked (https://linkerd.io/2/features/proxy-injection/, `pkg/inject`). A value that it does not know
 * leaves the pod out; so do a network of the node and a proxy that is there already.
 */
import type { KubernetesObject, Workload } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { isSent, readInjectors } from "../mesh/injector.ts";
import type { Member, Pods } from "../mesh/members.ts";
import { findRunningPods } from "../mesh/running-pods.ts";
import { writtenPorts, writtenRanges } from "../mesh/written-lists.ts";
import type { ControlPlane, MeshBypass, MeshEvidence, MeshNote } from "../mesh-model.ts";
import type { PortInterval, PortSet } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import type { LinkerdConfig } from "./configuration.ts";

const INJECT = "linkerd.io/inject";
const CONFIG = "config.linkerd.io/";
const ASKS: ReadonlySet<string> = new Set(["enabled", "ingress"]);

export interface LinkerdMember extends Member {
  /** Ports that its proxy does not hold policies for: those of the bypass, of the proxy itself, and of the installation. */
  readonly uncaptured: PortSet;
}

export interface LinkerdMembers {
  readonly members: readonly LinkerdMember[];
  readonly notes: readonly MeshNote[];
  readonly controlPlanes: readonly ControlPlane[];
  readonly namespaces: Namespaces;
}

export type Namespaces = ReadonlyMap<string, KubernetesObject>;
type Found = Pick<Member, "mesh" | "certainty" | "doubt" | "evidence">;

const outside: Found = { mesh: "none", certainty: "expected", evidence: [] };

export function findLinkerdMembers(reading: Reading, pods: Pods, config: LinkerdConfig): LinkerdMembers {
  const namespaces = new Map(reading.manifests.namespaces.map(({ object }) => [object.name, object]));
  const webhooks = readInjectors(reading, (name) => name.startsWith("linkerd-proxy-injector."));
  const running = findRunningPods(reading);
  const isUsed =
    webhooks.length > 0 ||
    config.isRead ||
    reading.manifests.objects.some(({ group }) => group === "policy.linkerd.io");
  const notes: MeshNote[] = [];

  function asked(pod: PodEndpoint): Found {
    if (pod.host) return outside;
    const proxy = proxyIn(pod.workload);
    if (proxy !== undefined) return { mesh: "linkerd", certainty: "seen", evidence: [proxy] };
    const evidence = annotationOf(pod, namespaces, INJECT);
    if (pod.workload.pod.containers.some(({ name }) => name === "istio-proxy")) return outside;
    if (evidence === undefined || !ASKS.has(evidence.value)) {
      const isOpen = !namespaces.has(pod.namespace) && evidence === undefined && isUsed;
      return isOpen ? { mesh: "none", certainty: "unknown", doubt: unreadNamespace(pod), evidence: [] } : outside;
    }
    const { value: _, ...place } = evidence;
    if (webhooks.length === 0)
      return { mesh: "linkerd", certainty: "labelled", doubt: noInjector(place), evidence: [place] };
    const sent = webhooks.map((webhook) => isSent(webhook, pod, namespaces));
    if (sent.includes("yes")) {
      const { object, field, name } = webhooks[sent.indexOf("yes")] as (typeof webhooks)[number];
      return {
        mesh: "linkerd",
        certainty: "expected",
        evidence: [place, { object, field, text: `the webhook ${name} adds a proxy` }],
      };
    }
    return sent.includes("unknown")
      ? { mesh: "linkerd", certainty: "unknown", doubt: unreadNamespace(pod), evidence: [place] }
      : { ...outside, evidence: [place] };
  }

  const members = pods.list.map((pod, index): LinkerdMember => {
    const wanted = asked(pod);
    const found = whatRuns(pod, wanted, running.of(pod.workload));
    if (wanted.mesh !== "none" && found.lacking > 0) notes.push(missing(pod, index, found));
    const { lacking: _, count: __, ...rest } = found;
    const none = { bypass: noBypass(reading), uncaptured: reading.portSets.none };
    const isPossible = rest.mesh !== "none" || rest.certainty === "unknown";
    return { ...rest, gateway: false, ...(isPossible ? bypassOf(reading, pod, namespaces, config) : none) };
  });
  const controlPlanes = [
    ...config.sources,
    ...webhooks.map(
      ({ object, field, name }): ControlPlane => ({
        mesh: "linkerd",
        part: "injector",
        object,
        field,
        text: `the webhook ${name} adds proxies`,
      }),
    ),
    ...pods.list
      .filter(({ labels }) => labels["linkerd.io/control-plane-component"] === "destination")
      .map(
        ({ workload: { object } }): ControlPlane => ({
          mesh: "linkerd",
          part: "control-plane",
          object,
          field: [],
          text: "Linkerd's control plane was read",
        }),
      ),
  ];
  return { members, notes, controlPlanes, namespaces };
}

/** Of a running pod its own containers count, whatever asks for them. */
function whatRuns(
  pod: PodEndpoint,
  wanted: Found,
  running: readonly Workload[],
): Found & { readonly lacking: number; readonly count: number } {
  const pods = pod.host ? [] : running;
  const proxies = pods.flatMap((workload) => proxyIn(workload) ?? []);
  const count = pods.length;
  const lacking = count - proxies.length;
  const [first] = proxies;
  if (count === 0) return { ...wanted, lacking, count };
  if (first === undefined) return { ...outside, evidence: wanted.evidence, lacking, count };
  if (lacking === 0) return { mesh: "linkerd", certainty: "seen", evidence: [first], lacking, count };
  const doubt: Doubt = {
    code: "mesh.some-pods",
    reason: `${lacking} of ${count} pods that run are not in the mesh`,
    remedy: "restart the workload",
  };
  return { mesh: "linkerd", certainty: "unknown", doubt, evidence: [first], lacking, count };
}

function proxyIn({ object, pod, podPath }: Workload): MeshEvidence | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const index = pod[list].findIndex(({ name }) => name === "linkerd-proxy");
    if (index >= 0)
      return { object, field: [...podPath, list, index], text: "the pod has the container linkerd-proxy" };
  }
  return undefined;
}

/** The pod's own goes before its namespace's. */
export function annotationOf(
  { workload, namespace }: PodEndpoint,
  namespaces: Namespaces,
  name: string,
): (MeshEvidence & { readonly value: string }) | undefined {
  const own = workload.podMetadata.annotations[name];
  if (own !== undefined) {
    const field = [...workload.templatePath, "metadata", "annotations", name];
    return { object: workload.object, field, text: `the pod has the annotation ${name}: ${own}`, value: own };
  }
  const object = namespaces.get(namespace);
  const value = object?.annotations[name];
  if (object === undefined || value === undefined) return undefined;
  return {
    object,
    field: ["metadata", "annotations", name],
    text: `the namespace ${namespace} has the annotation ${name}: ${value}`,
    value,
  };
}

function noInjector({ text }: MeshEvidence): Doubt {
  return {
    code: "mesh.no-injector",
    reason: `${text}, and nothing that was read shows that Linkerd's injector runs`,
    remedy: "add the control plane's manifests to what is read, or audit the live cluster",
  };
}

function unreadNamespace({ namespace }: PodEndpoint): Doubt {
  return {
    code: "mesh.namespace-labels",
    reason: `the annotations of the namespace ${namespace}, which may add its pods to the mesh, were not read`,
    remedy: `add the Namespace ${namespace} to what is read`,
  };
}

function noBypass({ portSets: { none } }: Reading): MeshBypass {
  return { inbound: none, outbound: none, outboundRanges: [], places: [] };
}

/** Ports of the proxy itself, which its rules of iptables leave out. */
const PROXY_PORTS: readonly PortInterval[] = [{ protocol: "TCP", first: 4190, last: 4191 }];

function bypassOf(
  reading: Reading,
  pod: PodEndpoint,
  namespaces: Namespaces,
  config: LinkerdConfig,
): Pick<LinkerdMember, "bypass" | "uncaptured"> {
  const places: MeshEvidence[] = [];
  const written = <T>(name: string, read: (text: string) => T | undefined, byDefault: T, what: string): T => {
    const evidence = annotationOf(pod, namespaces, CONFIG + name);
    if (evidence === undefined) return byDefault;
    const { object, field, value } = evidence;
    const found = read(value);
    if (found !== undefined) {
      if (value.trim() !== "")
        places.push({ object, field, text: `the proxy does not see connections ${what} ${value}` });
      return found;
    }
    reading.gap({
      code: "mesh.annotation",
      reason: `${CONFIG}${name}: ${value.slice(0, 80)} is no list of this kind`,
      remedy: "correct the annotation",
      object,
      field,
    });
    return byDefault;
  };
  const { portSets } = reading;
  const inbound = portSets.of(written("skip-inbound-ports", writtenPorts, config.skipInbound, "to ports"));
  const outbound = written("skip-outbound-ports", writtenPorts, config.skipOutbound, "that the pod opens to ports");
  const subnets = written("skip-subnets", writtenRanges, config.skipSubnets, "with");
  // What every installation skips is said of whoever has such a port.
  const isStated = places.length > 0 || !config.skipsDefaults;
  const declared = portSets.of(
    pod.workload.pod.containers.flatMap(({ ports }) => ports.flatMap(({ containerPort }) => portOf(containerPort))),
  );
  return {
    bypass: {
      inbound: isStated ? inbound : portSets.intersect(inbound, declared),
      outbound: portSets.of(outbound),
      outboundRanges: subnets,
      places,
    },
    uncaptured: portSets.union(inbound, portSets.of(PROXY_PORTS)),
  };
}

function portOf(port: number | undefined): readonly PortInterval[] {
  return port === undefined ? [] : [{ protocol: "TCP", first: port, last: port }];
}

function missing(
  { name, workload }: PodEndpoint,
  index: number,
  { lacking, count }: { readonly lacking: number; readonly count: number },
): MeshNote {
  return {
    code: "mesh.proxy-missing",
    reason: `${name} is to be in the mesh, and ${lacking === count ? "no pod of it that runs is" : `${lacking} of ${count} pods that run are not`}`,
    remedy: "restart the workload, and look for failures of the injector",
    object: workload.object,
    field: workload.templatePath,
    workloads: [index],
  };
}
