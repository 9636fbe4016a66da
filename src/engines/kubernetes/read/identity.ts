import type { ConfigMap, Namespace, Secret, ServiceAccount } from "../model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";
import { readNames } from "./pod.ts";

const POD_SECURITY = "pod-security.kubernetes.io/";

export function readNamespace(object: KubernetesObject): Namespace {
  const label = (name: string) => object.labels[POD_SECURITY + name];
  return {
    object,
    podSecurity: stated({
      enforce: label("enforce"),
      enforceVersion: label("enforce-version"),
      warn: label("warn"),
      warnVersion: label("warn-version"),
      audit: label("audit"),
      auditVersion: label("audit-version"),
    }),
  };
}

export function readServiceAccount(object: KubernetesObject, root: Fields): ServiceAccount {
  return stated({
    object,
    automountServiceAccountToken: root.boolean("automountServiceAccountToken"),
    secrets: readNames(root, "secrets"),
    imagePullSecrets: readNames(root, "imagePullSecrets"),
  });
}

export function readSecret(object: KubernetesObject, root: Fields): Secret {
  const keys = new Set(["data", "stringData"].flatMap((name) => Object.keys(root.stringMap(name))));
  return stated({
    object,
    type: root.string("type") || "Opaque",
    keys: [...keys].sort(),
    immutable: root.boolean("immutable"),
  });
}

export function readConfigMap(object: KubernetesObject, root: Fields): ConfigMap {
  return stated({
    object,
    data: root.stringMap("data"),
    binaryKeys: Object.keys(root.stringMap("binaryData")).sort(),
    immutable: root.boolean("immutable"),
  });
}
