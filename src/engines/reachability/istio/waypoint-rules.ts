/**
 * What gets to a workload of ambient by way of a waypoint, as rules of the stage `mesh-authorization`. A client reaches the
 * pod if ztunnel takes it, or if the waypoint takes it and ztunnel takes the waypoint: what is let through on the second way
 * stands before ztunnel's own rules, which see the waypoint there and not the client.
 * Source: https://istio.io/latest/docs/ambient/usage/l4-policy/ (choosing enforcement points)
 */
import type { MeshRules } from "../mesh/emit.ts";
import { matchSources, type SourceCondition } from "../mesh/sources.ts";
import type { MeshNote } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import { bands, type Doubt, type Peer } from "../rule-model.ts";
import type { AuthorizationPolicy, AuthorizationRule, Clause } from "./authorization-policy.ts";
import { subjectOf } from "./authorization-rules.ts";
import type { IstioContext } from "./context.ts";
import { type Answer, hasIdentity, type Identity, type IdentityTerm } from "./identities.ts";
import { bySidecar, byZtunnel, ofZtunnel, type RulePart } from "./rule-parts.ts";
import { isAtWaypoint, type WaypointUse } from "./waypoints.ts";

const SOURCE = "https://istio.io/latest/docs/ambient/usage/l4-policy/";

export function addWaypointRules(
  context: IstioContext,
  uses: readonly WaypointUse[],
  policies: readonly AuthorizationPolicy[],
  isolated: PodSet,
  rules: MeshRules,
): void {
  const { podSets } = context.reading;
  const enforced = policies.filter(({ dryRun, action }) => !dryRun && action !== "AUDIT");
  const subjects = new Map(enforced.map((policy) => [policy, subjectOf(context, policy)]));
  for (const use of uses) {
    const own = enforced.filter((policy) => isAtWaypoint(context, policy, use));
    const ambient = context.pods.where("ambient", (_, index) => context.members[index]?.mesh === "istio-ambient");
    const behind = podSets.intersect(use.service.pods, ambient);
    const open = podSets.subtract(behind, isolated);
    if (own.length > 0 && open.members.length > 0) context.note(bypassed(use, own[0] as AuthorizationPolicy, open));
    // What is open to the client itself needs no other way.
    for (const index of podSets.intersect(behind, isolated).members) {
      const held = enforced.filter((policy) => {
        const subject = subjects.get(policy);
        return (
          subject !== undefined &&
          policy.targets.length === 0 &&
          (podSets.has(subject.sure, index) || podSets.has(subject.maybe, index))
        );
      });
      addFor(context, use, own, held, index, ambient, rules);
    }
  }
}

function bypassed({ waypoint, service }: WaypointUse, { object }: AuthorizationPolicy, open: PodSet): MeshNote {
  return {
    code: "mesh.waypoint-bypassed",
    reason: `policies of the waypoint ${waypoint.name} do not hold for connections to the addresses of the pods of ${service.object.name}`,
    remedy: `add an AuthorizationPolicy with a selector that allows ${waypoint.identity.namespace}/${waypoint.identity.serviceAccount} alone`,
    object,
    field: ["spec", "targetRefs"],
    workloads: [...open.members],
  };
}

