/** Routes of OpenShift, and Traefik's IngressRoutes: each names Services, and a controller of its own carries it. */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type Carrier, podsOfController } from "./controllers.ts";
import { type Lookup, specOf } from "./lookup.ts";
import { type Backend, type CarrierReach, placed, type Way, waysToBackends } from "./way.ts";

/** https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/network_apis/route-route-openshift-io-v1 */
export function openshiftRouteWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  const routes = lookup.objectsOf("route.openshift.io", "Route");
  if (routes.length === 0) return [];
  const source = carrierBy(lookup, "OpenShift's router");
  const reach = reachOf(source);
  return routes.flatMap((object) => {
    const spec = specOf(object);
    const namespace = lookup.namespaceOf(object);
    const host = spec.string("host");
    const port = spec.fields("port")?.integerOrString("targetPort");
    const base = { way: "openshift-route" as const, object, reach, hosts: host ? [host] : [], listens: [], source };
    const to = spec.fields("to");
    const references = [...(to === undefined ? [] : [to]), ...spec.list("alternateBackends")];
    return references.flatMap((reference) => {
      const field = reference.path();
      if ((reference.string("kind") ?? "Service") !== "Service") {
        const doubts = [
          placed(object, field, "exposure.backend", "its target is no Service: what is behind it is not known"),
        ];
        return [{ ...base, field, behind: [], doubts, deadEnds: [] }];
      }
      return routeBackend(lookup, { service: reference.string("name") ?? "", namespace, field }, port, base);
    });
  });
}

/** A Route names the port of the Service, or the number of the pod's port, whichever fits. */
function routeBackend(
  lookup: Lookup,
  backend: Backend,
  port: number | string | undefined,
  base: Parameters<typeof waysToBackends>[2],
): Way[] {
  const service = lookup.service(backend.namespace, backend.service);
  const fitting = service?.ports.find(
    (one) => port !== undefined && (one.name === port || one.port === port || one.targetPort === port),
  );
  const named = fitting === undefined ? port : (fitting.name ?? fitting.port);
  return waysToBackends(lookup, [{ ...backend, ...(named === undefined ? {} : { port: named }) }], base);
}

const TRAEFIK_KINDS = ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"] as const;

/** https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ */
export function traefikWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  const objects = ["traefik.io", "traefik.containo.us"].flatMap((group) =>
    TRAEFIK_KINDS.flatMap((kind) => lookup.objectsOf(group, kind)),
  );
  if (objects.length === 0) return [];
  const source = carrierBy(lookup, "Traefik");
  const reach = reachOf(source);
  return objects.flatMap((object) => {
    const routes = specOf(object).list("routes");
    const base = { way: "traefik" as const, object, reach, hosts: hostsOf(routes), listens: [], source };
    const services = routes.flatMap((route) => [...route.list("services")]);
    const isService = (one: Fields) => (one.string("kind") ?? "Service") === "Service";
    const ways = waysToBackends(
      lookup,
      services.filter(isService).map((one) => backendOf(lookup, object, one)),
      base,
    );
    for (const other of services.filter((one) => !isService(one))) {
      const reason = "it leads to a TraefikService, which is not read";
      const doubts = [placed(object, other.path(), "exposure.backend", reason)];
      ways.push({ ...base, field: other.path(), behind: [], doubts, deadEnds: [] });
    }
    return ways;
  });
}

function backendOf(lookup: Lookup, object: KubernetesObject, service: Fields): Backend {
  const port = service.integerOrString("port");
  return {
    service: service.string("name") ?? "",
    namespace: service.string("namespace") ?? lookup.namespaceOf(object),
    field: service.path(),
    ...(port === undefined ? {} : { port }),
  };
}

/** Of ``Host(`shop.example`) && PathPrefix(`/`)`` the names. */
function hostsOf(routes: readonly Fields[]): string[] {
  const matches = routes.map((route) => (route.string("match") ?? "").slice(0, 2_000));
  const hosts = matches.flatMap((match) =>
    [...match.matchAll(/Host(?:SNI)?\(([^)]{0,500})\)/g)].flatMap(([, names = ""]) =>
      [...names.matchAll(/[`"]([^`"]{1,253})[`"]/g)].map(([, name = ""]) => name),
    ),
  );
  return [...new Set(hosts)].filter((host) => host !== "*");
}

function carrierBy(lookup: Lookup, controller: string): Carrier {
  const endpoints = podsOfController(lookup, controller);
  return endpoints.length > 0 ? { kind: "pods", controller, endpoints } : { kind: "unknown-pod", controller };
}
