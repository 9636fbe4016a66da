/**
 * Servers: ports of pods that have policies of their own.
 * Source: https://linkerd.io/2/reference/authorization-policy/#server. Two that select one port are refused by Linkerd's
 * admission; where it let them through, the oldest counts, then the first by name (`reindex_servers`).
 */
import type { FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import { bounds } from "../bounds.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { Pods } from "../mesh/members.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import { type DefaultPolicy, defaultPolicies, defaultPolicyOf } from "./configuration.ts";

export interface Server {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly pods: PodSet;
  readonly port: number | string;
  readonly accessPolicy: DefaultPolicy;
  /** HTTPRoutes and GRPCRoutes that are attached to it, by `group/kind/name`. */
  readonly routes: readonly string[];
}

/** A port that a Server has at one pod. */
export interface ServedPort {
  readonly server: Server;
  readonly doubt?: Doubt;
}

export function readServers(reading: Reading, members: PodSet): readonly Server[] {
  const routes = readRoutes(reading);
  return reading.objectsOf("policy.linkerd.io", "Server").flatMap((object) => {
    let server: Server | undefined;
    const namespace = object.namespace ?? "default";
    reading.policy(object, ["mesh-authorization"], (policy) => {
      const { spec, refuse, selector } = policy;
      const own = reading.podSets.select({ namespaces: { name: namespace }, pods: undefined });
      policy.selects(reading.podSets.intersect(own, members));
      // Machines outside the cluster are no endpoints here.
      if (spec.has("externalWorkloadSelector") && !spec.has("podSelector")) return;
      const picked = selector(spec.fields("podSelector"));
      if (picked === undefined) refuse("spec.podSelector is missing");
      const port = spec.integerOrString("port");
      if (port === undefined || port === "" || (typeof port === "number" && (port < 1 || port > 65_535)))
        return refuse("spec.port is no port");
      const stated = spec.string("accessPolicy") ?? "deny";
      const accessPolicy = defaultPolicyOf(stated);
      if (accessPolicy === undefined)
        refuse(`spec.accessPolicy: ${stated.slice(0, 40)} must be one of ${defaultPolicies.join(", ")}`);
      const pods = reading.podSets.intersect(
        members,
        reading.podSets.select({ namespaces: { name: namespace }, pods: picked }),
      );
      policy.selects(pods);
      server = {
        object,
        namespace,
        pods,
        port,
        accessPolicy: accessPolicy ?? "deny",
        routes: routes.get(`${namespace}/${object.name}`) ?? [],
      };
    });
    return server === undefined ? [] : [server];
  });
}

/** Of each Server, by namespace and name. */
function readRoutes(reading: Reading): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>();
  for (const [group, kind] of [
    ["policy.linkerd.io", "HTTPRoute"],
    ["gateway.networking.k8s.io", "HTTPRoute"],
    ["gateway.networking.k8s.io", "GRPCRoute"],
  ] as const) {
    for (const object of reading.objectsOf(group, kind)) {
      const namespace = object.namespace ?? "default";
      reading.policy(object, [], ({ spec }) => {
        for (const parent of spec.list("parentRefs").slice(0, bounds.selectorRequirements)) {
          if (parent.string("kind") !== "Server") continue;
          const key = `${parent.string("namespace") ?? namespace}/${parent.string("name") ?? ""}`;
          const listed = result.get(key) ?? [];
          result.set(key, listed);
          listed.push(`${group}/${kind}/${object.name}`);
        }
      });
    }
  }
  return result;
}

/** Ports of each pod that a Server has; a name may be several numbers. */
export function servedPorts(
  servers: readonly Server[],
  pods: Pods,
): ReadonlyMap<number, ReadonlyMap<number, ServedPort>> {
  const result = new Map<number, Map<number, ServedPort>>();
  for (const server of servers.toSorted((a, b) => compare(ageOf(a), ageOf(b)))) {
    for (const [index, pod] of pods.of(server.pods)) {
      const ports = result.get(index) ?? new Map<number, ServedPort>();
      result.set(index, ports);
      for (const port of numbersOf(server, pod)) {
        const before = ports.get(port);
        ports.set(port, before === undefined ? { server } : { ...before, doubt: several(before.server, server) });
      }
    }
  }
  return result;
}

function numbersOf({ port }: Server, { namedPorts }: PodEndpoint): readonly number[] {
  return typeof port === "number" ? [port] : (namedPorts.get(`TCP/${port}`) ?? []);
}

function ageOf({ object }: Server): string {
  return `${object.creationTimestamp ?? ""} ${object.name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function several(a: Server, b: Server): Doubt {
  return {
    code: "mesh.several-policies",
    reason: `the Servers ${a.object.name} and ${b.object.name} select the same port, which Linkerd's admission refuses`,
    remedy: "keep one of them",
  };
}

export const serverField: FieldPath = ["spec"];
