/**
 * Whether a sidecar takes what comes to a port for HTTP: as the Services declare it by `appProtocol` or the port's name, else
 * it looks at the bytes. Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import type { PortSet } from "../port-set.ts";
import type { IstioContext } from "./context.ts";

/** What a sidecar forwards without looking at requests; `https` is TLS of the application's own. */
const WITHOUT_HTTP: ReadonlySet<string> = new Set(["tcp", "tls", "https", "mongo", "mysql", "redis"]);

/** Of each pod the ports that all Services in front of it declare to be no HTTP. */
export function portsWithoutHttp({ reading, services }: IstioContext): (index: number) => PortSet {
  const { none, union, subtract } = reading.portSets;
  const declared = new Map<number, { tcp: PortSet; other: PortSet }>();
  for (const { object, pods, targets } of services) {
    const protocols = appProtocols(object);
    for (const { port, name, ports } of targets) {
      const protocol = protocols.get(port) ?? name.split("-", 1)[0] ?? "";
      const isTcp = WITHOUT_HTTP.has(protocol.toLowerCase());
      for (const index of pods.members) {
        const { tcp, other } = declared.get(index) ?? { tcp: none, other: none };
        declared.set(index, isTcp ? { tcp: union(tcp, ports), other } : { tcp, other: union(other, ports) });
      }
    }
  }
  return (index) => {
    const found = declared.get(index);
    return found === undefined ? none : subtract(found.tcp, found.other);
  };
}

function appProtocols(object: KubernetesObject): ReadonlyMap<number, string> {
  const ports = valueAt(rawOf(object), ["spec", "ports"]);
  return new Map(
    (Array.isArray(ports) ? ports : []).flatMap((one: unknown) =>
      isObject(one) && typeof one.port === "number" && typeof one.appProtocol === "string"
        ? [[one.port, one.appProtocol]]
        : [],
    ),
  );
}
