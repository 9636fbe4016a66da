import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluationsOf, findingsOf } from "../workload/kubernetes/workload.fixture.ts";
import { admissionPlugins } from "./admission-plugins.ts";
import { apiServerAuthentication } from "./api-server-authentication.ts";
import { apiServerAuthorization } from "./api-server-authorization.ts";
import { auditLog } from "./audit-log.ts";
import { controlPlaneTls } from "./control-plane-tls.ts";
import { controllerManagerFlags } from "./controller-manager-flags.ts";
import { encryptionNotConfigured } from "./encryption-not-configured.ts";
import { etcdAuthentication } from "./etcd-authentication.ts";
import { kubeletConnection } from "./kubelet-connection.ts";
import { kubeletFlags } from "./kubelet-flags.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { profiling } from "./profiling.ts";

/** A static pod as kubeadm writes it. */
function staticPod(program: string, ...flags: string[]): string {
  const container = { name: program, image: `registry.k8s.io/${program}:v1.33.0`, command: [program, ...flags] };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: program, namespace: "kube-system" },
    spec: { containers: [container] },
  });
}

function kubeadm(fields: object): string {
  return JSON.stringify({ apiVersion: "kubeadm.k8s.io/v1beta4", kind: "ClusterConfiguration", ...fields });
}

function found(check: ClusterCheck, text: string): string[] {
  return findingsOf(check, text).map(({ severity, subject }) => `${severity} ${subject}`);
}

const api = (...flags: string[]): string => staticPod("kube-apiserver", ...flags);

/** The check, flags that are wrong, what is found, flags that are right. */
const cases: readonly [ClusterCheck, string, readonly string[], readonly string[], readonly string[]][] = [
  [
    apiServerAuthentication,
    "kube-apiserver",
    ["--anonymous-auth", "true", "--insecure-port=8080", "--token-auth-file=/etc/x", "--service-account-lookup=false"],
    [
      "high kube-apiserver --insecure-port=8080",
      "high kube-apiserver --token-auth-file=/etc/x",
      "low kube-apiserver --anonymous-auth=true",
      "medium kube-apiserver --service-account-lookup=false",
    ],
    ["--anonymous-auth=false", "--insecure-port=0"],
  ],
  [
    apiServerAuthorization,
    "kube-apiserver",
    ["--authorization-mode=AlwaysAllow"],
    ["high kube-apiserver --authorization-mode=AlwaysAllow"],
    ["--authorization_mode=Node,RBAC"],
  ],
  [
    admissionPlugins,
    "kube-apiserver",
    ["--enable-admission-plugins=NodeRestriction,AlwaysAdmit", "--disable-admission-plugins=PodSecurity"],
    [
      "high kube-apiserver --disable-admission-plugins=PodSecurity",
      "high kube-apiserver --enable-admission-plugins=NodeRestriction,AlwaysAdmit",
    ],
    ["--enable-admission-plugins=NodeRestriction"],
  ],
  [
    auditLog,
    "kube-apiserver",
    [],
    ["medium kube-apiserver --audit-log-path", "medium kube-apiserver --audit-policy-file"],
    ["--audit-log-path=/var/log/audit", "--audit-policy-file=/etc/audit.yaml"],
  ],
  [profiling, "kube-scheduler", ["--profiling"], ["low kube-scheduler --profiling=true"], ["--profiling=false"]],
  [
    kubeletConnection,
    "kube-apiserver",
    ["--kubelet-client-certificate=/a"],
    ["medium kube-apiserver --kubelet-certificate-authority"],
    ["--kubelet-client-certificate=/a", "--kubelet-certificate-authority=/b"],
  ],
  [
    etcdAuthentication,
    "etcd",
    [
      "--client-cert-auth=false",
      "--peer-client-cert-auth",
      "--listen-client-urls=https://10.0.0.1:2379,http://10.0.0.1:2381",
    ],
    ["high etcd --client-cert-auth=false", "high etcd --listen-client-urls=https://10.0.0.1:2379,http://10.0.0.1:2381"],
    [
      "--client-cert-auth=true",
      "--peer-client-cert-auth=true",
      "--listen-client-urls=https://10.0.0.1:2379,http://127.0.0.1:2381",
    ],
  ],
  [
    etcdAuthentication,
    "etcd",
    [
      "--client-cert-auth=true",
      "--peer-client-cert-auth=true",
      "--listen-peer-urls=http://10.0.0.1:2380",
      "--initial-advertise-peer-urls=https://10.0.0.1:2380,http://10.0.0.1:2381",
      "--advertise-client-urls=http://0.0.0.0:2379",
    ],
    [
      "high etcd --advertise-client-urls=http://0.0.0.0:2379",
      "high etcd --initial-advertise-peer-urls=https://10.0.0.1:2380,http://10.0.0.1:2381",
      "high etcd --listen-peer-urls=http://10.0.0.1:2380",
    ],
    [
      "--client-cert-auth=true",
      "--peer-client-cert-auth=true",
      "--listen-peer-urls=https://10.0.0.1:2380,http://127.0.0.1:2380",
      "--initial-advertise-peer-urls=https://10.0.0.1:2380",
      "--advertise-client-urls=https://10.0.0.1:2379",
    ],
  ],
  [
    controllerManagerFlags,
    "kube-controller-manager",
    ["--port=10252"],
    [
      "low kube-controller-manager --bind-address",
      "medium kube-controller-manager --port=10252",
      "medium kube-controller-manager --use-service-account-credentials",
    ],
    ["--bind-address=127.0.0.1", "--use-service-account-credentials=true"],
  ],
  [
    controlPlaneTls,
    "kube-apiserver",
    ["--tls-min-version=VersionTLS11", "--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_RC4_128_SHA"],
    [
      "medium kube-apiserver --tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_RC4_128_SHA",
      "medium kube-apiserver --tls-min-version=VersionTLS11",
    ],
    ["--tls-min-version=VersionTLS12"],
  ],
  [
    encryptionNotConfigured,
    "kube-apiserver",
    [],
    ["high kube-apiserver --encryption-provider-config"],
    ["--encryption-provider-config=/etc/e.yaml"],
  ],
  [
    kubeletFlags,
    "kubelet",
    ["--anonymous-auth=true", "--read-only-port=10255", "--authorization-mode=AlwaysAllow"],
    [
      "high kubelet --anonymous-auth=true",
      "high kubelet --authorization-mode=AlwaysAllow",
      "high kubelet --read-only-port=10255",
    ],
    ["--config=/etc/kubelet.yaml", "--read-only-port=0"],
  ],
];

