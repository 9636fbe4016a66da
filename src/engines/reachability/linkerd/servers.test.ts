import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  askUdp,
  deployment,
  find,
  gapCodes,
  namespace,
  networkOf,
  notes,
  object,
} from "../mesh/network.fixture.ts";
import {
  AUTHORIZATION,
  api,
  cluster,
  config,
  DEFAULT,
  everyone,
  http,
  meshed,
  nobody,
  others,
  reach,
  SERVER,
  server,
} from "./cluster.fixture.ts";

describe("Linkerd: default policies", () => {
  const byDefault = (policy: string) =>
    reach(
      networkOf([...others, deployment("shop/api", { proxy: "linkerd-proxy", annotations: { [DEFAULT]: policy } })]),
    );

  test("of the pod", () => {
    assert.deepEqual(byDefault("all-unauthenticated"), everyone);
    assert.deepEqual(byDefault("audit"), everyone);
    assert.deepEqual(byDefault("all-authenticated"), meshed);
    assert.deepEqual(byDefault("deny"), nobody);
  });

  test("those of the cluster go by its networks", () => {
    const pods = { podCidrs: [{ family: 4, first: 0x0a000000n, last: 0x0a00ffffn }] } as const;
    const network = (policy: string) =>
      networkOf(
        [...others, deployment("shop/api", { proxy: "linkerd-proxy", annotations: { [DEFAULT]: policy } })],
        pods,
      );
    assert.deepEqual(reach(network("cluster-authenticated")), meshed);
    assert.deepEqual(reach(network("cluster-unauthenticated")), ["allowed", "allowed", "allowed", "denied"]);
    assert.equal(ask(network("cluster-unauthenticated"), "private", "shop/api"), "allowed");
  });

  test("the pod's goes before the namespace's, that before the installation's", () => {
    const of = (installed: string, ofNamespace: Record<string, string>, ofPod: Record<string, string>) =>
      reach(
        networkOf([
          config({ proxy: { defaultInboundPolicy: installed } }),
          namespace("shop", {}, ofNamespace),
          ...others.slice(2),
          deployment("shop/api", { proxy: "linkerd-proxy", annotations: ofPod }),
        ]),
      );
    assert.deepEqual(of("deny", {}, {}), nobody);
    assert.deepEqual(of("deny", { [DEFAULT]: "all-authenticated" }, {}), meshed);
    assert.deepEqual(of("deny", { [DEFAULT]: "all-authenticated" }, { [DEFAULT]: "all-unauthenticated" }), everyone);
  });

  test("one that it does not know is ignored and told", () => {
    const network = networkOf([
      ...others,
      deployment("shop/api", { proxy: "linkerd-proxy", annotations: { [DEFAULT]: "none" } }),
    ]);
    assert.deepEqual(reach(network), everyone);
    assert.ok(gapCodes(network).includes("mesh.annotation"));
  });

  test("an unread installation is taken for open, and told", () => {
    const network = networkOf([...others.slice(1), api]);
    assert.deepEqual(reach(network), everyone);
    assert.ok(gapCodes(network).includes("mesh.default-policy"));
    assert.equal(network.mesh?.workloads[find(network, "shop/api")]?.authorization.default, "unknown");
  });

  test("ports that require an identity", () => {
    const annotations = { "config.linkerd.io/proxy-require-identity-inbound-ports": "8080" };
    const network = networkOf([...others, deployment("shop/api", { proxy: "linkerd-proxy", annotations })]);
    assert.deepEqual(reach(network), meshed);
    assert.deepEqual(reach(network, 9090), everyone);
  });

  test("UDP passes by the proxy, and so do skipped ports", () => {
    const annotations = { [DEFAULT]: "deny", "config.linkerd.io/skip-inbound-ports": "9000-9001" };
    const network = networkOf([...others, deployment("shop/api", { proxy: "linkerd-proxy", annotations })]);
    assert.equal(askUdp(network, "other/plain", "shop/api", 53), "allowed");
    assert.deepEqual(reach(network, 9001), everyone);
    assert.deepEqual(reach(network, 4191), everyone, "the proxy's own");
    assert.deepEqual(reach(network), nobody);
    assert.ok(notes(network).includes("mesh.excluded-traffic"));
  });

  test("on a port that the client skips it is anonymous", () => {
    const skips = deployment("shop/web", {
      proxy: "linkerd-proxy",
      annotations: { "config.linkerd.io/skip-outbound-ports": "8080" },
    });
    const network = networkOf([
      ...others.filter((one) => one !== others[3]),
      skips,
      deployment("shop/api", { proxy: "linkerd-proxy", annotations: { [DEFAULT]: "all-authenticated" } }),
    ]);
    assert.deepEqual(
      [8080, 9090].map((port) => ask(network, "shop/web", "shop/api", port)),
      ["denied", "allowed"],
    );
  });
});

