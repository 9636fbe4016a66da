import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import {
  type Answer,
  AUTHZ,
  ask,
  deployment,
  istioConfig,
  namespace,
  networkOf,
  object,
  PEER,
  service,
  ztunnel,
} from "./network.fixture.ts";

type Plain = Readonly<Record<string, unknown>>;

const ambient = { "istio.io/dataplane-mode": "ambient" };
const cluster: readonly Plain[] = [
  ztunnel(),
  namespace("shop"),
  namespace("sea", ambient),
  namespace("lake"),
  deployment("shop/api", { proxy: "istio-proxy" }),
  deployment("shop/web", { proxy: "istio-proxy" }),
  deployment("sea/api"),
  deployment("sea/web"),
  deployment("lake/api", { proxy: "linkerd-proxy" }),
  deployment("lake/plain"),
  service("shop/api", [{ name: "tcp", port: 80, targetPort: 8080 }]),
];
const workloads = ["shop/api", "shop/web", "sea/api", "sea/web", "lake/api", "lake/plain"];

/** Of every pair, and from outside, at the ports that policies name and another. */
function answers(objects: readonly Plain[]): ReadonlyMap<string, Answer> {
  const network = networkOf(objects);
  const found = new Map<string, Answer>();
  for (const from of [...workloads, "internet", "node"]) {
    for (const to of workloads) {
      for (const port of [8080, 9090]) found.set(`${from} ${to} ${port}`, ask(network, from, to, port));
    }
  }
  return found;
}

const kinds = [
  "security.istio.io/v1 AuthorizationPolicy",
  "security.istio.io/v1 PeerAuthentication",
  "security.istio.io/v1 RequestAuthentication",
  "networking.istio.io/v1 Sidecar",
  "networking.istio.io/v1 ServiceEntry",
  "networking.istio.io/v1 DestinationRule",
  "networking.istio.io/v1 VirtualService",
  "policy.linkerd.io/v1beta3 Server",
  "policy.linkerd.io/v1beta1 ServerAuthorization",
  "policy.linkerd.io/v1alpha1 AuthorizationPolicy",
  "policy.linkerd.io/v1alpha1 MeshTLSAuthentication",
  "policy.linkerd.io/v1alpha1 NetworkAuthentication",
  "policy.linkerd.io/v1beta3 HTTPRoute",
];

/** Names that the kinds know, with values of any type. */
const words = [
  ..."selector matchLabels targetRefs targetRef rules from to when source operation principals notPrincipals namespaces".split(
    " ",
  ),
  ..."ipBlocks ports notPorts methods key values notValues action provider mtls mode portLevelMtls egress hosts port number".split(
    " ",
  ),
  ..."outboundTrafficPolicy workloadSelector labels trafficPolicy tls portLevelSettings host subsets exportTo resolution endpoints".split(
    " ",
  ),
  ..."address podSelector accessPolicy client meshTLS identities serviceAccounts networks cidr except requiredAuthenticationRefs".split(
    " ",
  ),
  ..."identityRefs kind name group parentRefs server unauthenticated http route destination 8080 __proto__ constructor".split(
    " ",
  ),
];
const texts = [
  "ALLOW",
  "DENY",
  "CUSTOM",
  "STRICT",
  "DISABLE",
  "REGISTRY_ONLY",
  "*",
  "shop",
  "shop/*",
  "10.0.0.0/8",
  "api",
  "8080",
  "Server",
  "source.ip",
  "",
];

const hostile = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<unknown>(...texts),
    fc.constantFrom<unknown>(null, true, 0, -1, 1e9, 8080, 1.5, []),
    fc.string({ maxLength: 12 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words), tie("value"), { maxKeys: 5 }),
  ),
}));

