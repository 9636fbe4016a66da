import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../manifests.ts";
import { componentsOf } from "./components.ts";

function components(object: object): unknown[] {
  const manifests = readManifests([{ path: "a.yaml", text: JSON.stringify(object) }]);
  return componentsOf(manifests).map(({ program, origin, configured, flags }) => [
    program,
    origin,
    configured,
    Object.fromEntries([...flags].map(([name, { value }]) => [name, value])),
  ]);
}

function pod(command: readonly string[], args: readonly string[] = []): object {
  const spec = { containers: [{ name: "a", image: "a", command, args }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec };
}

test("a command line in all of its forms", () => {
  assert.deepEqual(
    components(pod(["/usr/bin/kubelet", "--config", "/a", "--v=2"], ["--read_only_port=0", "--profiling"])),
    [["kubelet", "command", true, { config: "/a", v: "2", "read-only-port": "0", profiling: "true" }]],
  );
  assert.deepEqual(components(pod([], ["etcd", "--name=a", "--name=b=c"])), [
    ["etcd", "command", false, { name: "b=c" }],
  ]);
  assert.deepEqual(components(pod(["nginx", "kube-apiserver", "--a"])), []);
});

test("kubeadm's configuration, with an etcd elsewhere", () => {
  const configuration = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    apiServer: { extraArgs: [{ name: "profiling", value: "false" }] },
    etcd: { external: { endpoints: [] } },
  };
  assert.deepEqual(components(configuration), [
    ["kube-apiserver", "kubeadm", false, { profiling: "false" }],
    ["kube-controller-manager", "kubeadm", false, {}],
    ["kube-scheduler", "kubeadm", false, {}],
  ]);
});
