/** Objects that open ways in, of controllers whose objects are not read here: said, so that nobody takes them for none. */
import type { Lookup } from "./lookup.ts";
import { placed, type Way } from "./way.ts";

/** By group the kinds, with the project whose documentation describes them. */
const OTHERS: readonly { readonly group: string; readonly kinds: readonly string[]; readonly of: string }[] = [
  { group: "projectcontour.io", kinds: ["HTTPProxy"], of: "Contour" },
  { group: "contour.heptio.com", kinds: ["IngressRoute"], of: "Contour" },
  { group: "k8s.nginx.org", kinds: ["VirtualServer", "VirtualServerRoute", "TransportServer"], of: "NGINX" },
  { group: "getambassador.io", kinds: ["Mapping", "TCPMapping"], of: "Emissary" },
  { group: "configuration.konghq.com", kinds: ["TCPIngress", "UDPIngress"], of: "Kong" },
  { group: "gateway.solo.io", kinds: ["VirtualService", "RouteTable"], of: "Gloo" },
  { group: "apisix.apache.org", kinds: ["ApisixRoute"], of: "APISIX" },
  { group: "ingress.v3.haproxy.org", kinds: ["TCP"], of: "HAProxy" },
  { group: "elbv2.k8s.aws", kinds: ["TargetGroupBinding"], of: "the AWS Load Balancer Controller" },
  { group: "networking.gke.io", kinds: ["MultiClusterIngress", "MultiClusterService"], of: "Google Cloud" },
  { group: "voyager.appscode.com", kinds: ["Ingress"], of: "Voyager" },
  { group: "submariner.io", kinds: ["ServiceExport"], of: "Submariner" },
  { group: "multicluster.x-k8s.io", kinds: ["ServiceExport"], of: "a mesh of clusters" },
];

export function otherWays(lookup: Lookup): Way[] {
  return OTHERS.flatMap(({ group, kinds, of }) =>
    kinds.flatMap((kind) =>
      lookup.objectsOf(group, kind).map((object): Way => {
        const reason = `it opens a way in by ${of}, and what is behind it is not read`;
        return {
          way: "other",
          object,
          field: ["spec"],
          reach: { kind: "unknown" },
          listens: [],
          hosts: [],
          source: { kind: "unknown-pod", controller: of },
          behind: [],
          doubts: [placed(object, ["spec"], "exposure.other-kind", reason)],
          deadEnds: [],
        };
      }),
    ),
  );
}
