import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readManifests } from "../../kubernetes/manifests.ts";
import { formatPorts } from "../model.ts";
import { readNetwork } from "../network.ts";
import { type ClusterSettings, noSettings } from "../settings.ts";

function namespace(name: string, primary = true): string {
  const labels = primary ? '{ team: a, k8s.ovn.org/primary-user-defined-network: "" }' : "{ team: a }";
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: ${labels} }\n---\n`;
}

function pod(of: string, metadata = ""): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${of}, namespace: ${of}${metadata} }\nspec: { containers: [{ name: c, image: example/c }] }\n---\n`;
}

function udn(of: string, role = "Primary"): string {
  return `apiVersion: k8s.ovn.org/v1\nkind: UserDefinedNetwork\nmetadata: { name: own, namespace: ${of} }\nspec: { topology: Layer2, layer2: { role: ${role} } }\n---\n`;
}

function cluster(selector: string): string {
  return `apiVersion: k8s.ovn.org/v1\nkind: ClusterUserDefinedNetwork\nmetadata: { name: all }\nspec: { namespaceSelector: ${selector}, network: { topology: Layer3, layer3: { role: Primary } } }\n---\n`;
}

function between(text: string, from: string, to: string, settings: Partial<ClusterSettings> = {}): string {
  const network = readNetwork(readManifests([{ path: "a.yaml", text }]), { ...noSettings, ...settings });
  const index = (name: string) =>
    network.endpoints.findIndex(
      (one) => one.name === `${name}/Pod/${name}` || (one.kind === "addresses" && one.scope === name),
    );
  const { allowed, unknown } = network.connection(index(from), index(to));
  return unknown === network.portSets.none ? formatPorts(allowed) : `unknown ${formatPorts(unknown)}`;
}

describe("primary networks", () => {
  const text = `${namespace("a")}${namespace("b")}${namespace("c", false)}${pod("a")}${pod("b")}${pod("c")}${udn("a")}`;

  test("pods of one connect to nobody's pods outside it, in either direction, and to outside the cluster as ever", () => {
    assert.equal(between(text, "a", "c"), "none");
    assert.equal(between(text, "c", "a"), "none");
    assert.equal(between(text, "b", "c"), "all ports");
    assert.equal(between(text, "a", "internet"), "all ports");
  });

  test("several namespaces are on one by a selector, if they have the label", () => {
    const shared = `${namespace("a")}${namespace("b")}${namespace("c", false)}${pod("a")}${pod("b")}${pod("c")}${cluster("{ matchLabels: { team: a } }")}`;
    assert.equal(between(shared, "a", "b"), "all ports");
    assert.equal(between(shared, "a", "c"), "none");
  });

  test("secondary ones change nothing, and neither do those of a CNI that does not read them", () => {
    assert.equal(between(text.replace("Primary", "Secondary"), "a", "c"), "all ports");
    assert.equal(between(text, "a", "c", { cni: "cilium" }), "all ports");
    assert.equal(between(text, "a", "c", { cni: "ovn-kubernetes" }), "none");
  });

  test("a namespace whose labels were not read is unknown", () => {
    const unread = `${namespace("c", false)}${pod("a")}${pod("c")}${udn("a")}`;
    assert.equal(between(unread, "a", "c"), "unknown all ports");
    assert.equal(between(unread, "c", "a"), "unknown all ports");
  });

  test("the cluster's DNS answers, and a pod that opens ports to the pod network is unknown there", () => {
    const dns = text.replace("name: c, namespace: c }", "name: c, namespace: c, labels: { k8s-app: kube-dns } }");
    assert.equal(between(dns, "a", "c"), "all ports");
    const open = text.replace(
      "name: a, namespace: a }",
      "name: a, namespace: a, annotations: { k8s.ovn.org/open-default-ports: x } }",
    );
    assert.equal(between(open, "c", "a"), "unknown all ports");
  });

  test("one that the API server would not take leaves the pods of its namespaces unknown", () => {
    const broken = text.replace("layer2: { role: Primary }", "layer2: Primary");
    assert.equal(between(broken, "a", "c"), "unknown all ports");
    assert.equal(between(broken, "b", "c"), "all ports");
  });
});
