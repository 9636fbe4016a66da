import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deployment, networkOf, object } from "./network.fixture.ts";

function encryption(...objects: Parameters<typeof networkOf>[0]) {
  const network = networkOf([deployment("shop/web"), ...objects]);
  const { workloads = [], encryption: found = [] } = network.mesh ?? {};
  assert.ok(
    workloads.every(({ mesh }) => mesh === "none"),
    "it is counted as no mesh",
  );
  return found.map(({ by, field }) => `${by} ${field.join(".")}`);
}

function cilium(data: Record<string, string>) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cilium-config", namespace: "kube-system" }, data };
}

describe("encryption by the CNI", () => {
  test("Cilium's, by its ConfigMap", () => {
    assert.deepEqual(encryption(cilium({ "enable-wireguard": "true", "enable-ipsec": "false" })), [
      "WireGuard data.enable-wireguard",
    ]);
    assert.deepEqual(encryption(cilium({ "enable-ipsec": "true" })), ["IPsec data.enable-ipsec"]);
    assert.deepEqual(encryption(cilium({ "enable-ztunnel": "true" })), ["ztunnel data.enable-ztunnel"]);
    assert.deepEqual(encryption(cilium({})), []);
  });

  test("Cilium's, by the values of a Helm controller", () => {
    const values = { encryption: { enabled: true, type: "wireguard" } };
    assert.deepEqual(encryption(object("helm.toolkit.fluxcd.io/v2 HelmRelease kube-system/cilium", { values })), [
      "WireGuard spec.values.encryption",
    ]);
    assert.deepEqual(encryption(object("helm.toolkit.fluxcd.io/v2 HelmRelease kube-system/other", { values })), []);
  });

  test("Calico's", () => {
    const felix = {
      apiVersion: "projectcalico.org/v3",
      kind: "FelixConfiguration",
      metadata: { name: "default" },
      spec: { wireguardEnabled: true },
    };
    assert.deepEqual(encryption(felix), ["WireGuard spec.wireguardEnabled"]);
  });
});
