import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readManifests } from "../kubernetes/manifests.ts";
import { readEndpoints } from "./endpoints.ts";

function pods(text: string) {
  return readEndpoints(readManifests([{ path: "a.yaml", text }])).pods;
}

const machine = `apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: vm, namespace: shop, labels: { not: its-pods } }
spec:
  template:
    metadata: { labels: { app: db } }
    spec:
      domain: { devices: { interfaces: [{ name: default, masquerade: {}, ports: [{ name: sql, port: 5432 }] }] } }
      volumes: [{ name: disk, containerDisk: { image: example/disk } }]
---
`;

describe("virtual machines of KubeVirt", () => {
  test("run in one pod each, with the labels of the instance and its ports", () => {
    const [pod, ...more] = pods(machine);
    assert.deepEqual(more, []);
    assert.equal(pod?.name, "shop/VirtualMachine/vm");
    assert.deepEqual(pod?.labels, { app: "db", "kubevirt.io": "virt-launcher" });
    assert.deepEqual([...(pod?.namedPorts ?? [])], [["TCP/sql", [5432]]]);
  });

  test("an instance that a machine made, and the pod that an instance made, are that machine", () => {
    const made = `apiVersion: kubevirt.io/v1
kind: VirtualMachineInstance
metadata:
  name: vm
  namespace: shop
  labels: { app: db }
  ownerReferences: [{ apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: vm, uid: u, controller: true }]
spec: {}
---
apiVersion: v1
kind: Pod
metadata:
  name: virt-launcher-vm
  namespace: shop
  ownerReferences: [{ apiVersion: kubevirt.io/v1, kind: VirtualMachineInstance, name: vm, uid: u, controller: true }]
spec: { containers: [{ name: compute, image: example/launcher }] }
`;
    assert.deepEqual(
      pods(`${machine}${made}`).map(({ name }) => name),
      ["shop/VirtualMachine/vm"],
    );
  });

  test("one by itself", () => {
    const alone =
      "apiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nmetadata: { name: vm, labels: { a: b } }\nspec: {}\n";
    assert.deepEqual(
      pods(alone).map(({ name, labels }) => [name, labels.a]),
      [["default/VirtualMachineInstance/vm", "b"]],
    );
  });
});
