import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AUTHZ,
  ask,
  deployment,
  find,
  gapCodes,
  istioConfig,
  namespace,
  networkOf,
  notes,
  object,
  PEER,
  ztunnel,
} from "../mesh/network.fixture.ts";

type Plain = Readonly<Record<string, unknown>>;

/** As Istio's chart selects for the default revision, in part. */
function injector(revision = "default"): Plain {
  const webhook = (name: string, namespaceSelector: Plain, objectSelector: Plain) => ({
    name: `${name}.sidecar-injector.istio.io`,
    clientConfig: { service: { name: "istiod", namespace: "istio-system", path: "/inject" } },
    namespaceSelector,
    objectSelector,
  });
  const allows = { matchExpressions: [{ key: "sidecar.istio.io/inject", operator: "NotIn", values: ["false"] }] };
  const noLabels = [
    { key: "istio-injection", operator: "DoesNotExist" },
    { key: "istio.io/rev", operator: "DoesNotExist" },
  ];
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: `istio-sidecar-injector-${revision}` },
    webhooks: [
      webhook(
        "rev.namespace",
        {
          matchExpressions: [
            { key: "istio.io/rev", operator: "In", values: [revision] },
            { key: "istio-injection", operator: "DoesNotExist" },
          ],
        },
        allows,
      ),
      ...(revision === "default"
        ? [
            webhook(
              "namespace",
              { matchExpressions: [{ key: "istio-injection", operator: "In", values: ["enabled"] }] },
              allows,
            ),
            webhook(
              "object",
              { matchExpressions: noLabels },
              { matchExpressions: [{ key: "sidecar.istio.io/inject", operator: "In", values: ["true"] }] },
            ),
          ]
        : []),
    ],
  };
}

function membership(network: ReturnType<typeof networkOf>, name: string): string {
  const found = network.mesh?.workloads[find(network, name)];
  return `${found?.mesh} ${found?.certainty}${found?.doubt === undefined ? "" : ` ${found.doubt.code}`}`;
}

const strict = object(`${PEER} shop/default`, { mtls: { mode: "STRICT" } });

