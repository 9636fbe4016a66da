/**
 * Ports that ingress-nginx passes on as they are, by ConfigMaps that its flags name: a port → `namespace/service:port`
 * (https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/).
 */
import type { ConfigMap } from "../../kubernetes/model.ts";
import { type Carrier, podsOfController } from "./controllers.ts";
import type { TransportPort } from "./exposure-model.ts";
import type { Lookup } from "./lookup.ts";
import { isPort } from "./served-ports.ts";
import { type CarrierReach, type Way, waysToBackends } from "./way.ts";

/** As its manifests and its chart call them: `tcp-services`, `release-ingress-nginx-udp`. */
const NAME = /^(?:(tcp|udp)-services|.{0,200}ingress-nginx-(tcp|udp))$/;
const TARGET = /^([a-z0-9-]{1,63})\/([a-z0-9-]{1,63}):([a-z0-9-]{1,15})(?::|$)/;

export function streamWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  const maps = lookup.network.manifests.configMaps.filter(({ object }) => NAME.test(object.name));
  if (maps.length === 0) return [];
  const controller = "ingress-nginx";
  const endpoints = podsOfController(lookup, controller);
  const source: Carrier =
    endpoints.length > 0 ? { kind: "pods", controller, endpoints } : { kind: "unknown-pod", controller };
  const reach = reachOf(source);
  return maps.flatMap((map) => waysOf(lookup, map, { reach, source }));
}

function waysOf(lookup: Lookup, { object, data }: ConfigMap, base: Pick<Way, "reach" | "source">): Way[] {
  const [, plain, ofChart] = NAME.exec(object.name) ?? [];
  const protocol: TransportPort["protocol"] = (plain ?? ofChart) === "udp" ? "UDP" : "TCP";
  return Object.entries(data).flatMap(([key, value]) => {
    const [, namespace, service, port] = TARGET.exec(value) ?? [];
    const listening = Number(key);
    if (namespace === undefined || service === undefined || port === undefined || !isPort(listening)) return [];
    const backend = {
      service,
      namespace,
      port: /^\d+$/.test(port) ? Number(port) : port,
      field: ["data", key],
    };
    const listens = [{ protocol, port: listening }];
    return waysToBackends(lookup, [backend], { ...base, way: "ingress", object, hosts: [], listens });
  });
}
