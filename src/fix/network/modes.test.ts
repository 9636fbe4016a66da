import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { rawOf } from "../../engines/kubernetes/model.ts";
import { noSettings } from "../../engines/reachability/settings.ts";
import { streamOf } from "./files.ts";
import { app, generate } from "./generate.fixture.ts";
import type { GeneratedSet } from "./generate.ts";

const shop =
  app("web", { env: { API_URL: "http://api" }, pod: { serviceAccountName: "web" } }) +
  app("worker", { pod: { serviceAccountName: "worker" } }) +
  app("api", { port: 3000, pod: { serviceAccountName: "api" } });

/** The specifications of the objects of one kind, by name. */
function specs({ drafts }: GeneratedSet, kind: string): Readonly<Record<string, unknown>> {
  const { objects } = readManifests([{ path: "b.yaml", text: streamOf(drafts) }]);
  return Object.fromEntries(objects.flatMap((one) => (one.kind === kind ? [[one.name, rawOf(one).spec]] : [])));
}

test("Istio: STRICT, nothing allowed, and the accounts that need it", () => {
  const made = generate(shop, { meshMode: "istio" });
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(specs(made, "PeerAuthentication"), { default: { mtls: { mode: "STRICT" } } });
  assert.deepEqual(specs(made, "AuthorizationPolicy"), {
    "allow-nothing": {},
    "allow-api": {
      selector: { matchLabels: { app: "api" } },
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: ["cluster.local/ns/shop/sa/web"] } }],
          to: [{ operation: { ports: ["3000"] } }],
        },
      ],
    },
  });
  // A sidecar asks istiod, which default deny would cut.
  assert.match(streamOf(made.drafts), /app: istiod\n {6}ports:\n {8}- protocol: TCP\n {10}port: 15012/);
});

test("Istio: clients without an identity come in plaintext, on their port alone", () => {
  const text = shop.replace('"spec":{"selector":{"app":"api"}', '"spec":{"type":"NodePort","selector":{"app":"api"}');
  const made = generate(text, { meshMode: "istio", settings: { ...noSettings, cni: "calico" } });
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(specs(made, "PeerAuthentication")["allow-api"], {
    selector: { matchLabels: { app: "api" } },
    mtls: { mode: "STRICT" },
    portLevelMtls: { "3000": { mode: "PERMISSIVE" } },
  });
});

test("Istio: workloads that share an account are not told apart, and the network policies still do", () => {
  const made = generate(shop.replaceAll('"serviceAccountName":"worker"', '"serviceAccountName":"web"'), {
    meshMode: "istio",
  });
  assert.deepEqual(made.proof.failures, []);
});

test("Linkerd: a Server for each port, and the accounts that need it", () => {
  const made = generate(shop, { meshMode: "linkerd" });
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(specs(made, "Server"), { "api-3000": { podSelector: { matchLabels: { app: "api" } }, port: 3000 } });
  assert.deepEqual(specs(made, "MeshTLSAuthentication"), {
    "api-3000-clients": { identityRefs: [{ kind: "ServiceAccount", namespace: "shop", name: "web" }] },
  });
});

test("ambient mode: the tunnel's port and the probes' address, which the label of the namespace asks for", () => {
  const namespace = `---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }
`;
  const probe = { containers: [{ name: "main", image: "x", readinessProbe: { tcpSocket: { port: 3000 } } }] };
  const text = app("web", { env: { API_URL: "http://api:3000" } }) + app("api", { port: 3000, pod: probe }) + namespace;
  const withService = text.replace('"targetPort":"main"', '"targetPort":3000').replace('"port":80', '"port":3000');
  const made = generate(withService);
  assert.deepEqual(made.proof.failures, []);
  const policy = JSON.stringify(specs(made, "NetworkPolicy")["allow-api"]);
  assert.match(policy, /"port":3000.*"port":15008/);
  assert.match(policy, /169\.254\.7\.127\/32/);
  assert.deepEqual(generate(withService, { meshMode: "istio" }).proof.failures, []);
});

test("egress by Istio: the host's entry, and proxies that know nothing else", () => {
  const egress = [{ from: "shop/api", to: ["pay.example.com:443", "203.0.113.7:5432"] }];
  const made = generate(shop, { egress, egressMode: "istio", settings: { ...noSettings, cni: "calico" } });
  assert.deepEqual(made.proof.failures, []);
  const always = [
    "istio-system/*",
    "default/kubernetes.default.svc.cluster.local",
    "kube-system/kube-dns.kube-system.svc.cluster.local",
  ];
  const mode = { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } };
  assert.deepEqual(specs(made, "Sidecar"), {
    default: { ...mode, egress: [{ hosts: [...always, "shop/api.shop.svc.cluster.local"] }] },
    "egress-api": {
      workloadSelector: { labels: { app: "api" } },
      ...mode,
      egress: [{ hosts: [...always, "shop/203-0-113-7-32-5432.invalid", "shop/pay.example.com"] }],
    },
  });
  assert.deepEqual(Object.keys(specs(made, "ServiceEntry")), ["egress-pay-example-com", "egress-203-0-113-7-32-5432"]);
  const policy = JSON.stringify(specs(made, "NetworkPolicy")["allow-api"]);
  assert.match(policy, /"cidr":"0\.0\.0\.0\/0","except":\["10\.0\.0\.0\/8".*"169\.254\.0\.0\/16"/);
  assert.ok(made.notes.some((note) => note.includes("goes around the sidecar")));
});

test("under Cilium the API server and nodes are entities", () => {
  const binding = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: api, namespace: shop }
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
subjects: [{ kind: ServiceAccount, name: api, namespace: shop }]
`;
  const made = generate(shop + binding, { settings: { ...noSettings, cni: "cilium" } });
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(made.unmet, []);
  assert.match(JSON.stringify(specs(made, "CiliumNetworkPolicy")["allow-api"]), /"toEntities":\["kube-apiserver"\]/);
});
