/** Configuration files of the API server, kubeadm and the kubelet (their references in the Kubernetes documentation). */
import type {
  AdmissionConfiguration,
  EncryptionConfiguration,
  KubeadmClusterConfiguration,
  KubeadmNodeConfiguration,
  KubeletConfiguration,
  PodSecurityConfiguration,
} from "../file-model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";

export function readAdmission(object: KubernetesObject, root: Fields): AdmissionConfiguration {
  const plugins = root
    .list("plugins")
    .map((plugin) => stated({ name: plugin.string("name") ?? "", path: plugin.string("path") }));
  return { object, plugins };
}

/** The PodSecurity plugin's configuration within an AdmissionConfiguration. */
export function nestedPodSecurity(object: KubernetesObject, root: Fields): PodSecurityConfiguration[] {
  return root.list("plugins").flatMap((plugin) => {
    const configuration = plugin.fields("configuration");
    return configuration?.string("kind") === "PodSecurityConfiguration" ? [readPodSecurity(object, configuration)] : [];
  });
}

export function readPodSecurity(object: KubernetesObject, fields: Fields): PodSecurityConfiguration {
  const exemptions = fields.fields("exemptions");
  return {
    object,
    path: fields.path(),
    defaults: fields.stringMap("defaults"),
    exemptions: {
      usernames: exemptions?.strings("usernames") ?? [],
      runtimeClasses: exemptions?.strings("runtimeClasses") ?? [],
      namespaces: exemptions?.strings("namespaces") ?? [],
    },
  };
}

export function readEncryption(object: KubernetesObject, root: Fields): EncryptionConfiguration {
  return {
    object,
    resources: root.list("resources").map((entry) => ({
      resources: entry.strings("resources"),
      providers: entry.list("providers").map((provider) => {
        const type = provider.keys[0] ?? "";
        const settings = type === "" ? undefined : provider.fields(type);
        return stated({
          type,
          keys: (settings?.list("keys") ?? []).map((key) => key.string("name") ?? ""),
          apiVersion: settings?.string("apiVersion"),
          endpoint: settings?.string("endpoint"),
          name: settings?.string("name"),
        });
      }),
    })),
  };
}

export function readKubeadmCluster(object: KubernetesObject, root: Fields): KubeadmClusterConfiguration {
  return stated({
    object,
    kubernetesVersion: root.string("kubernetesVersion"),
    apiServer: readFlags(root.fields("apiServer"), "extraArgs"),
    controllerManager: readFlags(root.fields("controllerManager"), "extraArgs"),
    scheduler: readFlags(root.fields("scheduler"), "extraArgs"),
    etcd: readFlags(root.fields("etcd")?.fields("local"), "extraArgs"),
  });
}

export function readKubeadmNode(object: KubernetesObject, root: Fields): KubeadmNodeConfiguration {
  return { object, kubelet: readFlags(root.fields("nodeRegistration"), "kubeletExtraArgs") };
}

/** A map up to v1beta3, a list of names and values from v1beta4 on. */
function readFlags(fields: Fields | undefined, name: string): Readonly<Record<string, string>> {
  if (fields === undefined) return {};
  if (!fields.isList(name)) return fields.stringMap(name);
  return Object.fromEntries(
    fields.list(name).map((flag) => [flag.string("name") ?? "", flag.string("value") ?? ""] as const),
  );
}

export function readKubelet(object: KubernetesObject, root: Fields): KubeletConfiguration {
  const authentication = root.fields("authentication");
  return stated({
    object,
    anonymousAuthentication: authentication?.fields("anonymous")?.boolean("enabled"),
    webhookAuthentication: authentication?.fields("webhook")?.boolean("enabled"),
    clientCAFile: authentication?.fields("x509")?.string("clientCAFile"),
    authorizationMode: root.fields("authorization")?.string("mode"),
    readOnlyPort: root.integer("readOnlyPort"),
    protectKernelDefaults: root.boolean("protectKernelDefaults"),
    rotateCertificates: root.boolean("rotateCertificates"),
    serverTLSBootstrap: root.boolean("serverTLSBootstrap"),
    seccompDefault: root.boolean("seccompDefault"),
    makeIPTablesUtilChains: root.boolean("makeIPTablesUtilChains"),
    eventRecordQPS: root.integer("eventRecordQPS"),
    streamingConnectionIdleTimeout: root.string("streamingConnectionIdleTimeout"),
    tlsCipherSuites: root.strings("tlsCipherSuites"),
    staticPodPath: root.string("staticPodPath"),
  });
}
