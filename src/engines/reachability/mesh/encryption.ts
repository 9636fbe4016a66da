/**
 * Encryption by the CNI: WireGuard and IPsec between nodes, Cilium's ztunnel between namespaces that ask for it. It is said
 * and not counted as mTLS: it authenticates nodes, leaves out traffic within one, and no policy can name who a client is.
 * Sources: https://docs.cilium.io/en/stable/security/network/encryption/,
 * https://docs.tigera.io/calico/latest/network-policy/encrypt-cluster-pod-traffic
 */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { rawOf } from "../../kubernetes/model.ts";
import type { Encryption } from "../mesh-model.ts";
import type { Reading } from "../reading.ts";

export function readEncryption(reading: Reading): readonly Encryption[] {
  return [...ofCilium(reading), ...ofCalico(reading)];
}

function ofCilium({ manifests, objectsOf }: Reading): readonly Encryption[] {
  const found: Encryption[] = [];
  for (const { object, data } of manifests.configMaps) {
    if (object.name !== "cilium-config") continue;
    const add = (key: string, by: Encryption["by"], text: string) => {
      if (data[key] === "true") found.push({ by, object, field: ["data", key], text });
    };
    add("enable-wireguard", "WireGuard", "Cilium encrypts traffic between nodes with WireGuard");
    add("enable-ipsec", "IPsec", "Cilium encrypts traffic between nodes with IPsec");
    add(
      "enable-ztunnel",
      "ztunnel",
      "Cilium's ztunnel encrypts TCP of namespaces with the label io.cilium/mtls-enabled=true",
    );
  }
  // What the Helm controllers of clusters are given in place of a ConfigMap.
  for (const kind of ["HelmRelease", "HelmChartConfig", "HelmChart"]) {
    for (const group of ["helm.toolkit.fluxcd.io", "helm.cattle.io"]) {
      for (const object of objectsOf(group, kind)) {
        const values = valueAt(rawOf(object), ["spec", "values", "encryption"]);
        if (!object.name.includes("cilium") || !isObject(values) || values.enabled !== true) continue;
        const by = ({ wireguard: "WireGuard", ipsec: "IPsec", ztunnel: "ztunnel" } as const)[String(values.type)];
        if (by !== undefined)
          found.push({ by, object, field: ["spec", "values", "encryption"], text: `Cilium's values ask for ${by}` });
      }
    }
  }
  return found;
}

function ofCalico({ objectsOf }: Reading): readonly Encryption[] {
  return ["crd.projectcalico.org", "projectcalico.org"].flatMap((group) =>
    objectsOf(group, "FelixConfiguration").flatMap((object): readonly Encryption[] =>
      ["wireguardEnabled", "wireguardEnabledV6"].flatMap((name) =>
        valueAt(rawOf(object), ["spec", name]) === true
          ? [
              {
                by: "WireGuard",
                object,
                field: ["spec", name],
                text: "Calico encrypts traffic between nodes with WireGuard",
              },
            ]
          : [],
      ),
    ),
  );
}
