import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../../../engines/contents/mutated-bytes.fixture.ts";
import { namedPlaces } from "./named-paths.ts";
import { type ConfigurationKind, places } from "./places.ts";

/** `kind path` of each, and whose beside root it may be. */
function named(kind: ConfigurationKind, text: string): string[] {
  return namedPlaces(kind, text).places.map(({ at, kind, users = [], etcd }) => {
    const what = typeof kind === "string" ? kind : kind(at, "file");
    return [what, at, ...users, ...(etcd === true ? ["etcd"] : [])].join(" ");
  });
}

const etcd = `apiVersion: v1
kind: Pod
metadata: {name: etcd}
spec:
  containers:
  - name: etcd
    command:
    - etcd
    - --data-dir=/var/lib/etcd
    - --key-file
    - /certs/server.key
    - --peer_key_file=/certs/sub/peer.key
    - --trusted-ca-file=/inside/ca.crt
    - --name=/not/a/file
    securityContext: {runAsUser: 500}
    volumeMounts:
    - {name: data, mountPath: /var/lib/etcd/}
    - {name: certs, mountPath: /certs}
    - {name: other, mountPath: /certs/sub, subPath: deep}
    - {name: scratch, mountPath: /inside}
  volumes:
  - {name: data, hostPath: {path: /srv/etcd, type: DirectoryOrCreate}}
  - {name: certs, hostPath: {path: /etc/kubernetes/pki/etcd/}}
  - {name: other, hostPath: {path: /srv/other}}
  - {name: scratch, emptyDir: {}}
`;

test("a static pod names files by the host's paths of its innermost volumes, and who it runs as", () => {
  assert.deepEqual(named("static-pod", etcd), [
    "etcd-directory srv/etcd 500 etcd",
    "key etc/kubernetes/pki/etcd/server.key 500",
    "key srv/other/deep/peer.key 500",
  ]);
});

test("a static pod may be JSON, and its program may stand behind a wrapper or in a shell", () => {
  const pod = (command: readonly string[]) =>
    JSON.stringify({
      spec: {
        securityContext: { runAsUser: 501 },
        containers: [{ command, volumeMounts: [{ name: "k", mountPath: "/k" }] }],
        volumes: [{ name: "k", hostPath: { path: "/k" } }],
      },
    });
  const flags = [
    "--kubeconfig=/k/a.conf",
    "--service-account-private-key-file=/k/x",
    "--service-account-key-file=/k/y",
  ];
  const expected = ["credential k/a.conf 501", "cluster-key k/x 501", "certificate k/y 501"];
  assert.deepEqual(
    named("static-pod", pod(["/go-runner", "--log-file=/k/l", "/usr/bin/kube-apiserver", ...flags])),
    expected,
  );
  assert.deepEqual(named("static-pod", pod(["sh", "-c", `exec kube-scheduler ${flags.join(" ")}`])), expected);
  assert.deepEqual(named("static-pod", pod(["other", ...flags])), []);
});

test("the kubelet's configuration names its CA, its own certificate and the folder of static pods", () => {
  const text =
    "kind: KubeletConfiguration\nauthentication:\n  x509:\n    clientCAFile: /etc/ca.pem\ntlsPrivateKeyFile: /etc/k.pem\nstaticPodPath: /etc/pods/\n";
  assert.deepEqual(named("kubelet", text), [
    "certificate etc/ca.pem",
    "key etc/k.pem",
    "configuration-directory etc/pods",
    "manifest etc/pods/*",
  ]);
  assert.deepEqual(named("kubelet", "kind: KubeletConfiguration\nauthentication: {}\n"), []);
});

test("a unit names files by flags in variables, and none by a variable or a pattern", () => {
  const text = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/b.conf --kubeconfig=/etc/k.conf"
Environment='X=--config /etc/kubelet.yaml'
ExecStart=/usr/bin/kubelet --kubeconfig=$K \\
  --client-ca-file=/etc/ca.crt --tls-private-key-file=/etc/*.key
`;
  assert.deepEqual(named("flags", text), [
    "credential etc/b.conf",
    "credential etc/k.conf",
    "node-configuration etc/kubelet.yaml",
    "certificate etc/ca.crt",
  ]);
});

test("what is no YAML says so", () => {
  assert.deepEqual(namedPlaces("static-pod", "a: &b c\n").places, []);
  assert.match(namedPlaces("static-pod", "a: &b c\n").unread ?? "", /^line 1: /);
  assert.match(namedPlaces("kubelet", "- a\n").unread ?? "", /mapping/);
});

test("no text throws, and no place leaves the root's paths", () => {
  const kinds = fc.constantFrom<ConfigurationKind>("static-pod", "kubelet", "flags");
  fc.assert(
    fc.property(fc.oneof(mutatedBytes(Buffer.from(etcd)), fc.uint8Array()), kinds, (bytes, kind) => {
      for (const { at } of namedPlaces(kind, Buffer.from(bytes).toString("utf8")).places) {
        assert.ok(at !== "" && !at.slice(0, -1).includes("*"), at);
      }
    }),
  );
});

test("a wildcard stands in a last name alone", () => {
  for (const { at } of places) assert.match(at, /^[^*]+(?:\/\*\*|\/[^*/]*\*[^*/]*)?$/, at);
});
