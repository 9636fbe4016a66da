import assert from "node:assert/strict";
import { test } from "node:test";
import type { DaemonSetState } from "../kubernetes/cluster/daemon-sets.ts";
import { manifestReader } from "../kubernetes/manifests.ts";
import { detectCni } from "./cni.ts";

function agent(name: string, container: object, namespace = "kube-system"): object {
  const containers = [{ name, ...container }];
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { namespace, name },
    spec: { template: { metadata: {}, spec: { hostNetwork: true, containers } } },
  };
}

const config = (data: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "kube-system", name: "cilium-config" },
  data,
});

const node = (name: string, os = "linux") => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/os": os } },
});

const ready = (name: string, changes: Partial<DaemonSetState> = {}): DaemonSetState => ({
  namespace: "kube-system",
  name,
  desired: 2,
  ready: 2,
  updated: 2,
  observed: true,
  ...changes,
});

function detected(objects: readonly object[], states: readonly DaemonSetState[]) {
  const reader = manifestReader();
  for (const object of [node("a"), node("b"), node("w", "windows"), ...objects]) {
    reader.object(object, { kind: "cluster", cluster: "prod" });
  }
  return detectCni(reader.manifests(), states);
}

const cilium = agent("cilium-agent", { image: "quay.io/cilium/cilium:v1.17.2" });

test("an agent that is ready on every node and not switched off enforces", () => {
  assert.deepEqual(detected([cilium, config({ "enable-policy": "default" })], [ready("cilium-agent")]), {
    enforces: "yes",
    cni: "cilium",
    evidence: "cilium: DaemonSet kube-system/cilium-agent is ready on 2 of 2 nodes",
  });
  const calico = detected([agent("calico-node", {}), agent("kube-flannel", {})], [ready("calico-node")]);
  assert.deepEqual([calico.enforces, calico.cni], ["yes", "calico"]);
});

test("one that enforces, and whose semantics nobody knows here, is no known CNI", () => {
  const aws = (flag: string) => agent("aws-eks-nodeagent", { args: [flag] });
  const on = detected([aws("--enable-network-policy=true")], [ready("aws-eks-nodeagent")]);
  assert.deepEqual([on.enforces, on.cni], ["yes", undefined]);
  const off = detected([aws("--enable-network-policy=false")], [ready("aws-eks-nodeagent")]);
  assert.deepEqual([off.enforces, off.cni], ["no", "none"]);
});

test("presence is no proof: not ready, not everywhere, being changed, without a status or a configuration", () => {
  const states: readonly (readonly DaemonSetState[])[] = [
    [],
    [ready("cilium-agent", { ready: 1 })],
    [ready("cilium-agent", { updated: 1 })],
    [ready("cilium-agent", { desired: 1, ready: 1, updated: 1 })],
    [ready("cilium-agent", { desired: 0, ready: 0, updated: 0 })],
    [ready("cilium-agent", { observed: false })],
    [ready("cilium-agent", { namespace: "shop" })],
  ];
  for (const state of states) {
    const { enforces, doubt } = detected([cilium, config({})], state);
    assert.deepEqual([enforces, doubt?.code], ["unknown", "network.cni-unknown"], JSON.stringify(state));
  }
  assert.match(detected([cilium], [ready("cilium-agent")]).evidence, /cilium-config was not read/);
});

test("what is switched off, and what only connects pods, enforces nothing", () => {
  for (const data of [{ "enable-policy": "never" }, { "policy-audit-mode": "true" }]) {
    assert.equal(detected([cilium, config(data)], [ready("cilium-agent")]).enforces, "no");
  }
  const flannel = detected([agent("kube-flannel", {}, "kube-flannel")], [ready("kube-flannel")]);
  assert.deepEqual([flannel.enforces, flannel.cni], ["no", "none"]);
  const kindnet = (tag: string) =>
    detected([agent("kindnet-cni", { image: `docker.io/kindest/kindnetd:${tag}` })], [ready("kindnet-cni")]).enforces;
  assert.deepEqual(["v20240513-cbb2d2fa", "v20250214-acbabc1a", "latest"].map(kindnet), ["no", "yes", "unknown"]);
});

test("two agents, and none at all, are unknown", () => {
  const two = detected([agent("calico-node", {}), cilium, config({})], [ready("calico-node"), ready("cilium-agent")]);
  assert.match(two.evidence, /^several agents enforce policies: calico, cilium$/);
  assert.equal(detected([], []).enforces, "unknown");
});
