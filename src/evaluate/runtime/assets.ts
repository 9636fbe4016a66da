/** What an alert is about, as an asset: the workload where a pod is known, else the container on its host, else the host. */
import type { Asset, HostAsset } from "../../core/asset.ts";
import type { AlertSubject } from "../../engines/events/model.ts";

/** What a cluster goes by while it is evaluated; its authority takes the place of it at the end of a run. */
export const CLUSTER = "cluster";

/** Characters of a name: an attacker may have chosen it. */
const NAME_LENGTH = 300;

const UNNAMED = "unnamed host";

export function assetOf({ host, container, pod, object, other }: AlertSubject): Asset {
  if (pod !== undefined) {
    const { kind, name } = pod.owner ?? { kind: "Pod", name: pod.name };
    const lineage = cut(`${CLUSTER}/${kind}/${pod.namespace}/${name}`);
    return { kind: "workload", id: lineage, lineage, name: cut(`${pod.namespace}/${kind}/${name}`) };
  }
  const on = hostAsset(host ?? other);
  if (container !== undefined) {
    const name = container.name ?? container.id.slice(0, 12);
    const lineage = cut(`${on.lineage}/Container/${name}`);
    return {
      kind: "workload",
      id: lineage,
      lineage,
      name: cut(`${on.name}/Container/${name}`),
      seenOn: on.lineage,
    };
  }
  if (object !== undefined) return { kind: "cluster", id: CLUSTER, lineage: CLUSTER, name: CLUSTER };
  return on;
}

export function hostAsset(name: string | undefined): HostAsset {
  const named = cut(name === undefined || name === "" ? UNNAMED : name);
  return { kind: "host", id: `host:${named}`, lineage: `host:${named}`, name: named };
}

function cut(text: string): string {
  return text.slice(0, NAME_LENGTH);
}
