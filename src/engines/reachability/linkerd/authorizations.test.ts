import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, networkOf, notes, object } from "../mesh/network.fixture.ts";
import {
  AUTHORIZATION,
  cluster,
  everyone,
  meshed,
  NETWORK,
  nobody,
  POLICY,
  reach,
  type Spec,
  server,
  TLS,
  toServer,
} from "./cluster.fixture.ts";

describe("Linkerd: ServerAuthorization", () => {
  const of = (client: Spec, to: Spec = { name: "api" }) =>
    networkOf([...cluster, server, object(`${AUTHORIZATION} shop/a`, { server: to, client })]);

  test("identities and service accounts", () => {
    assert.deepEqual(
      reach(of({ meshTLS: { identities: ["*"] }, networks: [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }] })),
      meshed,
    );
    const wide = [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }];
    assert.deepEqual(
      reach(of({ meshTLS: { identities: ["*.shop.serviceaccount.identity.linkerd.cluster.local"] }, networks: wide })),
      ["allowed", "denied", "denied", "denied"],
    );
    assert.deepEqual(
      reach(
        of({ meshTLS: { identities: ["in.other.serviceaccount.identity.linkerd.cluster.local"] }, networks: wide }),
      ),
      ["denied", "allowed", "denied", "denied"],
    );
    assert.deepEqual(
      reach(
        of({ meshTLS: { serviceAccounts: [{ name: "web" }, { name: "in", namespace: "other" }] }, networks: wide }),
      ),
      meshed,
    );
  });

  test("unauthenticated clients, from the cluster's networks where none are named", () => {
    const network = of({ unauthenticated: true });
    assert.equal(ask(network, "internet", "shop/api"), "denied");
    assert.equal(ask(network, "private", "shop/api"), "allowed");
    assert.equal(ask(network, "other/plain", "shop/api"), "unknown", "the pod's address is not known");
    const wide = of({ unauthenticated: true, networks: [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }] });
    assert.deepEqual(reach(wide), everyone);
    assert.ok(notes(wide).includes("mesh.allows-everyone"));
  });

  test("networks with exceptions", () => {
    const network = of({ unauthenticated: true, networks: [{ cidr: "203.0.113.0/24", except: ["203.0.113.128/25"] }] });
    assert.equal(ask(network, "203.0.113.0/25", "shop/api"), "allowed");
    assert.equal(ask(network, "internet", "shop/api"), "denied");
  });

  test("Servers by their labels", () => {
    const client = { unauthenticated: true, networks: [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }] };
    assert.deepEqual(reach(of(client, { selector: { matchLabels: { tier: "back" } } })), everyone);
    assert.deepEqual(reach(of(client, { selector: { matchLabels: { tier: "front" } } })), nobody);
  });

  test("TLS without an identity may be anybody's", () => {
    assert.equal(
      ask(of({ meshTLS: { unauthenticatedTLS: true }, networks: [{ cidr: "0.0.0.0/0" }] }), "other/plain", "shop/api"),
      "unknown",
    );
  });

  test("one without clients is refused", () => {
    assert.deepEqual(reach(of({})), ["unknown", "unknown", "unknown", "unknown"]);
    assert.deepEqual(reach(of({ meshTLS: {} })), ["unknown", "unknown", "unknown", "unknown"]);
  });
});

