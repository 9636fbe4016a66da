/**
 * Pods as a cluster has them, from the workloads of manifests: with addresses of both families, on a node each.
 *
 *     const { objects, podsOf } = concretePods(manifests, ["n1", "n2"]);
 *     podsOf("shop/web");                             // ["shop/web-0", "shop/web-1"]
 *
 * Of what a controller does nothing is left out that a policy looks at: labels, container ports, hostNetwork.
 */
import { fieldsOf, type KubernetesObject } from "./oracle-objects.ts";

export interface ConcretePods {
  /** Nodes and Pods. */
  readonly objects: readonly KubernetesObject[];
  /** @throws Error for a workload that there is not */
  podsOf(workload: string): readonly string[];
}

const KINDS = ["Deployment", "StatefulSet", "DaemonSet"];

export function concretePods(manifests: readonly KubernetesObject[], nodes: readonly string[]): ConcretePods {
  const pods: KubernetesObject[] = [];
  const names = new Map<string, string[]>();
  for (const { kind, metadata, spec } of manifests) {
    if (!KINDS.includes(String(kind))) continue;
    const { namespace = "default", name } = fieldsOf(metadata);
    const replicas = kind === "DaemonSet" ? nodes.length : Number(fieldsOf(spec).replicas ?? 1);
    const template = fieldsOf(fieldsOf(spec).template);
    const own: string[] = [];
    names.set(`${namespace}/${name}`, own);
    for (let index = 0; index < replicas; index++) {
      const number = pods.length + 1;
      const ips = [`10.244.0.${number}`, `fd00:244::${number.toString(16)}`];
      const nodeName = nodes[(kind === "DaemonSet" ? index : number) % nodes.length];
      own.push(`${namespace}/${name}-${index}`);
      pods.push({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { namespace, name: `${name}-${index}`, labels: fieldsOf(template.metadata).labels ?? {} },
        spec: { ...fieldsOf(template.spec), nodeName },
        status: { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) },
      });
    }
  }
  const machines = nodes.map((name, index) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: {
      addresses: [`10.0.0.${index + 1}`, `fd00:10::${index + 1}`].map((address) => ({ type: "InternalIP", address })),
    },
  }));
  return {
    objects: [...machines, ...pods],
    podsOf(workload) {
      const found = names.get(workload);
      if (found === undefined) throw new Error(`no such workload: ${workload}`);
      return found;
    },
  };
}
