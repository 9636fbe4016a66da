/**
 * Waypoints: proxies of ambient through which requests to a Service go, if they are from the mesh.
 * Sources: https://istio.io/latest/docs/ambient/usage/waypoint/ and /l4-policy/.
 *
 * `istio.io/use-waypoint` names one, on the Service, else on its namespace; on a pod it counts for connections to the pod's
 * own address, where the waypoint is for workloads (`istio.io/waypoint-for`). Behind it ztunnel sees the waypoint as the client.
 */
import { valueAt } from "../../../core/untyped.ts";
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import type { MeshService } from "../mesh/services.ts";
import type { MeshEvidence } from "../mesh-model.ts";
import type { AuthorizationPolicy } from "./authorization-policy.ts";
import type { IstioContext } from "./context.ts";
import type { Identity } from "./identities.ts";

export interface Waypoint {
  /** `shop/waypoint`. */
  readonly name: string;
  readonly namespace: string;
  /** The Gateway; absent where labels name one that was not read. */
  readonly gateway: KubernetesObject | undefined;
  readonly isFor: { readonly services: boolean; readonly workloads: boolean };
  /** As which ztunnel sees it. */
  readonly identity: Identity;
}

/** A Service of which requests go through a waypoint. */
export interface WaypointUse {
  readonly service: MeshService;
  readonly waypoint: Waypoint;
  readonly evidence: MeshEvidence;
}

const USE = "istio.io/use-waypoint";
const USE_NAMESPACE = "istio.io/use-waypoint-namespace";

export function findWaypointUses(context: IstioContext): readonly WaypointUse[] {
  const { reading, members } = context;
  if (!members.some(({ mesh }) => mesh === "istio-ambient")) return [];
  const namespaces = new Map(reading.manifests.namespaces.map(({ object }) => [object.name, object]));
  const waypoints = readWaypoints(context);
  return context.services.flatMap((service) => {
    if (![...service.pods.members].some((index) => members[index]?.mesh === "istio-ambient")) return [];
    const [own, namespace] = [service.object, namespaces.get(service.namespace)];
    const object = own.labels[USE] === undefined ? namespace : own;
    const name = object?.labels[USE];
    if (object === undefined || name === undefined || name === "none") return [];
    const inNamespace = object.labels[USE_NAMESPACE] ?? service.namespace;
    const waypoint = waypoints.get(`${inNamespace}/${name}`) ?? unread(inNamespace, name);
    if (!waypoint.isFor.services) return [];
    const evidence = {
      object,
      field: ["metadata", "labels", USE],
      text: `requests to ${service.object.name} go through the waypoint ${waypoint.name}`,
    };
    return [{ service, waypoint, evidence }];
  });
}

function readWaypoints({ reading: { manifests } }: IstioContext): ReadonlyMap<string, Waypoint> {
  const found = new Map<string, Waypoint>();
  for (const { object } of manifests.gateways) {
    if (object.kind !== "Gateway" || valueAt(rawOf(object), ["spec", "gatewayClassName"]) !== "istio-waypoint")
      continue;
    const namespace = object.namespace ?? "default";
    const isFor = object.labels["istio.io/waypoint-for"] ?? "service";
    const name = `${namespace}/${object.name}`;
    found.set(name, {
      name,
      namespace,
      gateway: object,
      isFor: { services: isFor === "service" || isFor === "all", workloads: isFor === "workload" || isFor === "all" },
      // istiod makes its service account, of the same name.
      identity: { namespace, serviceAccount: object.name },
    });
  }
  return found;
}

function unread(namespace: string, name: string): Waypoint {
  return {
    name: `${namespace}/${name}`,
    namespace,
    gateway: undefined,
    isFor: { services: true, workloads: false },
    identity: { namespace, serviceAccount: name },
  };
}

/** Whether a policy's targetRefs put it at the waypoint, for the Service. */
export function isAtWaypoint(
  { config }: IstioContext,
  { targets, namespace }: AuthorizationPolicy,
  { service, waypoint }: WaypointUse,
): boolean {
  return targets.some(({ group, kind, name, namespace: stated }) => {
    if (kind === "Service" && group === "") return service.namespace === namespace && service.object.name === name;
    if (kind === "Gateway" && group === "gateway.networking.k8s.io") {
      return (
        waypoint.namespace === namespace &&
        waypoint.name === `${namespace}/${name}` &&
        (stated === undefined || stated === namespace)
      );
    }
    const isClass = kind === "GatewayClass" && group === "gateway.networking.k8s.io" && name === "istio-waypoint";
    return isClass && namespace === config.rootNamespace;
  });
}
