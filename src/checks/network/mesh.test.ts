/** What a mesh asks of connections, and what goes around it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { meshAuthorizationOpen } from "./mesh-authorization-open.ts";
import { meshPolicyWithoutEffect } from "./mesh-policy-without-effect.ts";
import { meshPortCutOff } from "./mesh-port-cut-off.ts";
import { mtlsNotStrict } from "./mtls-not-strict.ts";
import { plaintextInMesh } from "./plaintext-in-mesh.ts";
import {
  denyAll,
  evaluated,
  found,
  namespace,
  networkPolicy,
  trusted,
  verdicts,
  workload,
} from "./reach/network.fixture.ts";
import { workloadOutsideMesh } from "./workload-outside-mesh.ts";

const proxy = { initContainers: [{ name: "istio-proxy", restartPolicy: "Always", image: "docker.io/istio/proxyv2" }] };
const shop = namespace("shop");
const web = workload("shop/web", proxy);
const api = workload("shop/api", proxy);
const istio = (kind: string, path: string, spec: object) => {
  const [space, name] = path.split("/");
  return { apiVersion: "security.istio.io/v1", kind, metadata: { namespace: space, name }, spec };
};
const strict = istio("PeerAuthentication", "shop/strict", { mtls: { mode: "STRICT" } });

test("workloads without a proxy are outside, and labels that nothing acts on prove nothing", () => {
  assert.deepEqual(found(workloadOutsideMesh, [shop, workload("shop/web"), workload("shop/api")]), [
    "high mesh | No workload of namespace shop is in a service mesh",
  ]);
  assert.deepEqual(found(workloadOutsideMesh, [shop, web, workload("shop/api")]), [
    "high mesh | 1 of 2 workloads of namespace shop are outside the service mesh",
  ]);
  assert.deepEqual(verdicts(workloadOutsideMesh, [shop, web, api]), ["shop pass"]);
  const labelled = namespace("shop", { "istio-injection": "enabled" });
  assert.match(verdicts(workloadOutsideMesh, [labelled, workload("shop/web")])[0] ?? "", /^shop unknown: .*injector/);
});

test("a policy that makes the mesh optional rates what is missing low", () => {
  const optional = trusted({ network: { ...defaultPolicy.network, mesh: { mtls: "optional" } } });
  assert.match(found(workloadOutsideMesh, [shop, workload("shop/web")], optional)[0] ?? "", /^low/);
  assert.match(found(mtlsNotStrict, [shop, web], optional)[0] ?? "", /^low/);
});

test("WireGuard between nodes is said, and is no mTLS", () => {
  const config = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "kube-system", name: "cilium-config" },
    data: { "enable-wireguard": "true" },
  };
  const objects = [shop, workload("shop/web"), config];
  assert.deepEqual(verdicts(workloadOutsideMesh, objects), ["shop fail"]);
  assert.match(evaluated(objects).notes.join("\n"), /WireGuard, which is not counted as mTLS/);
});

test("a mode that takes plaintext is told with what sets it, and one that nothing sets is PERMISSIVE", () => {
  assert.deepEqual(found(mtlsNotStrict, [shop, web, api]), [
    "high unset | 2 workloads of shop accept plaintext: no mode is set, which is PERMISSIVE",
  ]);
  assert.deepEqual(verdicts(mtlsNotStrict, [shop, web, api, strict]), ["shop pass"]);
  const permissive = istio("PeerAuthentication", "shop/web", {
    selector: { matchLabels: { app: "web" } },
    mtls: { mode: "PERMISSIVE" },
  });
  assert.deepEqual(found(mtlsNotStrict, [shop, web, api, strict, permissive]), [
    "high mode PERMISSIVE by PeerAuthentication shop/web | Workload shop/Deployment/web accepts plaintext: mode PERMISSIVE (PeerAuthentication shop/web)",
  ]);
  const port = istio("PeerAuthentication", "shop/web", {
    selector: { matchLabels: { app: "web" } },
    mtls: { mode: "STRICT" },
    portLevelMtls: { 8080: { mode: "DISABLE" } },
  });
  assert.match(found(mtlsNotStrict, [shop, web, strict, port])[0] ?? "", /^high port 8080 is DISABLE by PeerAuth/);
});

test("ports that the proxy does not take are plaintext whatever the mode is", () => {
  const around = workload(
    "shop/web",
    proxy,
    {},
    {
      labels: { app: "web" },
      annotations: { "traffic.sidecar.istio.io/excludeInboundPorts": "9090" },
    },
  );
  assert.match(found(mtlsNotStrict, [shop, around, strict])[0] ?? "", /^high the proxy does not take TCP 9090/);
  assert.match(found(plaintextInMesh, [shop, around, strict])[0] ?? "", /^high /);
  assert.deepEqual(found(plaintextInMesh, [shop, web, strict]), []);
});

test("clients that switch mTLS off send plaintext", () => {
  const rule = {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { namespace: "shop", name: "plain" },
    spec: { host: "api.shop.svc.cluster.local", trafficPolicy: { tls: { mode: "DISABLE" } } },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "shop", name: "api" },
    spec: { selector: { app: "api" }, ports: [{ port: 80 }] },
  };
  assert.match(found(plaintextInMesh, [shop, web, api, service, rule])[0] ?? "", /^high DestinationRule shop\/plain/);
});

test("authorization that names nobody, and that allows everyone", () => {
  assert.deepEqual(found(meshAuthorizationOpen, [shop, web, api, strict]), [
    "medium no policy | No authorization policy names the clients of 2 of 2 mesh workloads of shop",
  ]);
  const nobody = istio("AuthorizationPolicy", "shop/none", {});
  assert.deepEqual(verdicts(meshAuthorizationOpen, [shop, web, api, strict, nobody]), ["shop pass"]);
  const everyone = istio("AuthorizationPolicy", "shop/all", { rules: [{}] });
  assert.deepEqual(found(meshAuthorizationOpen, [shop, web, strict, nobody, everyone]), [
    "medium everyone by AuthorizationPolicy shop/all | AuthorizationPolicy shop/all allows every client",
  ]);
});

const ambient = namespace("shop", { "istio.io/dataplane-mode": "ambient" });
const ztunnel = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { namespace: "istio-system", name: "ztunnel" },
  spec: { template: { metadata: { labels: { app: "ztunnel" } }, spec: { containers: [{ name: "istio-proxy" }] } } },
};

test("network policies that let in the application's port cut ambient's", () => {
  const policy = (port: number) =>
    networkPolicy("shop/web", {
      podSelector: { matchLabels: { app: "web" } },
      ingress: [{ ports: [{ port }] }],
      policyTypes: ["Ingress"],
    });
  const objects = (port: number) => [ambient, ztunnel, workload("shop/web"), policy(port)];
  assert.deepEqual(found(meshPortCutOff, objects(8080)), [
    "medium ingress | Network policies of shop deny the mesh's port 15008 for ingress of 1 workloads",
  ]);
  assert.deepEqual(found(meshPortCutOff, objects(15008)), []);
  assert.deepEqual(found(meshPortCutOff, [shop, web, policy(8080), denyAll("shop")]), []);
});

test("rules on requests that ambient never matches have no effect", () => {
  const rule = istio("AuthorizationPolicy", "shop/get", {
    action: "ALLOW",
    rules: [{ to: [{ operation: { methods: ["GET"] } }] }],
  });
  assert.match(
    found(meshPolicyWithoutEffect, [ambient, ztunnel, workload("shop/web"), rule])[0] ?? "",
    /^medium AuthorizationPolicy shop\/get: rule-void/,
  );
  assert.deepEqual(found(meshPolicyWithoutEffect, [shop, web, strict]), []);
});
