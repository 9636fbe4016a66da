/**
 * AuthorizationPolicies as rules of the stage `mesh-authorization`. A connection that a CUSTOM policy matches is its
 * authorizer's to decide; then a DENY policy that matches denies it; then, where any ALLOW policy selects the workload, one of
 * them must match. Source: https://istio.io/latest/docs/concepts/security/#implicit-enablement and the policy's reference.
 */

import { createMeshRules, type MeshRules } from "../mesh/emit.ts";
import { matchSources } from "../mesh/sources.ts";
import type { AuthorizationFact } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import { bands, type Doubt } from "../rule-model.ts";
import { createFacts, noteOf, noteRule, withoutEffect } from "./authorization-notes.ts";
import { type AuthorizationPolicy, readAuthorizationPolicy } from "./authorization-policy.ts";
import type { IstioContext } from "./context.ts";
import type { DestinationGroup } from "./destinations.ts";
import { namespaceOf } from "./mesh-config.ts";
import { bySidecar, byZtunnel, type HeldRule, type RulePart } from "./rule-parts.ts";

export const POLICY_SOURCE = "https://istio.io/latest/docs/reference/config/security/authorization-policy/";
export const ZTUNNEL_SOURCE = "https://istio.io/latest/docs/ambient/usage/l4-policy/";

/** Of a policy what it selects, certainly and perhaps. */
interface Subject {
  readonly sure: PodSet;
  readonly maybe: PodSet;
  readonly doubt?: Doubt;
}

export interface HeldPolicy {
  readonly policy: AuthorizationPolicy;
  readonly subject: Subject;
}

export function readAuthorizationPolicies(context: IstioContext): readonly AuthorizationPolicy[] {
  const { reading } = context;
  return reading.objectsOf("security.istio.io", "AuthorizationPolicy").map((object) => {
    const namespace = namespaceOf(object);
    let policy: AuthorizationPolicy | undefined;
    reading.policy(object, ["mesh-authorization"], (one) => {
      policy = readAuthorizationPolicy(object, namespace, one);
      const { sure, maybe } = subjectOf(context, policy);
      one.selects(reading.podSets.union([sure, maybe]));
    });
    return policy as unknown as AuthorizationPolicy;
  });
}

export function looksAtRequests({ rules }: AuthorizationPolicy): boolean {
  return rules.some(({ sources, operations, conditions }) =>
    [sources, operations, conditions].some((clauses) => clauses.some(({ requests }) => requests.length > 0)),
  );
}

/** By its selector: in the root namespace it is everybody's, elsewhere its namespace's. Waypoints go by targetRefs alone. */
export function subjectOf(context: IstioContext, policy: AuthorizationPolicy): Subject {
  const { reading, proxies, pods, config, members } = context;
  const { podSets } = reading;
  if (policy.targets.length > 0 && policy.selector === undefined) {
    return { sure: gatewaysOf(context, policy), maybe: podSets.none };
  }
  const waypoints = pods.where(
    "waypoints",
    ({ labels }, index) => members[index]?.gateway === true && isWaypointPod(labels),
  );
  const possible = podSets.subtract(proxies, waypoints);
  const inNamespace = podSets.intersect(
    possible,
    podSets.select({ namespaces: { name: policy.namespace }, pods: policy.selector }),
  );
  if (policy.namespace !== config.rootNamespace) return { sure: inNamespace, maybe: podSets.none };
  const everywhere = podSets.intersect(possible, podSets.select({ namespaces: undefined, pods: policy.selector }));
  if (config.isRead) return { sure: everywhere, maybe: podSets.none };
  return {
    sure: inNamespace,
    maybe: podSets.subtract(everywhere, inNamespace),
    doubt: unreadRoot(config.rootNamespace),
  };
}

