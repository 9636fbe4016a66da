/** One entry of ingress, ingressDeny, egress or egressDeny. */
import { formatFieldPath, type KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import { bands, type Doubt, groups, type Peer, type Rule } from "../rule-model.ts";
import { selectorOf } from "../selector.ts";
import { type CidrGroup, cidrPeers, cidrSetPeers } from "./addresses.ts";
import type { CiliumConfig } from "./config.ts";
import { documents } from "./documents.ts";
import { domainPeers } from "./domains.ts";
import { type EndpointSelector, readEndpointSelector } from "./endpoint-selector.ts";
import { entities, entityPeers, reservedPeers } from "./entities.ts";
import { type CiliumPeer, sure } from "./peers.ts";
import { type PickedPods, peerSelector, unreadLabels } from "./pods.ts";
import { type CiliumPorts, readCiliumPorts } from "./ports.ts";
import { servicePeers } from "./services.ts";

export interface RuleContext {
  readonly reading: Reading;
  readonly policy: PolicyReading;
  readonly config: CiliumConfig;
  readonly object: KubernetesObject;
  /** Undefined for a cluster-wide policy. */
  readonly namespace: string | undefined;
  readonly subject: PodSet;
  readonly direction: "ingress" | "egress";
  readonly action: "accept" | "deny";
  readonly cidrGroups: readonly CidrGroup[];
  pick(selector: EndpointSelector): PickedPods;
}

const MEMBERS = {
  ingress: ["fromEndpoints", "fromCIDR", "fromCIDRSet", "fromEntities", "fromNodes", "fromGroups"],
  egress: ["toEndpoints", "toCIDR", "toCIDRSet", "toEntities", "toNodes", "toGroups", "toServices", "toFQDNs"],
} as const;
type Member = (typeof MEMBERS)["ingress" | "egress"][number];

/** Those of which a list without items selects nobody; the others are then as if they were not stated. */
const EMPTY_IS_NOBODY: readonly Member[] = [
  "fromEndpoints",
  "fromNodes",
  "fromEntities",
  "fromCIDR",
  "fromCIDRSet",
  "toEndpoints",
  "toNodes",
  "toEntities",
  "toCIDR",
  "toCIDRSet",
];

export function readRule(context: RuleContext, rule: Fields): void {
  const { policy, direction, action } = context;
  const path = formatFieldPath(rule.path());
  const members: readonly Member[] = MEMBERS[direction].filter((name) => action === "accept" || name !== "toFQDNs");
  const requires = direction === "ingress" ? "fromRequires" : "toRequires";
  const others = ["toPorts", "icmps", requires, ...(action === "accept" ? ["authentication"] : [])];
  for (const key of rule.keys) {
    // The API server drops it, and what is left of the rule is about more than it was meant to be.
    if (![...members, ...others].includes(key)) policy.refuse(`${path}.${key} is not a field of the rule`);
  }
  if (rule.list(requires).length > 0) {
    policy.refuse(`${path}.${requires} was removed in Cilium 1.19; before, it narrows what other policies allow`);
  }
  const stated = members.filter((name) => count(rule, name) > 0);
  if (stated.length > 1) policy.refuse(`${path} combines ${stated.join(" and ")}`);
  const authentication = authenticationOf(context, rule);
  const ports = readCiliumPorts(
    { reading: context.reading, direction, action, readsRequests: context.config.readsRequests, refuse: policy.refuse },
    rule,
  );
  const nobody = EMPTY_IS_NOBODY.some((name) => rule.isList(name) && count(rule, name) === 0);
  if (nobody || authentication === "never") return;
  const [member] = stated;
  // A rule that states neither peers nor ports is about nothing: it isolates the pods, and that is all.
  const peers = member === undefined ? (ports === undefined ? [] : EVERYBODY) : peersOf(context, rule, member);
  for (const some of ports ?? [{ field: rule.path(), ports: { numbers: context.reading.portSets.all, named: [] } }]) {
    emit(context, peers, some, authentication);
  }
}

const EVERYBODY: readonly CiliumPeer[] = [sure({ kind: "everything" })];

function count(rule: Fields, name: string): number {
  return rule.isList(name) ? rule.either(name).length : rule.has(name) ? 1 : 0;
}

/** One rule of what is sure, and one of each doubt. */
function emit(
  { reading, object, subject, direction, action }: RuleContext,
  peers: readonly CiliumPeer[],
  { field, ports, narrowing, doubt }: CiliumPorts,
  authentication: string | undefined,
): void {
  const byDoubt = new Map<string, { readonly doubt: Doubt | undefined; readonly peers: Peer[] }>();
  for (const one of peers) {
    const of = one.doubt ?? doubt;
    const key = of === undefined ? "" : `${of.code} ${of.reason}`;
    const group = byDoubt.get(key) ?? { doubt: of, peers: [] };
    byDoubt.set(key, group);
    group.peers.push(one.peer);
  }
  if (byDoubt.size === 0) byDoubt.set("", { doubt, peers: [] });
  const narrowed = [narrowing, authentication].filter((text) => text !== undefined).join("; ");
  for (const group of byDoubt.values()) {
    const one: Rule = {
      stage: direction === "ingress" ? "network-ingress" : "network-egress",
      group: groups.policy,
      band: action === "accept" ? bands.allow : bands.deny,
      list: 0,
      // What one rule narrows another may allow whole: that one is named then.
      index: narrowed === "" ? 0 : 1,
      action,
      object,
      field,
      subject,
      peers: group.peers,
      ports,
      ...(group.doubt === undefined ? {} : { doubt: group.doubt }),
      ...(narrowed === "" ? {} : { narrowing: narrowed }),
      source: sourceOf(action, narrowing, ports),
    };
    reading.rule(one);
  }
}

function sourceOf(action: "accept" | "deny", narrowing: string | undefined, { named, numbers }: Rule["ports"]): string {
  if (action === "deny") return documents.denials;
  if (narrowing !== undefined) return documents.requests;
  return named.length > 0 || numbers.bounds.length === 0 ? documents.ports : documents.peers;
}

function authenticationOf({ policy }: RuleContext, rule: Fields): string | undefined {
  const fields = rule.fields("authentication");
  if (fields === undefined) return undefined;
  const mode = fields.string("mode");
  if (mode === "disabled") return undefined;
  if (mode === "required") return "connections with mutual authentication";
  if (mode !== "test-always-fail") {
    policy.refuse(`${formatFieldPath(rule.path())}.authentication.mode must be disabled or required`);
  }
  return "never";
}

const CLOUD_GROUP: Doubt = {
  code: "network.cilium-cloud-group",
  reason: "it is about a security group of a cloud, whose addresses were not read",
};

function peersOf(context: RuleContext, rule: Fields, member: Member): readonly CiliumPeer[] {
  const { reading, config, policy, cidrGroups, namespace } = context;
  const { refuse } = policy;
  const path = formatFieldPath(rule.path());
  switch (member) {
    case "fromEndpoints":
    case "toEndpoints":
      return rule
        .list(member)
        .flatMap((one) => selectorPeers(context, peerSelector(readEndpointSelector(one, refuse), namespace)));
    case "fromCIDR":
    case "toCIDR":
      return cidrPeers(rule, member, config.addressesMatchNodes, refuse);
    case "fromCIDRSet":
    case "toCIDRSet":
      return cidrSetPeers(cidrGroups, rule.list(member), config.addressesMatchNodes, refuse);
    case "fromEntities":
    case "toEntities":
      return rule.strings(member).flatMap((name) => {
        const entity = entities.find((one) => one === name);
        if (entity === undefined) refuse(`${path}.${member}: ${name} is not an entity`);
        return entity === undefined ? [] : entityPeers(reading, config, entity);
      });
    case "fromNodes":
    case "toNodes":
      return rule.list(member).map((one) => nodePeer(context, readEndpointSelector(one, refuse)));
    case "toServices":
      return servicePeers(reading, rule.list(member), (selector) => selectorPeers(context, selector), refuse);
    case "toFQDNs":
      return domainPeers(rule.list(member), refuse);
    case "fromGroups":
    case "toGroups":
      return [{ peer: { kind: "outside" }, doubt: CLOUD_GROUP }];
  }
}

function selectorPeers({ reading, config, pick }: RuleContext, selector: EndpointSelector): readonly CiliumPeer[] {
  const picked = pick(selector);
  const isReserved = selector.requirements.some(({ source }) => source === "reserved");
  const isForeign = selector.requirements.some(
    ({ source }) => source !== "any" && source !== "k8s" && source !== "reserved",
  );
  return [
    sure({ kind: "pods", pods: picked.sure }),
    ...(picked.maybe.members.length === 0
      ? []
      : [{ peer: { kind: "pods", pods: picked.maybe } as const, doubt: unreadLabels }]),
    ...(isReserved ? reservedPeers(reading, config, selector) : []),
    ...(isForeign ? [{ peer: { kind: "outside" } as const, doubt: FOREIGN_SOURCE }] : []),
  ];
}

const FOREIGN_SOURCE: Doubt = {
  code: "network.cilium-labels",
  reason: "the selector asks for labels that are no pod's (a CIDR's or a domain's)",
};

const NODES: Doubt = {
  code: "network.cilium-nodes",
  reason:
    "whether Cilium tells nodes apart by their labels was not read, and without it fromNodes and toNodes are refused",
  remedy: "add the ConfigMap cilium-config (enable-node-selector-labels) to what is read",
};

/** Other nodes than the pod's own: which that is is rarely known, so it is not left out where the selector picks it. */
function nodePeer({ config }: RuleContext, { requirements }: EndpointSelector): CiliumPeer {
  const own = requirements.filter(({ source }) => source !== "reserved");
  const selector = selectorOf(own.map(({ label, operator, values }) => ({ label, operator, values })));
  const peer: Peer = { kind: "nodes", nodes: { selector } };
  return config.nodeSelectorLabels === true ? sure(peer) : { peer, doubt: NODES };
}
