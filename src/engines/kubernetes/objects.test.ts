import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readManifests } from "./manifests.ts";
import {
  describeObject,
  effectiveNamespace,
  isClusterScoped,
  type KubernetesObject,
  lineageOf,
  type Manifests,
  rawOf,
} from "./model.ts";

function read(text: string): Manifests {
  return readManifests([{ path: "a.yaml", text }]);
}

describe("objects", () => {
  test("a Secret's values are kept nowhere but in its file's text", () => {
    const value = ["made", "up"].join("-");
    const annotation = JSON.stringify({ data: { a: value } });
    const found = read(
      JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: "s",
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": annotation, other: "kept" },
        },
        data: { a: value },
        stringData: { b: value },
      }),
    );
    assert.deepEqual(found.secrets[0]?.keys, ["a", "b"]);
    assert.equal(found.secrets[0]?.type, "Opaque");
    const [object] = found.objects;
    assert.ok(object);
    const { source: _, ...others } = object;
    assert.equal(JSON.stringify(others).includes(value), false);
    assert.equal(others.annotations.other, "kept");
  });

  test("files of a cluster's programs", () => {
    const found = read(`apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: { enforce: baseline }
    exemptions: { namespaces: [kube-system] }
---
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - identity: {}
  - aescbc: { keys: [{ name: k1, secret: made-up }] }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer: { extraArgs: [{ name: anonymous-auth, value: "false" }] }
controllerManager: { extraArgs: { profiling: "false" } }
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: true } }
`);
    assert.deepEqual(found.gaps, []);
    assert.deepEqual(found.podSecurityConfigurations[0]?.exemptions.namespaces, ["kube-system"]);
    assert.deepEqual(found.podSecurityConfigurations[0]?.path, ["plugins", 0, "configuration"]);
    const [encryption] = found.encryptionConfigurations;
    assert.deepEqual(
      encryption?.resources[0]?.providers.map(({ type, keys }) => [type, keys]),
      [
        ["identity", []],
        ["aescbc", ["k1"]],
      ],
    );
    assert.equal(JSON.stringify(encryption === undefined ? "" : rawOf(encryption.object)).includes("made-up"), false);
    assert.equal(found.kubeadmClusterConfigurations[0]?.apiServer["anonymous-auth"], "false");
    assert.equal(found.kubeadmClusterConfigurations[0]?.controllerManager.profiling, "false");
    assert.equal(found.kubeletConfigurations[0]?.anonymousAuthentication, true);
  });

  test("roles, bindings, ingresses", () => {
    const found = read(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: r }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }
rules: [{ verbs: ["*"], apiGroups: [""], resources: [secrets] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: b, namespace: shop }
roleRef: { kind: ClusterRole, name: r, apiGroup: rbac.authorization.k8s.io }
subjects: [{ kind: ServiceAccount, name: web }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: i }
spec:
  rules:
  - host: shop.example
    http: { paths: [{ path: /, backend: { service: { name: web, port: { number: 80 } } } }] }
`);
    assert.deepEqual(found.gaps, []);
    assert.deepEqual(found.roles[0]?.rules[0]?.verbs, ["*"]);
    assert.deepEqual(found.roles[0]?.aggregationRule?.clusterRoleSelectors[0]?.matchLabels, { a: "b" });
    assert.equal(found.bindings[0]?.subjects[0]?.name, "web");
    const field = ["spec", "rules", 0, "http", "paths", 0, "backend"];
    assert.deepEqual(found.ingresses[0]?.backends, [{ field, service: "web", port: 80 }]);
    const [role, binding] = found.objects as [KubernetesObject, KubernetesObject];
    assert.deepEqual([isClusterScoped(role), isClusterScoped(binding)], [true, false]);
    assert.equal(effectiveNamespace(role), undefined);
    assert.equal(effectiveNamespace(binding), "shop");
    assert.equal(describeObject(binding), "RoleBinding shop/b");
    assert.equal(lineageOf(binding, "deploy"), "deploy/RoleBinding/shop/b");
  });
});