/** Pods of the Gateways that targetRefs name, in the policy's namespace; a waypoint's decide for what is behind it. */
function gatewaysOf(
  { pods, proxies, reading: { podSets } }: IstioContext,
  { targets, namespace }: AuthorizationPolicy,
): PodSet {
  const names = new Set(
    targets
      .filter(({ kind, group }) => kind === "Gateway" && group === "gateway.networking.k8s.io")
      .map(({ name }) => name),
  );
  if (names.size === 0) return podSets.none;
  const gateways = pods.where(`gateways ${JSON.stringify([namespace, [...names]])}`, (pod) => {
    const name = pod.labels["gateway.networking.k8s.io/gateway-name"];
    return pod.namespace === namespace && name !== undefined && names.has(name) && !isWaypointPod(pod.labels);
  });
  return podSets.intersect(gateways, proxies);
}

export function isWaypointPod(labels: Readonly<Record<string, string>>): boolean {
  return (
    labels["gateway.istio.io/managed"] === "istio.io-mesh-controller" ||
    labels["gateway.networking.k8s.io/gateway-class-name"] === "istio-waypoint"
  );
}

function unreadRoot(rootNamespace: string): Doubt {
  return {
    code: "mesh.root-namespace",
    reason: `a policy of ${rootNamespace} is everybody's only where that is the root namespace, and Istio's configuration was not read`,
    remedy: "add the ConfigMap istio to what is read, or audit the live cluster",
  };
}

export interface Authorization {
  readonly facts: ReadonlyMap<number, readonly AuthorizationFact[]>;
  /** Workloads that an enforced ALLOW policy selects. */
  readonly isolated: PodSet;
}

export function addAuthorizationRules(
  context: IstioContext,
  groups: readonly DestinationGroup[],
  policies: readonly AuthorizationPolicy[],
  atWaypoints: ReadonlySet<AuthorizationPolicy>,
  rules: MeshRules = createMeshRules(context.reading),
): Authorization {
  const { podSets } = context.reading;
  const facts = createFacts();
  const isolated: PodSet[] = [];
  for (const policy of policies) {
    const subject = subjectOf(context, policy);
    const selected = podSets.union([subject.sure, subject.maybe]);
    if (selected.members.length === 0) {
      if (!atWaypoints.has(policy)) context.note(withoutEffect(context, policy));
      continue;
    }
    facts.add(policy, selected);
    if (policy.dryRun) {
      context.note(
        noteOf(
          policy,
          "mesh.policy-ignored",
          "a dry run: the policy is logged and not enforced",
          selected,
          "remove the annotation istio.io/dry-run",
        ),
      );
      continue;
    }
    if (policy.action === "AUDIT") continue;
    if (policy.action === "ALLOW") isolated.push(selected);
    const held = holder(context, policy);
    for (const group of groups) addForGroup(context, rules, group, { policy, subject }, held);
  }
  return { facts: facts.facts, isolated: podSets.union(isolated) };
}

/** The rules as one kind of proxy holds them, made once. */
function holder(
  context: IstioContext,
  { rules, namespace, action }: AuthorizationPolicy,
): (kind: DestinationGroup["kind"]) => readonly HeldRule[] {
  const made = new Map<boolean, readonly HeldRule[]>();
  return (kind) => {
    const ambient = kind === "ambient";
    const found =
      made.get(ambient) ??
      rules.map((rule) =>
        ambient
          ? byZtunnel(context, rule, namespace, action === "DENY" ? "DENY" : "ALLOW")
          : bySidecar(context, rule, namespace),
      );
    made.set(ambient, found);
    return found;
  };
}

