import { groupBy } from "../mesh/members.ts";
import { matchSources, type SourceCondition } from "../mesh/sources.ts";
import { writtenPorts } from "../mesh/written-lists.ts";
import type { MeshPlace } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortInterval, PortSet } from "../port-set.ts";
import { bands, type Doubt } from "../rule-model.ts";
import { byDefaultPolicy } from "./authentications.ts";
import type { Authorization } from "./authorizations.ts";
import { type DefaultPolicy, defaultPolicies, defaultPolicyOf } from "./configuration.ts";
import type { DefaultInbound, LinkerdContext } from "./context.ts";
import { allowsEveryone } from "./facts.ts";
import { annotationOf, type LinkerdMember } from "./membership.ts";
import { type ServedPort, type Server, serverField } from "./servers.ts";

const SOURCE = "https://linkerd.io/2/reference/authorization-policy/";
const DEFAULT = "config.linkerd.io/default-inbound-policy";
const REQUIRE_IDENTITY = "config.linkerd.io/proxy-require-identity-inbound-ports";

export function defaultOf({ reading, pods, config, namespaces }: LinkerdContext, index: number): DefaultInbound {
  const pod = pods.list[index];
  const evidence = pod === undefined ? undefined : annotationOf(pod, namespaces, DEFAULT);
  if (evidence !== undefined) {
    const { object, field, value } = evidence;
    const policy = defaultPolicyOf(value);
    if (policy !== undefined) return { policy, place: { object, field }, isKnown: true };
    reading.gap({
      code: "mesh.annotation",
      reason: `${DEFAULT}: ${value.slice(0, 40)} must be one of ${defaultPolicies.join(", ")}; Linkerd ignores it`,
      remedy: "correct the annotation",
      object,
      field,
    });
  }
  const { defaultPolicy } = config;
  return {
    policy: defaultPolicy?.policy ?? "all-unauthenticated",
    place: defaultPolicy?.place,
    isKnown: defaultPolicy !== undefined,
  };
}

/** @returns whether every client of it must present an identity */
export function addServer(
  context: LinkerdContext,
  server: Server,
  authorizations: readonly Authorization[],
  served: ReadonlyMap<number, ReadonlyMap<number, ServedPort>>,
): boolean {
  const { reading, pods, members, rules } = context;
  const { portSets } = reading;
  const access = byDefaultPolicy(context, server.accessPolicy);
  const alike = groupBy(server.pods.members, (index) => {
    const own = [...(served.get(index) ?? [])].filter(([, one]) => one.server === server);
    const doubt = own.find(([, one]) => one.doubt !== undefined)?.[1].doubt;
    const { uncaptured, doubt: membership } = members[index] as LinkerdMember;
    return JSON.stringify([own.map(([port]) => port), doubt?.reason ?? "", membership?.reason ?? "", uncaptured.id]);
  });
  for (const [key, indices] of alike) {
    const first = indices[0] as number;
    const own = [...(served.get(first) ?? [])].filter(([, one]) => one.server === server);
    const member = members[first] as LinkerdMember;
    const doubt = own.find(([, one]) => one.doubt !== undefined)?.[1].doubt;
    const ports = portSets.subtract(portSets.of(own.map(([port]) => interval(port))), member.uncaptured);
    const inGroup = new Set(indices);
    const subject = pods.where(`server ${server.pods.id} ${key}`, (_, index) => inGroup.has(index));
    const place = { object: server.object, field: serverField };
    for (const authorization of authorizations) {
      allow(
        context,
        { object: authorization.object, field: ["spec"] },
        subject,
        authorization.condition,
        ports,
        [authorization.doubt, doubt],
        authorization.route,
      );
    }
    if (access !== undefined)
      allow(context, { ...place, field: ["spec", "accessPolicy"] }, subject, access, ports, [doubt]);
    rules.add({
      stage: "mesh-authorization",
      band: bands.isolation,
      action: "deny",
      role: "isolation",
      ...place,
      subject,
      peers: [{ kind: "everything" }],
      ports,
      source: SOURCE,
      doubts: [member.doubt, doubt],
    });
  }
  for (const { object, everyone } of authorizations) if (everyone) context.note(allowsEveryone(server, object));
  return [...authorizations.map(({ condition }) => condition), ...(access === undefined ? [] : [access])].every(
    ({ anonymous }) => !anonymous,
  );
}