describe("Linkerd: Servers", () => {
  test("what nothing authorizes gets the accessPolicy, by default deny, on its port alone", () => {
    const network = networkOf([...cluster, server]);
    assert.deepEqual(reach(network), nobody);
    assert.deepEqual(reach(network, 9090), everyone);
    const access = (accessPolicy: string) =>
      reach(networkOf([...cluster, object(`${SERVER} shop/api`, { podSelector: {}, port: 8080, accessPolicy })]));
    assert.deepEqual(access("all-authenticated"), meshed);
    assert.deepEqual(access("audit"), everyone);
    assert.deepEqual(access("deny"), nobody);
  });

  test("a port by its name", () => {
    const network = networkOf([...cluster, object(`${SERVER} shop/api`, { podSelector: {}, port: "http" })]);
    assert.deepEqual(reach(network), nobody);
    assert.equal(ask(network, "other/plain", "shop/web"), "allowed", "it has no such port");
  });

  test("a Server is for its own namespace, and for the mesh", () => {
    const network = networkOf([...cluster, object(`${SERVER} other/all`, { podSelector: {}, port: 8080 })]);
    assert.deepEqual(reach(network), everyone);
    assert.equal(ask(network, "shop/web", "other/plain"), "allowed");
    assert.equal(ask(network, "shop/web", "other/in"), "denied");
  });

  test("a Server opens what the default policy closes", () => {
    const closed = deployment("shop/api", { proxy: "linkerd-proxy", ports: http, annotations: { [DEFAULT]: "deny" } });
    const network = networkOf([
      ...others,
      closed,
      object(`${SERVER} shop/api`, { podSelector: {}, port: 8080, accessPolicy: "all-unauthenticated" }),
    ]);
    assert.deepEqual(reach(network), everyone);
    assert.deepEqual(reach(network, 9090), nobody);
  });

  test("two for one port: nobody knows which", () => {
    const open = object(`${SERVER} shop/open`, { podSelector: {}, port: 8080, accessPolicy: "all-unauthenticated" });
    assert.deepEqual(reach(networkOf([...cluster, server, open])), ["unknown", "unknown", "unknown", "unknown"]);
  });

  test("what the API refuses leaves the namespace's workloads unknown", () => {
    for (const spec of [
      { port: 80 },
      { podSelector: {} },
      { podSelector: {}, port: 0 },
      { podSelector: {}, port: 8080, accessPolicy: "open" },
      { podSelector: { matchExpressions: [{ key: "a", operator: "Is" }] }, port: 80 },
    ]) {
      const network = networkOf([...cluster, object(`${SERVER} shop/broken`, spec)]);
      assert.equal(ask(network, "other/plain", "shop/api"), "unknown", JSON.stringify(spec));
      assert.equal(ask(network, "shop/web", "other/in"), "allowed");
    }
  });

  test("one that selects nothing of the mesh is told", () => {
    assert.ok(
      notes(
        networkOf([
          ...cluster,
          object(`${SERVER} shop/none`, { podSelector: { matchLabels: { app: "x" } }, port: 80 }),
        ]),
      ).includes("mesh.policy-without-effect"),
    );
  });

  test("modes: STRICT where every client presents an identity", () => {
    const mode = (network: ReturnType<typeof networkOf>) =>
      network.mesh?.workloads[find(network, "shop/api")]?.mtls?.ports.get(8080)?.mode;
    assert.equal(mode(networkOf([...cluster, server])), "STRICT");
    assert.equal(
      mode(
        networkOf([...cluster, object(`${SERVER} shop/api`, { podSelector: {}, port: 8080, accessPolicy: "audit" })]),
      ),
      "PERMISSIVE",
    );
    const network = networkOf([
      ...cluster,
      server,
      object(`${AUTHORIZATION} shop/a`, { server: { name: "api" }, client: { unauthenticated: true } }),
    ]);
    assert.equal(mode(network), "PERMISSIVE");
  });
});
