/** The reader and the engine against a reading of Cilium's documents that is as plain as can be, over random policies. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { hasPort, type Protocol } from "../port-set.ts";
import { endpointAt, networkOf, objectText, podText } from "../written-network.fixture.ts";
import { config } from "./cilium.fixture.ts";

type Labels = Readonly<Record<string, string>>;
interface Pod {
  readonly place: string;
  readonly namespace: string;
  readonly labels: Labels;
}
interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Expression[];
}
interface Port {
  readonly port: string;
  readonly endPort?: number;
  readonly protocol?: string;
}
interface CiliumRule {
  readonly endpoints?: readonly Selector[];
  readonly CIDR?: readonly string[];
  readonly CIDRSet?: readonly { readonly cidr: string; readonly except?: readonly string[] }[];
  readonly entities?: readonly string[];
  readonly toPorts?: readonly { readonly ports: readonly Port[] }[];
  readonly icmps?: readonly { readonly fields: readonly { readonly type: number }[] }[];
}
interface Policy {
  /** Absent: cluster-wide. */
  readonly namespace?: string;
  readonly subject: Selector;
  readonly ingress: readonly CiliumRule[];
  readonly ingressDeny: readonly CiliumRule[];
  readonly egress: readonly CiliumRule[];
  readonly egressDeny: readonly CiliumRule[];
  readonly defaultDeny: { readonly ingress?: boolean; readonly egress?: boolean };
}

const PODS: readonly Pod[] = [
  { place: "one/a", namespace: "one", labels: { app: "a", tier: "x" } },
  { place: "one/b", namespace: "one", labels: { app: "b" } },
  { place: "two/a", namespace: "two", labels: { app: "a" } },
  { place: "two/c", namespace: "two", labels: { app: "c", tier: "y" } },
];
const ADDRESSES = ["8.8.8.8", "10.1.2.3", "169.254.169.254"] as const;
const CONNECTIONS: readonly (readonly [Protocol, number])[] = [
  ["TCP", 80],
  ["TCP", 85],
  ["TCP", 443],
  ["UDP", 80],
  ["SCTP", 443],
  ["ICMP", 8],
  ["ICMP", 0],
  ["other", 0],
];

// What the documents say, without a look at how it is read.
function label(pod: Pod, key: string): string | undefined {
  const name = key.replace(/^(?:k8s|any):/, "");
  return name === "io.kubernetes.pod.namespace" ? pod.namespace : pod.labels[name];
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, pod: Pod): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => label(pod, key) === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = label(pod, key);
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

function asksForNamespace({ matchLabels = {}, matchExpressions = [] }: Selector): boolean {
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)].some((key) =>
    key.endsWith(".namespace"),
  );
}

function inCidr(address: string, cidr: string): boolean {
  const [base = "", bits = "32"] = cidr.split("/");
  const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(address) / size) === Math.floor(number(base) / size);
}

function isPeer(rule: CiliumRule, peer: Pod | string, policy: Policy): boolean {
  const { endpoints, CIDR, CIDRSet, entities, toPorts = [], icmps = [] } = rule;
  if (endpoints === undefined && CIDR === undefined && CIDRSet === undefined && entities === undefined) {
    return toPorts.length + icmps.length > 0;
  }
  if (typeof peer === "string") {
    if (entities !== undefined) return entities.includes("world") || entities.includes("all");
    if (CIDR !== undefined) return CIDR.some((one) => inCidr(peer, one));
    if (CIDRSet === undefined) return false;
    return CIDRSet.some(({ cidr, except = [] }) => inCidr(peer, cidr) && !except.some((one) => inCidr(peer, one)));
  }
  if (entities !== undefined) return entities.includes("cluster") || entities.includes("all");
  return (endpoints ?? []).some(
    (one) =>
      selects(one, peer) &&
      (policy.namespace === undefined || asksForNamespace(one) || peer.namespace === policy.namespace),
  );
}

function isPort({ toPorts = [], icmps = [] }: CiliumRule, protocol: Protocol, port: number): boolean {
  if (toPorts.length + icmps.length === 0) return true;
  if (protocol === "ICMP") return icmps.some(({ fields }) => fields.some(({ type }) => type === port));
  return toPorts.some(({ ports }) =>
    ports.some((one) => {
      const stated = one.protocol ?? "ANY";
      const first = Number(one.port);
      const last = Math.max(first, one.endPort ?? 0);
      return (
        (stated === protocol || (stated === "ANY" && ["TCP", "UDP", "SCTP"].includes(protocol))) &&
        (first === 0 || (first <= port && port <= last))
      );
    }),
  );
}

function passes(
  policies: readonly Policy[],
  pod: Pod,
  peer: Pod | string,
  direction: "ingress" | "egress",
  protocol: Protocol,
  port: number,
): boolean {
  const about = policies.filter(
    ({ namespace, subject }) => (namespace === undefined || namespace === pod.namespace) && selects(subject, pod),
  );
  const some = (policy: Policy, rules: readonly CiliumRule[]) =>
    rules.some((rule) => isPeer(rule, peer, policy) && isPort(rule, protocol, port));
  if (about.some((policy) => some(policy, policy[`${direction}Deny`]))) return false;
  if (about.some((policy) => some(policy, policy[direction]))) return true;
  return !about.some(
    (policy) =>
      policy[direction].length + policy[`${direction}Deny`].length > 0 && (policy.defaultDeny[direction] ?? true),
  );
}

