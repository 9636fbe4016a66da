/** NetworkPolicy of networking.k8s.io/v1: what it allows; and that it denies the rest to the pods that it selects. */
import { append } from "../../../core/append.ts";
import { effectiveNamespace, formatFieldPath, type KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type AddressRange, covers, parseCidr, subtract } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import { bands, groups, type Peer, type Rule, type RulePorts } from "../rule-model.ts";
import { addressMatches } from "./address-matches.ts";
import { readPorts } from "./ports.ts";

const STAGES = { ingress: "network-ingress", egress: "network-egress" } as const;
type Direction = keyof typeof STAGES;

export function readNetworkPolicies(reading: Reading): void {
  for (const group of ["networking.k8s.io", "extensions"]) {
    for (const object of reading.objectsOf(group, "NetworkPolicy")) {
      reading.policy(object, Object.values(STAGES), (policy) => readOne(reading, policy, object));
    }
  }
}

function readOne(reading: Reading, policy: PolicyReading, object: KubernetesObject): void {
  const { spec, root } = policy;
  const namespace = effectiveNamespace(object) ?? "default";
  // What selects nobody's pods is no policy; a podSelector that is absent selects all, as one without requirements does.
  if (!root.has("spec")) policy.refuse("spec is missing");
  const pods = policy.selector(spec.fields("podSelector"));
  const subject = reading.podSets.select({ namespaces: { name: namespace }, pods });
  policy.selects(subject);
  for (const direction of directionsOf(policy)) {
    const base: Pick<Rule, "stage" | "group" | "list" | "action" | "object" | "subject"> = {
      stage: STAGES[direction],
      group: groups.policy,
      list: 0,
      action: "accept",
      object,
      subject,
    };
    for (const [index, rule] of spec.list(direction).entries()) {
      reading.rule({
        ...base,
        band: bands.allow,
        index: 0,
        field: ["spec", direction, index],
        peers: peersOf(reading, policy, rule, direction === "ingress" ? "from" : "to", namespace),
        ports: portsOf(reading, policy, rule),
      });
    }
    reading.rule({
      ...base,
      band: bands.isolation,
      index: 0,
      action: "deny",
      field: ["spec"],
      role: "isolation",
      peers: [{ kind: "everything" }],
      ports: { numbers: reading.portSets.all, named: [] },
    });
  }
}

/** Where none are stated: Ingress, and Egress if the policy has rules for it, as the API server fills them in. */
function directionsOf({ spec, refuse }: PolicyReading): Direction[] {
  const types = spec.strings("policyTypes");
  for (const type of types) {
    if (type !== "Ingress" && type !== "Egress") refuse(`spec.policyTypes: ${type} is neither Ingress nor Egress`);
  }
  if (types.length > 0) {
    return (["ingress", "egress"] as const).filter((one) => types.some((type) => type.toLowerCase() === one));
  }
  return spec.list("egress").length > 0 ? ["ingress", "egress"] : ["ingress"];
}

function peersOf(
  reading: Reading,
  policy: PolicyReading,
  rule: Fields,
  name: "from" | "to",
  namespace: string,
): readonly Peer[] {
  const listed = rule.list(name);
  if (listed.length === 0) return [{ kind: "everything" }];
  if (listed.length > bounds.rulePeers) {
    policy.refuse(`${formatFieldPath(rule.path())}.${name} has more than ${bounds.rulePeers} peers`);
  }
  const ranges: AddressRange[] = [];
  const selected = listed.slice(0, bounds.rulePeers).flatMap((peer): readonly Peer[] => {
    const block = peer.fields("ipBlock");
    const pods = policy.selector(peer.fields("podSelector"));
    const namespaces = policy.selector(peer.fields("namespaceSelector"));
    const path = formatFieldPath(peer.path());
    if (block !== undefined) {
      if (pods !== undefined || namespaces !== undefined) policy.refuse(`${path}: ipBlock stands beside a selector`);
      append(ranges, rangesOf(policy, block));
      return [];
    }
    if (pods === undefined && namespaces === undefined) policy.refuse(`${path}: a peer without a selector or ipBlock`);
    return policy.pods({ namespaces: namespaces === undefined ? { name: namespace } : { selector: namespaces }, pods });
  });
  if (!listed.some((peer) => peer.has("ipBlock"))) return selected;
  return [...selected, { kind: "addresses", ranges, matches: addressMatches(reading.settings) }];
}

function rangesOf(policy: PolicyReading, block: Fields): readonly AddressRange[] {
  const path = formatFieldPath(block.path());
  const text = block.string("cidr") ?? "";
  const range = parseCidr(text);
  if (range === undefined || !text.includes("/")) {
    policy.refuse(`${path}.cidr: ${text === "" ? "no address" : `${text} is not a CIDR`}`);
    return [];
  }
  const holes = block.strings("except").flatMap((one) => {
    const hole = parseCidr(one);
    if (hole !== undefined && one.includes("/") && covers(range, hole)) return [hole];
    policy.refuse(`${path}.except: ${one} is not a CIDR within ${text}`);
    return [];
  });
  return subtract([range], holes);
}

function portsOf(reading: Reading, policy: PolicyReading, rule: Fields): RulePorts {
  const listed = rule.list("ports");
  if (listed.length === 0) return { numbers: reading.portSets.all, named: [] };
  return readPorts(
    reading.portSets,
    listed.map((port) => ({
      path: formatFieldPath(port.path()),
      protocol: port.string("protocol") ?? "TCP",
      port: port.integerOrString("port"),
      endPort: port.integer("endPort"),
    })),
    policy.refuse,
  );
}