function addFor(
  context: IstioContext,
  use: WaypointUse,
  own: readonly AuthorizationPolicy[],
  held: readonly AuthorizationPolicy[],
  index: number,
  ambient: PodSet,
  rules: MeshRules,
): void {
  const { reading, pods } = context;
  const { podSets, portSets } = reading;
  const { waypoint, service, evidence } = use;
  const targets = service.targets.reduce((all, { ports }) => portSets.union(all, ports), portSets.none);
  const { sure, maybe } = takenFrom(
    context,
    held,
    waypoint.identity,
    portSets.intersect(targets, portSets.protocol("TCP")),
  );
  const subject = pods.where(`behind ${index}`, (_, at) => at === index);
  const add = (
    place: Pick<AuthorizationPolicy, "object"> & { readonly field: AuthorizationRule["field"] },
    peers: readonly Peer[],
    ports: PortSet,
    requests: readonly string[],
    doubt?: Doubt,
  ) => {
    for (const [taken, unsure] of [
      [sure, undefined],
      [maybe, UNREAD_IDENTITY],
    ] as const) {
      rules.add({
        stage: "mesh-authorization",
        band: bands.bypass,
        action: "accept",
        ...place,
        subject,
        peers,
        ports: portSets.intersect(ports, taken),
        source: SOURCE,
        ...(requests.length > 0
          ? { narrowing: `requests by ${requests.join(", ")}, through the waypoint ${waypoint.name}` }
          : {}),
        doubts: [doubt, unsure],
      });
    }
  };
  const clients = { kind: "pods", pods: podSets.subtract(ambient, subject) } as const;
  const place = { object: evidence.object, field: evidence.field };
  if (waypoint.gateway === undefined) {
    add(place, [clients], targets, [], notRead(use));
    return;
  }
  if (own.some(({ action }) => action === "CUSTOM")) {
    add(place, [clients], targets, [], AUTHORIZER);
    return;
  }
  const denials = denialsOf(context, use, own);
  const addAllowed = (at: typeof place, peers: readonly Peer[], ports: PortSet, requests: readonly string[]) => {
    for (const peer of peers) {
      if (peer.kind !== "pods") continue;
      for (const left of without(context, { pods: podSets.intersect(peer.pods, clients.pods), ports }, denials)) {
        const one: Peer = { kind: "pods", pods: left.pods, ...(peer.doubt === undefined ? {} : { doubt: peer.doubt }) };
        add(at, [one], left.ports, requests, left.doubt);
      }
    }
  };
  const allows = own.filter(({ action }) => action === "ALLOW");
  if (allows.length === 0) addAllowed(place, [clients], targets, []);
  for (const policy of allows) {
    for (const rule of policy.rules) {
      for (const part of bySidecar(context, rule, policy.namespace).parts) {
        for (const match of peersOf(context, ambient, part, atPods(context, use, part.ports))) {
          const peers = match.peers.some(({ kind }) => kind === "everything") ? [clients] : match.peers;
          addAllowed({ object: policy.object, field: rule.field }, peers, match.ports, part.requests);
        }
      }
    }
  }
}

/** The waypoint sees every client of ambient with its identity. */
function peersOf({ reading, pods }: IstioContext, ambient: PodSet, { sources }: RulePart, ports: PortSet) {
  const identified = reading.portSets.protocol("TCP");
  return matchSources({ ...reading, pods }, { classes: [{ pods: ambient, identified }] }, sources, ports);
}

/** A policy at a waypoint names ports of the Service. */
function atPods({ reading: { portSets } }: IstioContext, { service }: WaypointUse, ports: PortSet): PortSet {
  let result = portSets.none;
  for (const target of service.targets) {
    const port = portSets.of([{ protocol: "TCP", first: target.port, last: target.port }]);
    if (portSets.intersect(ports, port) !== portSets.none) result = portSets.union(result, target.ports);
  }
  return result;
}

/** What a DENY rule of the waypoint takes from whom; one that looks at requests leaves the connection. */
interface Denial {
  readonly pods: PodSet;
  readonly ports: PortSet;
  readonly doubt?: Doubt;
}

function denialsOf(context: IstioContext, use: WaypointUse, own: readonly AuthorizationPolicy[]): readonly Denial[] {
  const denies = own.filter(({ action }) => action === "DENY");
  const parts = denies.flatMap(({ rules, namespace }) =>
    rules.flatMap((rule) => bySidecar(context, rule, namespace).parts),
  );
  return parts
    .filter(({ requests }) => requests.length === 0)
    .flatMap(({ sources, ports, byDestination }) =>
      sources.map(({ identities, maybe, ranges }: SourceCondition): Denial => {
        const isSure = maybe === undefined && ranges === undefined && !byDestination;
        return { pods: identities, ports: atPods(context, use, ports), ...(isSure ? {} : { doubt: UNSURE_DENIAL }) };
      }),
    );
}

