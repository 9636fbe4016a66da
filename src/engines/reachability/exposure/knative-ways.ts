/** Services of Knative Serving: open by its ingress unless they are of the cluster alone (https://knative.dev/docs/serving/). */
import type { Carrier } from "./controllers.ts";
import type { Lookup } from "./lookup.ts";
import { type CarrierReach, placed, type Way } from "./way.ts";

const VISIBILITY = "networking.knative.dev/visibility";
/** Its proxy beside the container: HTTP/1, HTTP/2, and both by TLS. */
const QUEUE_PROXY = [8012, 8013, 8112].map((port) => ({ protocol: "TCP" as const, port }));

export function knativeWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  return lookup.objectsOf("serving.knative.dev", "Service").flatMap((object) => {
    if (object.labels[VISIBILITY] === "cluster-local") return [];
    const source: Carrier = { kind: "unknown-pod", controller: "Knative's ingress" };
    const name = `${lookup.namespaceOf(object)}/Service/${object.name}`;
    const endpoint = lookup.podNamed(name);
    const doubts =
      endpoint === undefined ? [placed(object, ["spec"], "exposure.backend", "its pods were not read")] : [];
    return [
      {
        way: "knative" as const,
        object,
        field: ["spec"],
        reach: reachOf(source),
        listens: [],
        hosts: [],
        source,
        behind: endpoint === undefined ? [] : [{ endpoint, ports: QUEUE_PROXY }],
        doubts,
        deadEnds: [],
      },
    ];
  });
}