describe("membership of Istio's mesh", () => {
  test("without Istio nobody is in it, whatever was read of namespaces", () => {
    assert.equal(membership(networkOf([deployment("shop/web")]), "shop/web"), "none expected");
  });

  test("by the webhooks that were read", () => {
    const of = (labels: Record<string, string>, options: Parameters<typeof deployment>[1] = {}) =>
      membership(networkOf([injector(), namespace("shop", labels), deployment("shop/web", options)]), "shop/web");
    assert.equal(of({ "istio-injection": "enabled" }), "istio-sidecar expected");
    assert.equal(of({ "istio.io/rev": "default" }), "istio-sidecar expected");
    assert.equal(of({}), "none expected");
    assert.equal(of({}, { labels: { "sidecar.istio.io/inject": "true" } }), "istio-sidecar expected");
    assert.equal(
      of({ "istio-injection": "enabled" }, { labels: { "sidecar.istio.io/inject": "false" } }),
      "none expected",
    );
    assert.equal(
      of({ "istio-injection": "enabled" }, { annotations: { "sidecar.istio.io/inject": "false" } }),
      "none expected",
    );
    assert.equal(
      of({ "istio-injection": "disabled" }, { labels: { "sidecar.istio.io/inject": "true" } }),
      "none expected",
    );
    assert.equal(of({ "istio-injection": "enabled" }, { spec: { hostNetwork: true } }), "none expected");
    assert.equal(of({ "istio.io/rev": "canary" }), "istio-sidecar unknown mesh.unknown-revision");
  });

  test("the pod's label goes before its annotation", () => {
    const both = deployment("shop/web", {
      labels: { "sidecar.istio.io/inject": "true" },
      annotations: { "sidecar.istio.io/inject": "false" },
    });
    assert.equal(
      membership(networkOf([injector(), namespace("shop", { "istio-injection": "enabled" }), both]), "shop/web"),
      "istio-sidecar expected",
    );
  });

  test("system namespaces are left out", () => {
    const network = networkOf([
      injector(),
      namespace("kube-system", { "istio-injection": "enabled" }),
      deployment("kube-system/dns"),
    ]);
    assert.equal(membership(network, "kube-system/dns"), "none expected");
  });

  test("labels alone show no proxy: nothing is closed or open by them", () => {
    for (const labels of [{ "istio-injection": "enabled" }, { "istio.io/rev": "stable" }]) {
      const network = networkOf([
        istioConfig(),
        namespace("shop", labels),
        namespace("other"),
        deployment("shop/web"),
        deployment("shop/api"),
        deployment("other/plain"),
        strict,
      ]);
      assert.equal(membership(network, "shop/web"), "istio-sidecar labelled mesh.no-injector");
      assert.equal(ask(network, "other/plain", "shop/api"), "unknown");
      assert.equal(
        ask(network, "shop/web", "shop/api"),
        "unknown",
        "whether the client presents an identity is not known either",
      );
    }
  });

  test("a namespace that was not read may add its pods, where there is Istio at all", () => {
    const network = networkOf([
      injector(),
      deployment("shop/web"),
      namespace("other"),
      deployment("other/plain"),
      strict,
    ]);
    assert.equal(membership(network, "shop/web"), "istio-sidecar unknown mesh.namespace-labels");
    const noWebhook = networkOf([deployment("shop/web"), namespace("other"), deployment("other/plain"), strict]);
    assert.equal(membership(noWebhook, "shop/web"), "none unknown mesh.namespace-labels");
    assert.equal(ask(noWebhook, "other/plain", "shop/web"), "unknown");
  });

  test("a proxy in the pod is seen, in the containers or beside them", () => {
    assert.equal(
      membership(networkOf([deployment("shop/web", { proxy: "istio-proxy" })]), "shop/web"),
      "istio-sidecar seen",
    );
    const native = deployment("shop/web", {
      spec: { initContainers: [{ name: "istio-proxy", image: "example.com/proxy:1", restartPolicy: "Always" }] },
    });
    assert.equal(membership(networkOf([native]), "shop/web"), "istio-sidecar seen");
  });

  test("ztunnel, whose container has the same name, is no workload of the mesh", () => {
    const spec = { containers: [{ name: "istio-proxy", image: "example.com/ztunnel:1", args: ["proxy", "ztunnel"] }] };
    assert.equal(
      membership(
        networkOf([namespace("istio-system"), deployment("istio-system/ztunnel", { kind: "DaemonSet", spec })]),
        "istio-system/ztunnel",
      ),
      "none expected",
    );
  });

  describe("ambient", () => {
    test("by the label of namespace or pod, which may refuse it", () => {
      const of = (labels: Record<string, string>, options: Parameters<typeof deployment>[1] = {}) =>
        membership(networkOf([ztunnel(), namespace("shop", labels), deployment("shop/web", options)]), "shop/web");
      const mode = "istio.io/dataplane-mode";
      assert.equal(of({ [mode]: "ambient" }), "istio-ambient expected");
      assert.equal(of({}, { labels: { [mode]: "ambient" } }), "istio-ambient expected");
      assert.equal(of({ [mode]: "ambient" }, { labels: { [mode]: "none" } }), "none expected");
      assert.equal(of({ [mode]: "ambient" }, { spec: { hostNetwork: true } }), "none expected");
      assert.equal(of({ [mode]: "ambient" }, { proxy: "istio-proxy" }), "istio-sidecar seen");
    });

    test("without ztunnel the label is only a label", () => {
      const network = networkOf([
        istioConfig(),
        namespace("shop", { "istio.io/dataplane-mode": "ambient" }),
        namespace("other"),
        deployment("shop/web"),
        deployment("other/plain"),
        strict,
      ]);
      assert.equal(membership(network, "shop/web"), "istio-ambient labelled mesh.no-ztunnel");
      assert.equal(ask(network, "other/plain", "shop/web"), "unknown");
    });
  });

  describe("annotations that keep traffic from the proxy", () => {
    const PREFIX = "traffic.sidecar.istio.io/";
    const with_ = (annotations: Record<string, string>, source: Record<string, string> = {}) =>
      networkOf([
        istioConfig(),
        namespace("shop"),
        namespace("other"),
        deployment("shop/api", { proxy: "istio-proxy", annotations }),
        deployment("shop/web", { proxy: "istio-proxy", annotations: source }),
        deployment("other/plain"),
        strict,
      ]);

    test("excluded inbound ports are open to plaintext", () => {
      const network = with_({ [`${PREFIX}excludeInboundPorts`]: "9000-9001, 9090" });
      assert.deepEqual(
        [8080, 9001, 9090].map((port) => ask(network, "other/plain", "shop/api", port)),
        ["denied", "allowed", "allowed"],
      );
      assert.ok(notes(network).includes("mesh.excluded-traffic"));
    });

    test("included inbound ports leave out all others", () => {
      const network = with_({ [`${PREFIX}includeInboundPorts`]: "8080", [`${PREFIX}excludeInboundPorts`]: "8080" });
      assert.deepEqual(
        [8080, 9090].map((port) => ask(network, "other/plain", "shop/api", port)),
        ["denied", "allowed"],
      );
      assert.equal(ask(with_({ [`${PREFIX}includeInboundPorts`]: "" }), "other/plain", "shop/api"), "allowed");
      assert.equal(ask(with_({ [`${PREFIX}includeInboundPorts`]: "*" }), "other/plain", "shop/api"), "denied");
    });

    test("on excluded outbound ports a client is anonymous", () => {
      const network = with_({}, { [`${PREFIX}excludeOutboundPorts`]: "9090" });
      assert.deepEqual(
        [8080, 9090].map((port) => ask(network, "shop/web", "shop/api", port)),
        ["allowed", "denied"],
      );
    });

    test("excluded outbound addresses may be the destination's", () => {
      const annotations = { [`${PREFIX}excludeOutboundIPRanges`]: "192.0.2.0/24" };
      assert.equal(ask(with_({}, annotations), "shop/web", "shop/api"), "unknown");
    });

    test("NONE captures nothing", () => {
      assert.equal(ask(with_({ "sidecar.istio.io/interceptionMode": "NONE" }), "other/plain", "shop/api"), "allowed");
    });

    test("a list that is none is told", () => {
      assert.ok(gapCodes(with_({ [`${PREFIX}excludeInboundPorts`]: "http" })).includes("mesh.annotation"));
    });
  });

  test("the mesh's configuration: broken, or two that differ", () => {
    const broken = { ...istioConfig(), data: { mesh: "rootNamespace: [" } };
    assert.ok(gapCodes(networkOf([broken, deployment("shop/web")])).includes("mesh.configuration"));
    const other = {
      ...istioConfig({ trustDomain: "td2" }),
      metadata: { name: "istio-canary", namespace: "istio-system" },
    };
    const network = networkOf([
      istioConfig(),
      other,
      namespace("shop"),
      deployment("shop/web", { proxy: "istio-proxy" }),
      object(`${AUTHZ} istio-system/all`, {}),
    ]);
    assert.ok(gapCodes(network).includes("mesh.configuration"));
    assert.equal(ask(network, "internet", "shop/web"), "unknown");
  });

  test("IstioOperator and the Sail operator's Istio hold the same configuration", () => {
    const spec = { meshConfig: { rootNamespace: "mesh" } };
    for (const operator of [
      object("install.istio.io/v1alpha1 IstioOperator istio-system/install", spec),
      object("sailoperator.io/v1 Istio istio-system/default", { values: spec }),
    ]) {
      const network = networkOf([
        operator,
        namespace("shop"),
        namespace("other"),
        deployment("shop/api", { proxy: "istio-proxy" }),
        deployment("other/plain"),
        object(`${PEER} mesh/default`, { mtls: { mode: "STRICT" } }),
      ]);
      assert.equal(ask(network, "other/plain", "shop/api"), "denied");
    }
  });
});