describe("Linkerd: AuthorizationPolicy", () => {
  const of = (targetRef: Spec, refs: readonly Spec[], ...more: readonly Spec[]) =>
    networkOf([
      ...cluster,
      server,
      ...more,
      object(`${POLICY} shop/p`, { targetRef, requiredAuthenticationRefs: refs }),
    ]);
  const tls = (spec: Spec) => object(`${TLS} shop/tls`, spec);
  const net = (spec: Spec) => object(`${NETWORK} shop/net`, spec);
  const tlsRef = { group: "policy.linkerd.io", kind: "MeshTLSAuthentication", name: "tls" };
  const netRef = { group: "policy.linkerd.io", kind: "NetworkAuthentication", name: "net" };

  test("a ServiceAccount, of the policy's namespace unless it says another", () => {
    assert.deepEqual(reach(of(toServer, [{ kind: "ServiceAccount", name: "web" }])), [
      "allowed",
      "denied",
      "denied",
      "denied",
    ]);
    assert.deepEqual(reach(of(toServer, [{ kind: "ServiceAccount", name: "in", namespace: "other" }])), [
      "denied",
      "allowed",
      "denied",
      "denied",
    ]);
  });

  test("MeshTLSAuthentication by identities and references", () => {
    assert.deepEqual(reach(of(toServer, [tlsRef], tls({ identities: ["*"] }))), meshed);
    assert.deepEqual(reach(of(toServer, [tlsRef], tls({ identityRefs: [{ kind: "ServiceAccount", name: "web" }] }))), [
      "allowed",
      "denied",
      "denied",
      "denied",
    ]);
    assert.deepEqual(reach(of(toServer, [tlsRef], tls({ identityRefs: [{ kind: "Namespace", name: "other" }] }))), [
      "denied",
      "allowed",
      "denied",
      "denied",
    ]);
  });

  test("NetworkAuthentication lets in clients without an identity", () => {
    const network = of(toServer, [netRef], net({ networks: [{ cidr: "203.0.113.0/24" }] }));
    assert.equal(ask(network, "203.0.113.0/24", "shop/api"), "allowed");
    assert.equal(ask(network, "internet", "shop/api"), "denied");
  });

  test("all that is required must hold", () => {
    const wide = net({ networks: [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }] });
    assert.deepEqual(
      reach(of(toServer, [tlsRef, netRef], tls({ identityRefs: [{ kind: "Namespace", name: "shop" }] }), wide)),
      ["allowed", "denied", "denied", "denied"],
    );
    const narrow = net({ networks: [{ cidr: "203.0.113.0/24" }] });
    const both = of(toServer, [tlsRef, netRef], tls({ identities: ["*"] }), narrow);
    assert.equal(ask(both, "internet", "shop/api"), "denied");
    assert.equal(ask(both, "other/plain", "shop/api"), "denied");
    assert.equal(ask(both, "shop/web", "shop/api"), "unknown", "the pod's address is not known");
  });

  test("nothing required is everybody", () => {
    const network = of(toServer, []);
    assert.deepEqual(reach(network), everyone);
    assert.ok(notes(network).includes("mesh.allows-everyone"));
  });

  test("two identities count for nothing, and that is told", () => {
    const network = of(toServer, [tlsRef, { kind: "ServiceAccount", name: "web" }], tls({ identities: ["*"] }));
    assert.deepEqual(reach(network), nobody);
    assert.ok(notes(network).includes("mesh.policy-ignored"));
  });

  test("what it requires and nobody read is unknown", () => {
    assert.deepEqual(reach(of(toServer, [tlsRef])), ["unknown", "unknown", "unknown", "unknown"]);
  });

  test("a Namespace is all of its Servers; another's is refused", () => {
    assert.deepEqual(reach(of({ kind: "Namespace", name: "shop" }, [{ kind: "ServiceAccount", name: "web" }])), [
      "allowed",
      "denied",
      "denied",
      "denied",
    ]);
    assert.equal(ask(of({ kind: "Namespace", name: "other" }, []), "other/plain", "shop/api"), "unknown");
  });

  test("a route's policy allows its requests", () => {
    const route = (group: string, kind: string) =>
      object(`${group} ${kind} shop/get`, {
        parentRefs: [{ group: "policy.linkerd.io", kind: "Server", name: "api" }],
        rules: [],
      });
    for (const [group, kind] of [
      ["policy.linkerd.io/v1beta3", "HTTPRoute"],
      ["gateway.networking.k8s.io/v1", "HTTPRoute"],
      ["gateway.networking.k8s.io/v1", "GRPCRoute"],
    ] as const) {
      const target = { group: group.split("/")[0], kind, name: "get" };
      const network = of(target, [{ kind: "ServiceAccount", name: "web" }], route(group, kind));
      assert.deepEqual(reach(network), ["allowed", "denied", "denied", "denied"]);
      assert.ok(network.rules.some(({ narrowing }) => narrowing === `requests of the ${kind} get`));
    }
    assert.deepEqual(
      reach(
        of({ group: "policy.linkerd.io", kind: "HTTPRoute", name: "else" }, [{ kind: "ServiceAccount", name: "web" }]),
      ),
      nobody,
    );
  });

  test("an unknown target or requirement is refused", () => {
    assert.equal(ask(of({ kind: "Service", name: "api" }, []), "other/plain", "shop/api"), "unknown");
    assert.equal(ask(of(toServer, [{ kind: "Group", name: "x" }]), "other/plain", "shop/api"), "unknown");
  });
});