interface Allowed {
  readonly pods: PodSet;
  readonly ports: PortSet;
  readonly doubt?: Doubt;
}

function without(
  { reading: { podSets, portSets } }: IstioContext,
  allowed: Allowed,
  denials: readonly Denial[],
): readonly Allowed[] {
  let left: readonly Allowed[] = [allowed];
  for (const { pods, ports, doubt } of denials) {
    left = left.flatMap((one): Allowed[] => {
      const touched = { ...one, pods: podSets.intersect(one.pods, pods), ports: portSets.intersect(one.ports, ports) };
      if (touched.pods === podSets.none || touched.ports === portSets.none) return [one];
      return [
        { ...one, pods: podSets.subtract(one.pods, pods) },
        { ...one, pods: touched.pods, ports: portSets.subtract(one.ports, ports) },
        ...(doubt === undefined ? [] : [{ ...touched, doubt }]),
      ];
    });
  }
  return left.filter((one) => one.pods !== podSets.none && one.ports !== portSets.none);
}

const UNSURE_DENIAL: Doubt = {
  code: "mesh.waypoint-denial",
  reason: "a DENY rule of the waypoint goes by addresses or by a trust domain, which were not read",
};

interface Taken {
  readonly sure: PortSet;
  readonly maybe: PortSet;
}

/** Ports on which ztunnel takes the waypoint's own connections: no DENY matches, and an ALLOW does. */
function takenFrom(
  context: IstioContext,
  held: readonly AuthorizationPolicy[],
  identity: Identity,
  ports: PortSet,
): Taken {
  const { portSets } = context.reading;
  const matched = (action: "ALLOW" | "DENY"): Taken => {
    let [sure, maybe] = [portSets.none, portSets.none];
    for (const policy of held) {
      if (policy.action !== action) continue;
      for (const rule of policy.rules) {
        const answer = matches(context, rule, policy.namespace, identity);
        if (answer === "no") continue;
        for (const part of byZtunnel(context, rule, policy.namespace, action).parts) {
          if (answer === "yes" && !part.byDestination) sure = portSets.union(sure, part.ports);
          else maybe = portSets.union(maybe, part.ports);
        }
      }
    }
    return { sure, maybe };
  };
  const allowed = matched("ALLOW");
  const denied = matched("DENY");
  const possible = portSets.subtract(
    portSets.intersect(ports, portSets.union(allowed.sure, allowed.maybe)),
    denied.sure,
  );
  const sure = portSets.subtract(portSets.intersect(possible, allowed.sure), denied.maybe);
  return { sure, maybe: portSets.subtract(possible, sure) };
}

function matches(
  context: IstioContext,
  { sources, conditions }: AuthorizationRule,
  namespace: string,
  identity: Identity,
): Answer {
  const ofClause = (clause: Clause): Answer => {
    const { terms } = ofZtunnel(clause);
    const found = hasIdentity(
      context,
      terms.filter((term): term is IdentityTerm => "values" in term),
      namespace,
      identity,
    );
    // Where the waypoint runs nobody knows.
    return found === "yes" && terms.some(({ about }) => about === "sourceIp") ? "maybe" : found;
  };
  const answers = [...(sources.length === 0 ? [] : [best(sources.map(ofClause))]), ...conditions.map(ofClause)];
  return answers.includes("no") ? "no" : answers.includes("maybe") ? "maybe" : "yes";
}

function best(answers: readonly Answer[]): Answer {
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}

const UNREAD_IDENTITY: Doubt = {
  code: "mesh.waypoint-identity",
  reason: "whether ztunnel takes what comes through the waypoint is not known",
};

const AUTHORIZER: Doubt = {
  code: "mesh.external-authorizer",
  reason: "an external authorizer of the waypoint decides",
  remedy: "read the authorizer's own rules",
};

function notRead({ waypoint }: WaypointUse): Doubt {
  return {
    code: "mesh.waypoint-unread",
    reason: `the waypoint ${waypoint.name}, through which requests go, was not read`,
    remedy: "add its Gateway to what is read",
  };
}
