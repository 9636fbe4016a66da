import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manifestReader } from "../../kubernetes/manifests.ts";
import { readNetwork } from "../network.ts";
import { noSettings } from "../settings.ts";
import { ask, find, istioConfig, namespace, notes, object, PEER } from "./network.fixture.ts";

type Plain = Readonly<Record<string, unknown>>;

/** As a cluster has them: a Deployment, its ReplicaSet, and the pods that run. */
function cluster(labels: Readonly<Record<string, string>>, pods: readonly Plain[]) {
  const reader = manifestReader();
  const template = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "main", image: "example.com/web:1" }] },
  };
  const owned = (kind: string, name: string) => ({
    ownerReferences: [{ apiVersion: "apps/v1", kind, name, controller: true }],
  });
  const objects = [
    istioConfig(),
    namespace("shop", labels),
    namespace("other"),
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" }, spec: { template } },
    {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "web-1", namespace: "shop", ...owned("Deployment", "web") },
      spec: { template },
    },
    ...pods.map(({ containers = [], annotations = {} }, index) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `web-1-${index}`,
        namespace: "shop",
        labels: { app: "web" },
        annotations,
        ...owned("ReplicaSet", "web-1"),
      },
      spec: { containers: [...template.spec.containers, ...(containers as Plain[])] },
    })),
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "plain", namespace: "other" }, spec: { template } },
    object(`${PEER} shop/default`, { mtls: { mode: "STRICT" } }),
  ];
  for (const one of objects) reader.object(one, { kind: "cluster", cluster: "prod" });
  return readNetwork(reader.manifests(), noSettings);
}

function membership(network: ReturnType<typeof cluster>): string {
  const found = network.mesh?.workloads[find(network, "shop/web")];
  return `${found?.mesh} ${found?.certainty}${found?.doubt === undefined ? "" : ` ${found.doubt.code}`}`;
}

const injected = { containers: [{ name: "istio-proxy", image: "example.com/proxy:1", args: ["proxy", "sidecar"] }] };
const enabled = { "istio-injection": "enabled" };

describe("pods that run", () => {
  test("a proxy in every one is seen, whatever the template says", () => {
    const network = cluster({}, [injected, injected]);
    assert.equal(membership(network), "istio-sidecar seen");
    assert.equal(ask(network, "other/plain", "shop/web"), "denied");
  });

  test("labels ask for one and none has it: it is in no mesh, and that is told", () => {
    const network = cluster(enabled, [{}, {}]);
    assert.equal(membership(network), "none expected");
    assert.equal(ask(network, "other/plain", "shop/web"), "allowed");
    assert.ok(notes(network).includes("mesh.proxy-missing"));
  });

  test("some have it: neither closed nor open", () => {
    const network = cluster(enabled, [injected, {}]);
    assert.equal(membership(network), "istio-sidecar unknown mesh.some-pods");
    assert.equal(ask(network, "other/plain", "shop/web"), "unknown");
    assert.ok(notes(network).includes("mesh.proxy-missing"));
  });

  test("ztunnel takes what istio-cni marked", () => {
    const network = cluster({ "istio.io/dataplane-mode": "ambient" }, [
      { annotations: { "ambient.istio.io/redirection": "enabled" } },
    ]);
    assert.equal(membership(network), "istio-ambient seen");
    assert.equal(ask(network, "other/plain", "shop/web"), "denied");
  });

  test("Linkerd's proxy", () => {
    const proxy = { containers: [{ name: "linkerd-proxy", image: "example.com/proxy:1" }] };
    assert.equal(membership(cluster({}, [proxy])), "linkerd seen");
    assert.equal(membership(cluster({}, [proxy, {}])), "linkerd unknown mesh.some-pods");
  });
});