// Random policies, and how they are written.
const key = fc.constantFrom("app", "k8s:app", "any:tier", "tier", "absent");
const text = fc.constantFrom("a", "b", "c", "x", "y");
const namespaceKey = fc.constantFrom("k8s:io.kubernetes.pod.namespace", "io.kubernetes.pod.namespace");
const plainSelector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: fc.dictionary(key, text, { maxKeys: 2 }) }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key,
          operator: fc.constantFrom("In", "NotIn"),
          values: fc.array(text, { minLength: 1, maxLength: 2 }),
        }),
        fc.record({ key, operator: fc.constantFrom("Exists", "DoesNotExist") }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const selector: fc.Arbitrary<Selector> = fc.oneof(
  { arbitrary: plainSelector, weight: 3 },
  fc
    .tuple(plainSelector, namespaceKey, fc.constantFrom("one", "two"))
    .map(([one, name, namespace]) => ({ ...one, matchLabels: { ...one.matchLabels, [name]: namespace } })),
  fc.tuple(namespaceKey, fc.constantFrom("In", "NotIn", "Exists")).map(([name, operator]) => ({
    matchExpressions: [{ key: name, operator, ...(operator === "Exists" ? {} : { values: ["two"] }) }],
  })),
);
const cidr = fc.constantFrom("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "169.254.169.254/32", "8.0.0.0/6");
const peers = fc.oneof(
  { arbitrary: fc.record({ endpoints: fc.array(selector, { maxLength: 2 }) }), weight: 3 },
  fc.record({ CIDR: fc.array(cidr, { maxLength: 2 }) }),
  fc.record({
    CIDRSet: fc.array(
      fc.oneof(
        cidr.map((one) => ({ cidr: one })),
        fc.constant({ cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.169.254/32"] }),
      ),
      { maxLength: 2 },
    ),
  }),
  fc.record({ entities: fc.array(fc.constantFrom("world", "cluster", "all", "none"), { maxLength: 2 }) }),
  fc.constant({}),
);
const port: fc.Arbitrary<Port> = fc.oneof(
  fc.record({ port: fc.constantFrom("80", "443", "0"), protocol: fc.constantFrom("TCP", "UDP", "SCTP", "ANY") }),
  fc.record({ port: fc.constantFrom("80", "443") }),
  fc.record({ port: fc.constant("80"), endPort: fc.constantFrom(70, 80, 90), protocol: fc.constant("TCP") }),
);
const ports = fc.oneof(
  fc.constant({}),
  fc.record({ toPorts: fc.array(fc.record({ ports: fc.array(port, { maxLength: 2 }) }), { maxLength: 2 }) }),
  fc.record({ icmps: fc.constantFrom([{ fields: [{ type: 8 }] }], [{ fields: [] }], []) }),
);
const rules: fc.Arbitrary<readonly CiliumRule[]> = fc.array(
  fc.tuple(peers, ports).map(([one, other]) => ({ ...one, ...other })),
  { maxLength: 2 },
);
const policy: fc.Arbitrary<Policy> = fc
  .record({
    namespace: fc.constantFrom("one", "two", undefined),
    subject: plainSelector,
    ingress: rules,
    ingressDeny: rules,
    egress: rules,
    egressDeny: rules,
    defaultDeny: fc.record({ ingress: fc.boolean(), egress: fc.boolean() }, { requiredKeys: [] }),
  })
  .filter((one) => one.ingress.length + one.ingressDeny.length + one.egress.length + one.egressDeny.length > 0)
  .map(({ namespace, ...rest }) => (namespace === undefined ? rest : { namespace, ...rest }));

function written(one: Policy, index: number): string {
  const side = (prefix: "from" | "to", list: readonly CiliumRule[]) =>
    list.map((rule) =>
      Object.fromEntries(
        Object.entries(rule).map(([name, value]) =>
          name === "toPorts" || name === "icmps"
            ? [name, value]
            : [`${prefix}${(name[0] as string).toUpperCase()}${name.slice(1)}`, value],
        ),
      ),
    );
  const spec = {
    endpointSelector: one.subject,
    ingress: side("from", one.ingress),
    ingressDeny: side("from", one.ingressDeny),
    egress: side("to", one.egress),
    egressDeny: side("to", one.egressDeny),
    enableDefaultDeny: one.defaultDeny,
  };
  return one.namespace === undefined
    ? objectText("cilium.io/v2", "CiliumClusterwideNetworkPolicy", `p${index}`, { spec })
    : objectText("cilium.io/v2", "CiliumNetworkPolicy", `${one.namespace}/p${index}`, { spec });
}

describe("any policies of Cilium", () => {
  it("let through what the documents say", () => {
    const fixed = [
      ...PODS.map(({ place, labels }) =>
        podText([place, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)].join(" ")),
      ),
      config({ "enable-ipv4": "true", "enable-ipv6": "true" }),
    ];
    const ends: readonly (Pod | string)[] = [...PODS, ...ADDRESSES];
    const nameOf = (end: Pod | string) => (typeof end === "string" ? end : end.place);
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 4 }), (policies) => {
        const network = networkOf([...fixed, ...policies.map(written)]);
        assert.deepEqual(network.gaps, []);
        for (const from of ends) {
          for (const to of ends) {
            if (from === to || (typeof from === "string" && typeof to === "string")) continue;
            const { allowed, unknown } = network.connection(
              endpointAt(network, nameOf(from)),
              endpointAt(network, nameOf(to)),
            );
            assert.equal(unknown.bounds.length, 0, `${nameOf(from)} to ${nameOf(to)} is unknown`);
            for (const [protocol, number] of CONNECTIONS) {
              const expected =
                (typeof from === "string" || passes(policies, from, to, "egress", protocol, number)) &&
                (typeof to === "string" || passes(policies, to, from, "ingress", protocol, number));
              const what = `${nameOf(from)} to ${nameOf(to)} ${protocol} ${number}`;
              assert.equal(hasPort(allowed, protocol, number), expected, what);
            }
          }
        }
      }),
      runs(200),
    );
  });
});
