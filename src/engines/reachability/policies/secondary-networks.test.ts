import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readManifests } from "../../kubernetes/manifests.ts";
import { formatPorts } from "../model.ts";
import { readNetwork } from "../network.ts";
import { noSettings } from "../settings.ts";

function pod(name: string, networks: string, more = ""): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, annotations: { k8s.v1.cni.cncf.io/networks: "${networks}" } }
spec: { containers: [{ name: c, image: example/c }]${more} }
---
`;
}

const closed = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
---
`;

const text = `${closed}${pod("a", "lan")}${pod("b", '[{\\"name\\": \\"lan\\"}]')}${pod("c", " ")}`;

function between(from: string, to: string, manifests = text): string {
  const network = readNetwork(readManifests([{ path: "a.yaml", text: manifests }]), noSettings);
  const index = (name: string) =>
    network.endpoints.findIndex(
      (one) => one.name.endsWith(`/${name}`) || (one.kind === "addresses" && one.scope === name),
    );
  const { allowed, unknown } = network.connection(index(from), index(to));
  return `${formatPorts(allowed)}; ${formatPorts(unknown)}`;
}

describe("networks beside the pod network", () => {
  test("what policies deny between pods on others may pass there", () => {
    assert.equal(between("a", "b"), "none; all ports");
    assert.equal(between("a", "c"), "none; none");
    assert.equal(between("a", "internet"), "none; all ports");
    assert.equal(between("internet", "a"), "none; all ports");
    assert.equal(between("c", "internet"), "none; none");
  });

  test("what they allow stays allowed", () => {
    assert.equal(between("a", "b", text.replace(closed, "")), "all ports; none");
  });

  test("a virtual machine's networks of Multus are some", () => {
    const machine = `apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: vm, namespace: shop }
spec: { template: { spec: { networks: [{ name: n, multus: { networkName: lan } }] } } }
---
`;
    assert.equal(between("a", "vm", `${text}${machine}`), "none; all ports");
  });
});
