/**
 * Kubernetes' policy objects as an nftables ruleset, the way a CNI that matches pods by their addresses enforces them: at a
 * router that every end hangs on by its own interface. Written from the API's types alone; it evaluates no connection, and
 * shares no code with the engine or with the oracle.
 *
 * For each pod there are six chains, three tiers each way: `out7-admin`, `out7-network`, `out7-baseline`, and `in7-…`. To
 * return from one is to be let through in that direction.
 *
 * NetworkPolicies are applied to all protocols here, and to a pod's way to its own node, which the documents leave open. Two
 * policies of a tier with one priority are in the order of their names.
 */

type Fields = Record<string, unknown>;

/** An end of the network, with the interface that the router has to it. */
export interface Interface {
  readonly name: string;
  readonly addresses: readonly string[];
  /** What hangs on it; undefined for what is outside the cluster. */
  readonly end: { readonly pod: Fields } | { readonly node: Fields } | undefined;
}

const fields = (value: unknown): Fields => (value !== null && typeof value === "object" ? (value as Fields) : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const nameOf = (object: Fields): string => String(fields(object.metadata).name);
const namespaceOf = (object: Fields): string => String(fields(object.metadata).namespace ?? "default");

/** @param objects - Namespaces and policies; pods and nodes are those of the interfaces */
export function nftablesRuleset(objects: readonly Fields[], interfaces: readonly Interface[]): string {
  const pods = interfaces.flatMap(({ name, addresses, end }) =>
    end && "pod" in end ? [{ name, addresses, object: end.pod }] : [],
  );
  const nodes = interfaces.flatMap(({ name, addresses, end }) =>
    end && "node" in end ? [{ name, addresses, object: end.node }] : [],
  );
  const world: World = { objects, pods, nodes };
  const chains = pods.flatMap((pod) => [...podChains(pod, "egress", world), ...podChains(pod, "ingress", world)]);
  const dispatch = (key: string, to: (interfaceName: string) => string): string[] =>
    pods.length === 0 ? [] : [`${key} vmap { ${pods.map(({ name }) => `"${name}" : jump ${to(name)}`).join(", ")} }`];
  return [
    "table inet policies {",
    ...chain("refuse", ["meta l4proto tcp reject with tcp reset", "reject with icmpx admin-prohibited"]),
    ...chains,
    ...chain(
      "egress",
      dispatch("iifname", (name) => `${name}-egress-admin`),
    ),
    ...chain(
      "ingress",
      dispatch("oifname", (name) => `${name}-ingress-admin`),
    ),
    ...chain("forward", [
      "type filter hook forward priority 0; policy accept;",
      "ct state established,related accept",
      "jump egress",
      "jump ingress",
    ]),
    "}",
    "",
  ].join("\n");
}

function chain(name: string, rules: readonly string[]): string[] {
  return [`  chain ${name} {`, ...rules.map((rule) => `    ${rule}`), "  }"];
}

interface Attached {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly object: Fields;
}

interface World {
  readonly objects: readonly Fields[];
  readonly pods: readonly Attached[];
  readonly nodes: readonly Attached[];
}

type Direction = "egress" | "ingress";

/** In rules of egress the peer is the packet's destination, of ingress its source. */
const peerField = (direction: Direction): "daddr" | "saddr" => (direction === "egress" ? "daddr" : "saddr");

function podChains(pod: Attached, direction: Direction, world: World): string[] {
  const name = (tier: string) => `${pod.name}-${direction}-${tier}`;
  const ownNode = String(fields(pod.object.spec).nodeName);
  const fromNode =
    direction === "ingress"
      ? world.nodes.filter(({ object }) => nameOf(object) === ownNode).map((node) => `iifname "${node.name}" return`)
      : [];
  const isolating = world.objects.filter((object) => isolates(object, pod, direction));
  const allowed = isolating.flatMap((policy) => networkPolicyRules(policy, pod, direction, world));
  // A chain has to be there before another goes to it.
  return [
    ...chain(name("baseline"), tierRules("Baseline", "return", pod, direction, world)),
    ...chain(name("network"), isolating.length > 0 ? [...allowed, "goto refuse"] : [`goto ${name("baseline")}`]),
    ...chain(name("admin"), [
      ...fromNode,
      ...tierRules("Admin", `goto ${name("network")}`, pod, direction, world),
      `goto ${name("network")}`,
    ]),
  ];
}

function labelsOf(object: Fields | undefined): Fields {
  return fields(fields(object?.metadata).labels);
}

function matchesSelector(selector: unknown, labels: Fields): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  const equal = Object.entries(fields(matchLabels)).every(([key, value]) => labels[key] === value);
  const hold = list(matchExpressions).every(({ key, operator, values }) => {
    const value = labels[key as string];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const listed = value !== undefined && (values as unknown[]).includes(value);
    return operator === "In" ? listed : !listed;
  });
  return equal && hold;
}