function addForGroup(
  context: IstioContext,
  rules: MeshRules,
  group: DestinationGroup,
  { policy, subject }: HeldPolicy,
  held: (kind: DestinationGroup["kind"]) => readonly HeldRule[],
): void {
  const { podSets } = context.reading;
  const sides = [
    { pods: podSets.intersect(group.pods, subject.sure), doubt: undefined },
    { pods: podSets.intersect(group.pods, subject.maybe), doubt: subject.doubt },
  ].filter(({ pods }) => pods.members.length > 0);
  if (sides.length === 0) return;
  const { action, object } = policy;
  const ambient = group.kind === "ambient";
  if (ambient && action === "CUSTOM") {
    context.note(
      noteOf(
        policy,
        "mesh.policy-ignored",
        "ztunnel knows no CUSTOM policies",
        union(podSets, sides),
        "attach the policy to a waypoint with targetRefs",
      ),
    );
    return;
  }
  const source = ambient ? ZTUNNEL_SOURCE : POLICY_SOURCE;
  // Outside the mesh nobody holds a policy, so that what one allows is allowed there too.
  const each = (action: "accept" | "deny", add: (pods: PodSet, doubts: readonly (Doubt | undefined)[]) => void) => {
    for (const { pods, doubt } of sides) add(pods, [action === "deny" ? group.doubt : undefined, doubt]);
  };
  const byProxy = held(group.kind);
  for (const [index, rule] of policy.rules.entries()) {
    const asHeld = byProxy[index] as HeldRule;
    noteRule(context, policy, rule, asHeld, group, union(podSets, sides));
    for (const part of asHeld.parts) {
      for (const { ports, requests } of portsOf(context, group, part, action)) {
        for (const match of matchSources(
          { ...context.reading, pods: context.pods },
          group.sources,
          part.sources,
          ports,
        )) {
          each(action === "ALLOW" ? "accept" : "deny", (pods, doubts) =>
            rules.add({
              stage: "mesh-authorization",
              band: action === "CUSTOM" ? bands.custom : action === "DENY" ? bands.deny : bands.allow,
              action: action === "ALLOW" ? "accept" : "deny",
              object,
              field: rule.field,
              subject: pods,
              peers: match.peers,
              ports: match.ports,
              source,
              ...(requests.length > 0 ? { narrowing: `requests by ${requests.join(", ")}` } : {}),
              doubts: [
                ...doubts,
                part.byDestination ? BY_DESTINATION : undefined,
                action === "CUSTOM" ? authorizer(policy) : undefined,
              ],
            }),
          );
        }
      }
    }
  }
  if (action !== "ALLOW") return;
  each("deny", (pods, doubts) =>
    rules.add({
      stage: "mesh-authorization",
      band: bands.isolation,
      action: "deny",
      object,
      field: ["spec"],
      role: "isolation",
      subject: pods,
      peers: [{ kind: "everything" }],
      ports: group.captured,
      source,
      doubts,
    }),
  );
}

/**
 * On ports that carry no HTTP a rule that looks at requests never allows, and denies whatever they are. On the others it
 * denies requests, not connections: only an allowing one is a rule of connections there.
 */
function portsOf(
  { reading: { portSets } }: IstioContext,
  { captured, tcpOnly }: DestinationGroup,
  { ports, requests }: RulePart,
  action: AuthorizationPolicy["action"],
): readonly { readonly ports: PortSet; readonly requests: readonly string[] }[] {
  const held = portSets.intersect(ports, captured);
  if (requests.length === 0) return [{ ports: held, requests }];
  if (action === "ALLOW") return [{ ports: portSets.subtract(held, tcpOnly), requests }];
  return [{ ports: portSets.intersect(held, tcpOnly), requests: [] }];
}

const BY_DESTINATION: Doubt = {
  code: "mesh.destination-address",
  reason: "the rule goes by the destination's address, which a connection to a Service does not have",
  remedy: "use a selector, and ports",
};

function authorizer({ object }: AuthorizationPolicy): Doubt {
  return {
    code: "mesh.external-authorizer",
    reason: `the external authorizer of ${object.name} decides`,
    remedy: "read the authorizer's own rules",
  };
}

function union(podSets: IstioContext["reading"]["podSets"], sides: readonly { readonly pods: PodSet }[]): PodSet {
  return podSets.union(sides.map(({ pods }) => pods));
}
