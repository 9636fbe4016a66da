import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { formatPorts, type Network } from "../model.ts";
import { allowedPorts, endpointAt, objectText } from "../written-network.fixture.ts";
import { API, cnp, codes, config, INTERNET, labels, network, tcp } from "./cilium.fixture.ts";

const RULES = [
  { fromEndpoints: [labels({ app: "web", "k8s:io.kubernetes.pod.namespace": "pay" })], toPorts: tcp("80") },
  { fromEndpoints: [{ matchExpressions: [{ key: "role", operator: "In", values: ["front"] }] }] },
  {
    fromEntities: ["world", "host"],
    toPorts: [{ ports: [{ port: "http", endPort: 3 }], rules: { http: [{ path: "/" }] } }],
  },
  { fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }], icmps: [{ fields: [{ type: "Echo" }] }] },
  { toFQDNs: [{ matchPattern: "*.example.com" }], authentication: { mode: "required" } },
  { toServices: [{ k8sService: { serviceName: "api", namespace: "shop" } }] },
  { toCIDRSet: [{ cidrGroupRef: "a" }, { cidrGroupSelector: labels({ a: "b" }) }], toNodes: [] },
];

const strange = fc.constantFrom<unknown>(null, "", "-1", 0, -1, 1e300, true, [], {}, [[]], [{}], [""], "10.0.0.0/99", {
  a: { a: [] },
});

/** The same with one place replaced, renamed or taken away. */
function mutated(value: unknown, path: readonly number[], replacement: unknown, how: number): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return replacement;
  if (Array.isArray(value)) {
    const at = value.length === 0 ? 0 : step % value.length;
    const inner = mutated(value[at], rest, replacement, how);
    return how === 0 && rest.length === 0 ? value.toSpliced(at, 1) : value.toSpliced(at, 1, inner);
  }
  const names = Object.keys(value);
  const name = names[step % Math.max(1, names.length)] ?? "new";
  const { [name]: old, ...others } = value as Record<string, unknown>;
  if (rest.length === 0 && how === 0) return others;
  if (rest.length === 0 && how === 1) return { ...others, [`${name}s`]: old };
  return { ...others, [name]: mutated(old, rest, replacement, how) };
}

function isOpenOrUnknown(made: Network, from: string, to: string): boolean {
  const { allowed, unknown } = made.connection(endpointAt(made, from), endpointAt(made, to));
  return formatPorts(made.portSets.union(allowed, unknown)) === "all ports";
}

describe("policies of Cilium that nobody meant", () => {
  it("never stop the reading, and close nothing where they are refused", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RULES),
        fc.constantFrom("ingress", "egress", "ingressDeny", "egressDeny"),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }),
        strange,
        fc.nat(3),
        (rule, direction, path, replacement, how) => {
          const made = network([cnp({ ...API, [direction]: [mutated(rule, path, replacement, how)] })]);
          const ends = ["shop/web", "pay/web", INTERNET];
          if (!codes(made).includes("network.invalid-policy")) return;
          for (const end of ends) {
            assert.ok(isOpenOrUnknown(made, end, "shop/api"), `${end} into it`);
            assert.ok(isOpenOrUnknown(made, "shop/api", end), `out of it to ${end}`);
          }
        },
      ),
      runs(250),
    );
  });

  it("never stop the reading whatever the whole is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("spec", "specs", "status"), fc.anything({ maxDepth: 3 })), (body) => {
        let text: string;
        try {
          text = objectText("cilium.io/v2", "CiliumNetworkPolicy", "shop/policy", body);
        } catch {
          return;
        }
        assert.ok(network([text]).endpoints.length > 0);
      }),
      runs(100),
    );
  });

  it("select what may be meant where the selector is wrong", () => {
    const selectors = [
      { matchExpressions: [{ key: "app", operator: "In", values: [] }] },
      { matchExpressions: [{ key: "app", operator: "Is", values: ["api"] }] },
      { matchExpressions: [{ operator: "Exists" }] },
      { matchLabels: { app: 3 } },
      "api",
    ];
    for (const endpointSelector of selectors) {
      const made = network([cnp({ endpointSelector, ingress: [{}] })]);
      assert.equal(allowedPorts(made, "pay/web", "shop/api"), "none ? all ports", JSON.stringify(endpointSelector));
    }
  });

  it("are bounded", () => {
    const many = Array.from(
      { length: bounds.rulePeers + 1 },
      (_, index) => `1.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    const made = network([cnp({ ...API, egress: [{ toCIDR: many }] })]);
    assert.deepEqual(codes(made), ["network.invalid-policy"]);
    assert.equal(allowedPorts(made, "shop/api", INTERNET), "none ? all ports");
    const values = Array.from({ length: bounds.selectorValues + 1 }, (_, index) => `v${index}`);
    const selector = { matchExpressions: [{ key: "app", operator: "NotIn", values }] };
    assert.deepEqual(codes(network([cnp({ ...API, ingress: [{ fromEndpoints: [selector] }] })])), [
      "network.invalid-policy",
    ]);
    const ports = Array.from({ length: 41 }, (_, index) => ({ port: `${index + 1}` }));
    assert.deepEqual(codes(network([cnp({ ...API, ingress: [{ toPorts: [{ ports }] }] })])), [
      "network.invalid-policy",
    ]);
  });

  it("have patterns of labels that are never slow", () => {
    const patterns = `k8s:${".*a".repeat(60)} k8s:${"x".repeat(10_000)} ${"k8s:.*.*.*b ".repeat(300)}`;
    const policy = cnp({ ...API, ingress: [{ fromEndpoints: [labels({ role: "front" })] }] });
    const made = network([policy, config({ labels: patterns })]);
    assert.equal(allowedPorts(made, "shop/web", "shop/api"), "none ? all ports");
  });
});