function namespaceLabels(namespace: string, { objects }: World): Fields {
  const object = objects.find((each) => each.kind === "Namespace" && nameOf(each) === namespace);
  return { ...labelsOf(object), "kubernetes.io/metadata.name": namespace };
}

/** Whether a NetworkPolicy selects the pod and is, after the API server's defaulting, about this direction. */
function isolates(policy: Fields, pod: Attached, direction: Direction): boolean {
  if (policy.kind !== "NetworkPolicy" || namespaceOf(policy) !== namespaceOf(pod.object)) return false;
  const { podSelector, policyTypes, egress } = fields(policy.spec);
  const told = Array.isArray(policyTypes) && policyTypes.length > 0 ? policyTypes : undefined;
  const types = told ?? (list(egress).length > 0 ? ["Ingress", "Egress"] : ["Ingress"]);
  return (
    types.includes(direction === "ingress" ? "Ingress" : "Egress") && matchesSelector(podSelector, labelsOf(pod.object))
  );
}

/** Rules of every peer with every port; none of two that no packet can match both: `ip` and `ip6`. */
function crossed(peers: readonly string[], ports: readonly string[], verdict: string): string[] {
  const rules = peers.flatMap((peer) =>
    ports.map((port) => [peer, port, verdict].filter((each) => each !== "").join(" ")),
  );
  return rules.filter((rule) => !(/\bip |ipv4/.test(rule) && /\bip6 |ipv6/.test(rule)));
}

function addressMatches(field: string, addresses: readonly string[]): string[] {
  const of = (ipv6: boolean) => addresses.filter((each) => each.includes(":") === ipv6);
  return [
    ...(of(false).length > 0 ? [`ip ${field} { ${of(false).join(", ")} }`] : []),
    ...(of(true).length > 0 ? [`ip6 ${field} { ${of(true).join(", ")} }`] : []),
  ];
}

function cidrMatch(field: string, cidr: string, except: readonly string[]): string {
  const family = cidr.includes(":") ? "ip6" : "ip";
  const within = cidr.endsWith("/0")
    ? `meta nfproto ${family === "ip6" ? "ipv6" : "ipv4"}`
    : `${family} ${field} ${cidr}`;
  return [within, ...except.map((each) => `${family} ${field} != ${each}`)].join(" ");
}

function networkPolicyRules(policy: Fields, pod: Attached, direction: Direction, world: World): string[] {
  const field = peerField(direction);
  const namespace = namespaceOf(policy);
  return list(fields(policy.spec)[direction]).flatMap((rule) => {
    const listed = list(direction === "egress" ? rule.to : rule.from);
    const peers = listed.flatMap(({ ipBlock, namespaceSelector, podSelector }) => {
      if (ipBlock) return [cidrMatch(field, String(fields(ipBlock).cidr), (fields(ipBlock).except ?? []) as string[])];
      if (!namespaceSelector && !podSelector) return [];
      const selected = world.pods.filter(({ object }) => {
        const inside = namespaceSelector
          ? matchesSelector(namespaceSelector, namespaceLabels(namespaceOf(object), world))
          : namespaceOf(object) === namespace;
        return inside && matchesSelector(podSelector, labelsOf(object));
      });
      return addressMatches(
        field,
        selected.flatMap(({ addresses }) => addresses),
      );
    });
    const ports = list(rule.ports).flatMap(({ protocol, port, endPort }) => {
      const of = String(protocol ?? "TCP").toLowerCase();
      if (port === undefined || port === null) return [`meta l4proto ${of}`];
      if (typeof port === "string") return namedPort(port, of, pod, direction, world);
      return [`${of} dport ${endPort === undefined ? port : `${port}-${endPort}`}`];
    });
    return crossed(listed.length > 0 ? peers : [""], list(rule.ports).length > 0 ? ports : [""], "return");
  });
}