for (const [check, program, wrong, expected, right] of cases) {
  test(`${check.id}: wrong flags, and right ones`, () => {
    assert.deepEqual(found(check, staticPod(program, ...wrong)).toSorted(), expected);
    assert.deepEqual(found(check, staticPod(program, ...right)), []);
  });
  test(`${check.id}: nothing is said where no such program is`, () => {
    assert.deepEqual(evaluationsOf(check, staticPod("nginx", ...wrong)), []);
  });
}

test("authorization is off where nothing is said, unless a file says it", () => {
  assert.deepEqual(found(apiServerAuthorization, api()), ["high kube-apiserver --authorization-mode"]);
  assert.deepEqual(found(apiServerAuthorization, api("--authorization-config=/a")), []);
  assert.deepEqual(found(apiServerAuthorization, api("--authorization-mode=RBAC")), [
    "medium kube-apiserver --authorization-mode=RBAC",
  ]);
});

test("what kubeadm sets by itself counts, in both of its forms", () => {
  assert.deepEqual(found(apiServerAuthorization, kubeadm({})), []);
  assert.deepEqual(found(admissionPlugins, kubeadm({})), []);
  assert.deepEqual(found(etcdAuthentication, kubeadm({})), []);
  assert.deepEqual(found(encryptionNotConfigured, kubeadm({})), ["high kube-apiserver --encryption-provider-config"]);
  const list = kubeadm({ apiServer: { extraArgs: [{ name: "authorization-mode", value: "AlwaysAllow" }] } });
  assert.deepEqual(found(apiServerAuthorization, list), ["high kube-apiserver --authorization-mode=AlwaysAllow"]);
  const map = list.replace("v1beta4", "v1beta3").replace(/\[.*\]/, '{"authorization-mode":"AlwaysAllow"}');
  assert.deepEqual(found(apiServerAuthorization, map), ["high kube-apiserver --authorization-mode=AlwaysAllow"]);
});

test("the place is the flag's", () => {
  const text = [
    "apiVersion: v1",
    "kind: Pod",
    "metadata: {name: a}",
    "spec:",
    "  containers:",
    "    - name: a",
    "      command:",
    "        - /usr/local/bin/kube-apiserver",
    "        - --authorization-mode=AlwaysAllow",
    "",
  ].join("\n");
  const [finding] = findingsOf(apiServerAuthorization, text);
  assert.deepEqual(finding?.locations[0], { kind: "file", path: "manifest.yaml", line: 9, column: 11 });
});
