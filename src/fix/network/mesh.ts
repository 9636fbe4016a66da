/** mTLS and authorization by a mesh: per service account, the same needs again. */

import { readManifests } from "../../engines/kubernetes/manifests.ts";
import type { Manifests, Workload } from "../../engines/kubernetes/model.ts";
import { effectiveNamespace } from "../../engines/kubernetes/model.ts";
import type { PodEndpoint } from "../../engines/reachability/model.ts";
import type { Need } from "../../engines/reachability/needs/model.ts";
import { allowsOf, type Gathering, gather } from "./allows.ts";
import { mergeManifests } from "./assumed.ts";
import { commentsOf } from "./drafts.ts";
import { istioDrafts } from "./istio.ts";
import { linkerdDrafts } from "./linkerd.ts";
import type { Draft, MeshMode } from "./model.ts";
import type { Subject, Subjects } from "./subjects.ts";

export interface MeshContext {
  readonly namespaces: ReadonlySet<string>;
  readonly subjects: Subjects;
  /** Whether it has an identity in the mesh. */
  readonly isInMesh: (pods: PodEndpoint) => boolean;
}

/** Only TCP is the mesh's, and only at workloads in it. */
export function meshDrafts(mode: MeshMode, needs: readonly Need[], context: MeshContext): Draft[] {
  const targets = new Map<Subject, { readonly gathering: Gathering; readonly plaintext: Set<number> }>();
  for (const need of needs) {
    const { from, to, port, protocol } = need;
    if (protocol !== "TCP" || to.kind !== "pods" || to.pods.host || !context.namespaces.has(to.pods.namespace))
      continue;
    if (!context.isInMesh(to.pods) || need.reasons.every(({ kind }) => kind === "mesh" || kind === "probe")) continue;
    const subject = context.subjects.of(to.pods);
    if (subject?.selector === undefined) continue;
    const target = targets.get(subject) ?? { gathering: new Map(), plaintext: new Set<number>() };
    targets.set(subject, target);
    const client = from.kind === "pods" && !from.pods.host && context.isInMesh(from.pods) ? from.pods : undefined;
    if (client === undefined) target.plaintext.add(port);
    const account = client === undefined ? undefined : `${client.namespace}/${client.serviceAccount}`;
    const part = account === undefined ? undefined : { key: account, values: [account] };
    gather(target.gathering, { port: { protocol, port }, part, comments: commentsOf(need), isForNodes: false });
  }
  const found = [...targets].map(([subject, { gathering, plaintext }]) => ({
    subject,
    allows: allowsOf("ingress", gathering),
    plaintext: [...plaintext].sort((a, b) => a - b),
  }));
  found.sort((a, b) =>
    `${a.subject.namespace} ${a.subject.name}` < `${b.subject.namespace} ${b.subject.name}` ? -1 : 1,
  );
  const namespaces = [...context.namespaces].sort();
  return mode === "istio" ? istioDrafts(namespaces, found) : linkerdDrafts(found);
}

const PROXY = { istio: "istio-proxy", linkerd: "linkerd-proxy" } as const;

/** Workloads of the namespaces as they are in the mesh: with its proxy, unless a mesh has them already. */
export function withProxies(
  base: Manifests,
  mode: MeshMode,
  namespaces: ReadonlySet<string>,
  isInMesh: (workload: Workload) => boolean,
): Manifests {
  const workloads = base.workloads.map((workload): Workload => {
    const namespace = effectiveNamespace(workload.object) ?? "default";
    const { pod } = workload;
    if (!namespaces.has(namespace) || pod.hostNetwork === true || isInMesh(workload)) return workload;
    const [proxy] = PROXIES[mode];
    return proxy === undefined ? workload : { ...workload, pod: { ...pod, containers: [...pod.containers, proxy] } };
  });
  const isRead = base.configMaps.some(({ object }) => object.namespace === "istio-system" && object.name === "istio");
  const merged = { ...base, workloads };
  return mode === "istio" && !isRead ? mergeManifests(merged, ISTIO) : merged;
}

const PROXIES = {
  istio: proxyContainers(PROXY.istio),
  linkerd: proxyContainers(PROXY.linkerd),
} as const;

function proxyContainers(name: string) {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: ${name}, image: proxy }] }\n`;
  return readManifests([{ path: "", text }]).workloads[0]?.pod.containers ?? [];
}

/** Its configuration as its charts write it, and ambient mode's proxy, where they were not read. */
const ISTIO = readManifests([
  {
    path: "",
    text: `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "rootNamespace: istio-system\\ntrustDomain: cluster.local\\n" }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ztunnel, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: ztunnel } }
    spec: { containers: [{ name: istio-proxy, image: ztunnel }] }
`,
  },
]);