/** The ports of that name, each at the pod that it is a port of; on any protocol where none is said. */
function namedPort(
  name: string,
  protocol: string | undefined,
  pod: Attached,
  direction: Direction,
  { pods }: World,
): string[] {
  const destinations = direction === "ingress" ? [pod] : pods;
  return destinations.flatMap(({ object, addresses }) => {
    const { containers, initContainers } = fields(object.spec);
    const sidecars = list(initContainers).filter(({ restartPolicy }) => restartPolicy === "Always");
    const ports = [...list(containers), ...sidecars].flatMap((each) => list(each.ports));
    return ports.flatMap((port) => {
      const of = String(port.protocol ?? "TCP").toLowerCase();
      if (port.name !== name || (protocol !== undefined && of !== protocol)) return [];
      const at = `${of} dport ${port.containerPort}`;
      return direction === "ingress" ? [at] : addressMatches("daddr", addresses).map((match) => `${match} ${at}`);
    });
  });
}

/** The rules of a tier's policies that have the pod as subject, in their order. What none of them matches falls through. */
function tierRules(tier: string, passed: string, pod: Attached, direction: Direction, world: World): string[] {
  const kinds = tier === "Admin" ? ["AdminNetworkPolicy"] : ["BaselineAdminNetworkPolicy"];
  const policies = world.objects
    .filter(
      ({ kind, spec }) =>
        kinds.includes(String(kind)) || (kind === "ClusterNetworkPolicy" && fields(spec).tier === tier),
    )
    .filter(({ spec }) => selectsPod(fields(spec).subject, pod.object, world))
    .sort((one, other) => Number(fields(one.spec).priority) - Number(fields(other.spec).priority));
  return policies.flatMap(({ spec }) =>
    list(fields(spec)[direction]).flatMap((rule) => {
      const accepts = rule.action === "Accept" || rule.action === "Allow";
      const peers = list(direction === "egress" ? rule.to : rule.from);
      // Fails closed: the rule takes nothing in, or refuses everything.
      if (peers.some((peer) => !isKnownPeer(peer, direction))) return accepts ? [] : ["goto refuse"];
      const verdict = accepts ? "return" : rule.action === "Pass" ? passed : "goto refuse";
      const ports = tierPorts(rule, pod, direction, world);
      return crossed(
        peers.flatMap((peer) => tierPeer(peer, direction, world)),
        ports,
        verdict,
      );
    }),
  );
}

/** A subject or a peer of `namespaces` or `pods`. */
function selectsPod(selection: unknown, pod: Fields, world: World): boolean {
  const { namespaces, pods } = fields(selection);
  const labels = namespaceLabels(namespaceOf(pod), world);
  if (namespaces) return matchesSelector(namespaces, labels);
  const { namespaceSelector, podSelector } = fields(pods);
  return (
    pods !== undefined && matchesSelector(namespaceSelector, labels) && matchesSelector(podSelector, labelsOf(pod))
  );
}

function isKnownPeer(peer: Fields, direction: Direction): boolean {
  const known = direction === "ingress" ? ["namespaces", "pods"] : ["namespaces", "pods", "nodes", "networks"];
  return Object.keys(peer).some((key) => known.includes(key));
}

function tierPeer(peer: Fields, direction: Direction, world: World): string[] {
  const field = peerField(direction);
  if (peer.networks) return (peer.networks as string[]).map((cidr) => cidrMatch(field, cidr, []));
  const selected = peer.nodes
    ? world.nodes.filter(({ object }) => matchesSelector(peer.nodes, labelsOf(object)))
    : world.pods.filter(({ object }) => selectsPod(peer, object, world));
  return addressMatches(
    field,
    selected.flatMap(({ addresses }) => addresses),
  );
}

function tierPorts(rule: Fields, pod: Attached, direction: Direction, world: World): string[] {
  if (rule.protocols) {
    return list(rule.protocols).flatMap((each) => {
      if (each.destinationNamedPort) {
        return namedPort(String(each.destinationNamedPort), undefined, pod, direction, world);
      }
      return ["tcp", "udp", "sctp"].flatMap((protocol) => {
        if (!each[protocol]) return [];
        const { number, range } = fields(fields(each[protocol]).destinationPort);
        if (range) return [`${protocol} dport ${fields(range).start}-${fields(range).end}`];
        return [number ? `${protocol} dport ${number}` : `meta l4proto ${protocol}`];
      });
    });
  }
  if (!rule.ports) return [""];
  return list(rule.ports).flatMap(({ portNumber, portRange, namedPort: name }) => {
    if (name) return namedPort(String(name), undefined, pod, direction, world);
    const { protocol, port, start, end } = fields(portNumber ?? portRange);
    return [`${String(protocol ?? "TCP").toLowerCase()} dport ${portRange ? `${start}-${end}` : port}`];
  });
}