function allow(
  { reading, pods, sources, rules }: LinkerdContext,
  place: MeshPlace,
  subject: PodSet,
  condition: SourceCondition,
  ports: PortSet,
  doubts: readonly (Doubt | undefined)[],
  route?: string,
): void {
  for (const match of matchSources({ ...reading, pods }, sources, [condition], ports)) {
    rules.add({
      stage: "mesh-authorization",
      band: bands.allow,
      action: "accept",
      ...place,
      subject,
      peers: match.peers,
      ports: match.ports,
      source: SOURCE,
      ...(route === undefined ? {} : { narrowing: `requests of the ${route}` }),
      doubts,
    });
  }
}

function interval(port: number): PortInterval {
  return { protocol: "TCP", first: port, last: port };
}

/** What no Server has. */
export function addDefaults(
  context: LinkerdContext,
  defaults: readonly (DefaultInbound | undefined)[],
  served: ReadonlyMap<number, ReadonlyMap<number, ServedPort>>,
): void {
  const { reading, pods, proxies, members, rules, namespaces } = context;
  const { portSets } = reading;
  const tcp = portSets.protocol("TCP");
  const places: MeshPlace["object"][] = [];
  const requires = (index: number) => {
    const pod = pods.list[index];
    return pod === undefined ? undefined : annotationOf(pod, namespaces, REQUIRE_IDENTITY);
  };
  const groups = groupBy(proxies.members, (index) => {
    const { policy, place } = defaults[index] as DefaultInbound;
    const required = requires(index);
    const isOpen = policy === "all-unauthenticated" || policy === "audit";
    if (isOpen && required === undefined) return undefined;
    const object = place?.object ?? required?.object;
    if (object !== undefined && !places.includes(object)) places.push(object);
    const { uncaptured, doubt } = members[index] as LinkerdMember;
    return JSON.stringify([
      policy,
      object === undefined ? -1 : places.indexOf(object),
      required?.value ?? "",
      [...(served.get(index)?.keys() ?? [])],
      doubt?.reason ?? "",
      uncaptured.id,
    ]);
  });
  for (const [key, indices] of groups) {
    const first = indices[0] as number;
    const { policy, place } = defaults[first] as DefaultInbound;
    const member = members[first] as LinkerdMember;
    const required = requires(first);
    const inGroup = new Set(indices);
    const subject = pods.where(`default ${key}`, (_, index) => inGroup.has(index));
    const own = portSets.of([...(served.get(first)?.keys() ?? [])].map(interval));
    const rest = portSets.subtract(portSets.subtract(tcp, own), member.uncaptured);
    const identified = portSets.intersect(
      rest,
      portSets.of(required === undefined ? [] : (writtenPorts(required.value) ?? [])),
    );
    const others = portSets.subtract(rest, identified);
    const parts: readonly {
      readonly ports: PortSet;
      readonly policy: DefaultPolicy;
      readonly at: MeshPlace | undefined;
    }[] = [
      { ports: others, policy, at: place },
      {
        ports: identified,
        policy: authenticated(policy),
        at: required === undefined ? place : { object: required.object, field: required.field },
      },
    ];
    for (const part of parts) {
      const { at } = part;
      if (at === undefined || part.policy === "all-unauthenticated" || part.policy === "audit") continue;
      const condition = byDefaultPolicy(context, part.policy);
      if (condition !== undefined) allow(context, at, subject, condition, part.ports, []);
      rules.add({
        stage: "mesh-authorization",
        band: bands.isolation,
        action: "deny",
        role: "default",
        ...at,
        subject,
        peers: [{ kind: "everything" }],
        ports: part.ports,
        source: SOURCE,
        doubts: [member.doubt],
      });
    }
  }
}

/** What a port that requires an identity makes of an allowing default policy. */
function authenticated(policy: DefaultPolicy): DefaultPolicy {
  if (policy === "all-unauthenticated") return "all-authenticated";
  return policy === "cluster-unauthenticated" ? "cluster-authenticated" : policy;
}
