/** Pods of a cluster that a workload's controller made: what runs, beside the template that the endpoint is. */
import { effectiveNamespace, type KubernetesObject, type Workload } from "../../kubernetes/model.ts";
import type { Reading } from "../reading.ts";

/** Of a Deployment its ReplicaSets', of a CronJob its Jobs'; no controller of the API makes another of its own kind. */
const OWNERS = 4;

export interface RunningPods {
  /** The pods that run for it, itself where it is a Pod of a cluster. */
  of(workload: Workload): readonly Workload[];
}

export function findRunningPods({ manifests }: Pick<Reading, "manifests">): RunningPods {
  const byKey = new Map<string, KubernetesObject>();
  for (const object of manifests.objects) byKey.set(keyOf(object, object.kind, object.name), object);
  const running = new Map<string, Workload[]>();
  for (const workload of manifests.workloads) {
    const { object } = workload;
    if (object.kind !== "Pod" || object.source.kind !== "cluster") continue;
    let key = keyOf(object, object.kind, object.name);
    for (let step = 0; step < OWNERS; step++) {
      const list = running.get(key);
      if (list === undefined) running.set(key, [workload]);
      else list.push(workload);
      const owner: KubernetesObject | undefined = step === 0 ? object : byKey.get(key);
      const reference =
        owner?.ownerReferences.find(({ controller }) => controller === true) ?? owner?.ownerReferences[0];
      if (reference === undefined) break;
      key = keyOf(object, reference.kind, reference.name);
    }
  }
  return { of: ({ object }) => running.get(keyOf(object, object.kind, object.name)) ?? [] };
}

function keyOf(inNamespace: KubernetesObject, kind: string, name: string): string {
  return `${effectiveNamespace(inNamespace) ?? ""}/${kind}/${name}`;
}