describe("readers of meshes", () => {
  test("nothing that is written in a policy makes them throw", () => {
    const policy = fc.record({
      what: fc.constantFrom(...kinds),
      space: fc.constantFrom("shop", "sea", "lake", "istio-system"),
      spec: hostile.value,
    });
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 6 }), (policies) => {
        const objects = policies.map(({ what, space, spec }, index) =>
          object(`${what} ${space}/p${index}`, spec as Plain),
        );
        const network = networkOf([...cluster, ...objects]);
        assert.equal(network.mesh?.workloads.length, network.endpoints.filter(({ kind }) => kind === "pods").length);
      }),
      runs(150),
    );
  });

  test("nothing that is written in annotations and configurations makes them throw", () => {
    const names = [
      "traffic.sidecar.istio.io/excludeInboundPorts",
      "traffic.sidecar.istio.io/includeOutboundIPRanges",
      "config.linkerd.io/skip-inbound-ports",
      "config.linkerd.io/default-inbound-policy",
      "linkerd.io/inject",
      "sidecar.istio.io/inject",
    ];
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom("*", "1-70000", "80,,90", "10.0.0.0/8,", "true", "enabled", "0-0"),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), value),
        hostile.value,
        fc.string(),
        (annotations, mesh, text) => {
          const config = {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "istio", namespace: "istio-system" },
            data: { mesh: JSON.stringify(mesh), meshNetworks: text },
          };
          const linkerd = {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "linkerd-config", namespace: "linkerd" },
            data: { values: text },
          };
          const pods = [
            deployment("shop/web", { annotations, proxy: "istio-proxy" }),
            deployment("lake/web", { annotations, proxy: "linkerd-proxy" }),
          ];
          assert.ok(networkOf([config, linkerd, namespace("shop", {}, annotations), ...pods]).mesh !== undefined);
        },
      ),
      runs(100),
    );
  });

  const source = fc.oneof(
    fc.record({ namespaces: fc.subarray(["shop", "sea", "lake"], { minLength: 1 }) }),
    fc.record({ notNamespaces: fc.subarray(["shop", "sea"], { minLength: 1 }) }),
    fc.record({ principals: fc.subarray(["*", "cluster.local/ns/shop/sa/web", "*/sa/api"], { minLength: 1 }) }),
    fc.record({ notPrincipals: fc.constant(["*"]) }),
    fc.record({ ipBlocks: fc.constant(["10.0.0.0/8"]) }),
    fc.record({ requestPrincipals: fc.constant(["*"]) }),
  );
  const operation = fc.oneof(
    fc.record({ ports: fc.subarray(["8080", "9090"], { minLength: 1 }) }),
    fc.record({ notPorts: fc.constant(["8080"]) }),
    fc.record({ methods: fc.constant(["GET"]) }),
    fc.record({ methods: fc.constant(["GET"]), ports: fc.constant(["8080"]) }),
  );
  const rule = fc.record(
    {
      from: fc.array(
        source.map((one) => ({ source: one })),
        { minLength: 1, maxLength: 2 },
      ),
      to: fc.array(
        operation.map((one) => ({ operation: one })),
        { minLength: 1, maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );
  const space = fc.constantFrom("shop", "sea", "istio-system");
  const policyOf = (action: string) =>
    fc
      .record({
        space,
        rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
        app: fc.constantFrom("api", "web", undefined),
      })
      .map(({ space: where, rules, app }) => ({
        where,
        spec: { action, rules, ...(app === undefined ? {} : { selector: { matchLabels: { app } } }) },
      }));
  const made = (policies: readonly { readonly where: string; readonly spec: Plain }[], prefix: string) =>
    policies.map(({ where, spec }, index) => object(`${AUTHZ} ${where}/${prefix}${index}`, spec));
  const some = fc.array(fc.oneof(policyOf("ALLOW"), policyOf("DENY")), { maxLength: 4 });

  function opens(before: readonly Plain[], after: readonly Plain[]): string | undefined {
    const was = answers(before);
    for (const [pair, answer] of answers(after)) {
      const order = { denied: 0, unknown: 1, allowed: 2 };
      if (order[answer] > order[was.get(pair) as Answer]) return `${pair}: ${was.get(pair)} → ${answer}`;
    }
    return undefined;
  }

  test("a DENY policy more never opens a connection", () => {
    fc.assert(
      fc.property(some, policyOf("DENY"), fc.boolean(), (policies, more, isRead) => {
        const before = [...(isRead ? [istioConfig()] : []), ...cluster, ...made(policies, "p")];
        assert.equal(opens(before, [...before, ...made([more], "more")]), undefined);
      }),
      runs(60),
    );
  });

  test("neither does STRICT mTLS of a whole namespace", () => {
    fc.assert(
      fc.property(some, space, (policies, where) => {
        const before = [istioConfig(), ...cluster, ...made(policies, "p")];
        assert.equal(
          opens(before, [...before, object(`${PEER} ${where}/strict`, { mtls: { mode: "STRICT" } })]),
          undefined,
        );
      }),
      runs(40),
    );
  });

  test("a further rule of an ALLOW policy never closes one", () => {
    fc.assert(
      fc.property(some, policyOf("ALLOW"), rule, (policies, allow, more) => {
        const before = [istioConfig(), ...cluster, ...made([...policies, allow], "p")];
        const wider = { ...allow, spec: { ...allow.spec, rules: [...allow.spec.rules, more] } };
        assert.equal(opens([istioConfig(), ...cluster, ...made([...policies, wider], "p")], before), undefined);
      }),
      runs(60),
    );
  });

  test("what was not read of the mesh's configuration makes nothing certain that it was not", () => {
    fc.assert(
      fc.property(some, (policies) => {
        const objects = [...cluster, ...made(policies, "p")];
        const read = answers([istioConfig(), ...objects]);
        for (const [pair, answer] of answers(objects)) {
          if (answer !== "unknown") assert.equal(answer, read.get(pair), pair);
        }
      }),
      runs(40),
    );
  });

  test("policies of 10,000 rules, sources and values are read within their bounds", () => {
    const many = <T>(make: (index: number) => T) => Array.from({ length: 10_000 }, (_, index) => make(index));
    const network = networkOf([
      istioConfig(),
      ...cluster,
      object(`${AUTHZ} shop/rules`, {
        rules: many((index) => ({ from: [{ source: { principals: [`cluster.local/ns/n${index}/sa/web`] } }] })),
      }),
      object(`${AUTHZ} shop/sources`, {
        rules: [{ from: many((index) => ({ source: { namespaces: [`n${index}`] } })) }],
      }),
      object(`${AUTHZ} shop/values`, {
        rules: [{ from: [{ source: { namespaces: many((index) => `n${index}*`) } }] }],
      }),
      object("networking.istio.io/v1 Sidecar shop/hosts", {
        egress: [{ hosts: many((index) => `n${index}/*`) }],
        outboundTrafficPolicy: {},
      }),
      object("policy.linkerd.io/v1beta1 ServerAuthorization lake/many", {
        server: { name: "api" },
        client: {
          meshTLS: { identities: many((index) => `a${index}.b.serviceaccount.identity.linkerd.cluster.local`) },
        },
      }),
      object("policy.linkerd.io/v1beta3 Server lake/api", { podSelector: {}, port: 8080 }),
    ]);
    // More values than are read: what they were is not known.
    assert.equal(ask(network, "sea/api", "shop/api"), "unknown");
    assert.ok(network.gaps.length > 0);
  });
});
