/**
 * Where Kubernetes keeps what its nodes and control planes run by: kubeadm (Kubernetes documentation, "kubeadm
 * implementation details"), k3s and RKE2, MicroK8s, and the places of the CIS Kubernetes Benchmark, 1.1 and 4.1.
 */
import type { HostFileKind } from "../../../engines/contents/model.ts";

/** How a file is read that names others. */
export type ConfigurationKind = "static-pod" | "kubelet" | "flags";

export interface Place {
  /** Relative to the root; a `*` in the last name is any part of it, `**` at the end is everything below a folder. */
  readonly at: string;
  /** Undefined: it is nothing that is looked up. */
  readonly kind: HostFileKind | ((path: string, type: "file" | "directory") => HostFileKind | undefined);
  readonly reads?: ConfigurationKind;
  /** Owners beside root. */
  readonly users?: readonly number[];
  /** True: the account `etcd` may own it. */
  readonly etcd?: boolean;
}

/** Below these, or at them, something of a node is expected; CNI alone makes none. */
const HOST_RECORD =
  /^.(?:etc\/(?:kubernetes|rancher\/(?:k3s|rke2))|var\/(?:snap\/microk8s|lib\/(?:kubelet|kube-proxy|rancher\/(?:k3s|rke2)))|(?:etc|(?:usr\/)?lib)\/systemd\/system\/kubelet\.service(?:\.d)?)(?:[/\0]|$)/;

/** @param record - of a layer's scan: a letter, the path, and of links a NUL and the target */
export function isHostRecord(record: string): boolean {
  return HOST_RECORD.test(record);
}

const UNITS = ["etc", "usr/lib", "lib"].flatMap((folder): Place[] => [
  { at: `${folder}/systemd/system/kubelet.service`, kind: "node-configuration", reads: "flags" },
  { at: `${folder}/systemd/system/kubelet.service.d`, kind: "configuration-directory" },
  { at: `${folder}/systemd/system/kubelet.service.d/*.conf`, kind: "node-configuration", reads: "flags" },
]);

const KUBEADM: readonly Place[] = [
  { at: "etc/kubernetes", kind: "configuration-directory" },
  { at: "etc/kubernetes/manifests", kind: "configuration-directory" },
  { at: "etc/kubernetes/manifests/*", kind: "manifest", reads: "static-pod" },
  { at: "etc/kubernetes/admin.conf", kind: "admin-credential" },
  { at: "etc/kubernetes/super-admin.conf", kind: "admin-credential" },
  { at: "etc/kubernetes/*.conf", kind: "credential" },
  { at: "etc/kubernetes/*kubeconfig", kind: "credential" },
  ...["pki", "ssl"].flatMap((name): Place[] => [
    { at: `etc/kubernetes/${name}`, kind: "certificate-directory" },
    { at: `etc/kubernetes/${name}/**`, kind: certificatesKind },
  ]),
  { at: "var/lib/etcd", kind: "etcd-directory", etcd: true },
];

const NODE: readonly Place[] = [
  ...UNITS,
  { at: "var/lib/kubelet/config.yaml", kind: "node-configuration", reads: "kubelet" },
  { at: "var/lib/kubelet/kubeadm-flags.env", kind: "node-configuration", reads: "flags" },
  { at: "var/lib/kubelet/kubeconfig", kind: "credential" },
  { at: "var/lib/kubelet/pki/*", kind: certificateKind },
  { at: "var/lib/kube-proxy/kubeconfig*", kind: "credential" },
  { at: "etc/cni/net.d", kind: "configuration-directory" },
  { at: "etc/cni/net.d/*", kind: networkKind },
];

/** By its CIS profile etcd owns what it reads. */
const RKE2_ETCD: readonly Place[] = [
  { at: "var/lib/rancher/rke2/server/tls/etcd", kind: "certificate-directory", etcd: true },
  { at: "var/lib/rancher/rke2/server/tls/etcd/**", kind: certificatesKind, etcd: true },
];

const RANCHER = ["k3s", "rke2"].flatMap((name): Place[] => {
  const settings = `etc/rancher/${name}`;
  const state = `var/lib/rancher/${name}`;
  return [
    { at: `${settings}/${name}.yaml`, kind: "admin-credential" },
    { at: `${settings}/config.yaml`, kind: "credential" },
    { at: `${settings}/config.yaml.d/*`, kind: "credential" },
    { at: `${settings}/registries.yaml`, kind: "credential" },
    { at: `${state}/server/token`, kind: "admin-credential" },
    { at: `${state}/server/node-token`, kind: "admin-credential" },
    { at: `${state}/server/agent-token`, kind: "credential" },
    { at: `${state}/server/cred/*`, kind: rancherCredential },
    { at: `${state}/server/tls`, kind: "certificate-directory" },
    { at: `${state}/server/tls/**`, kind: certificatesKind },
    ...(name === "rke2" ? RKE2_ETCD : []),
    { at: `${state}/server/db/snapshots/*`, kind: "etcd-data" },
    { at: `${state}/server/db/etcd`, kind: "etcd-directory", ...(name === "rke2" ? { etcd: true } : {}) },
    { at: `${state}/server/db/state.db*`, kind: "etcd-data" },
    { at: `${state}/server/manifests`, kind: "configuration-directory" },
    { at: `${state}/server/manifests/**`, kind: "manifest" },
    { at: `${state}/agent/pod-manifests`, kind: "configuration-directory" },
    { at: `${state}/agent/pod-manifests/*`, kind: "manifest", reads: "static-pod" },
    { at: `${state}/agent/*.kubeconfig`, kind: "credential" },
    { at: `${state}/agent/*`, kind: certificateKind },
    { at: `${state}/agent/etc/cni/net.d/*`, kind: networkKind },
    { at: `${state}/agent/etc/kubelet.conf.d/*`, kind: "node-configuration", reads: "kubelet" },
  ];
});

const MICROK8S: readonly Place[] = [
  { at: "var/snap/microk8s/current/credentials/*", kind: microk8sCredential },
  { at: "var/snap/microk8s/current/certs/*", kind: certificateKind },
  { at: "var/snap/microk8s/current/args/*", kind: "node-configuration" },
  { at: "var/snap/microk8s/current/args/cni-network/*", kind: networkKind },
  { at: "var/snap/microk8s/current/var/kubernetes/backend", kind: "etcd-directory" },
];

export const places: readonly Place[] = [...KUBEADM, ...NODE, ...RANCHER, ...MICROK8S];

const configurations = places.filter(({ reads }) => reads !== undefined).map(({ at }) => at);

/** Whether the text of a file is wanted, to see which other files it names. */
export function isConfiguration(path: string): boolean {
  return configurations.some((pattern) => fits(pattern, path));
}

/** Whether a name, or a path, is of a pattern with a `*` in its last name. */
export function fits(pattern: string, path: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return path === pattern;
  const end = pattern.slice(star + 1);
  return (
    path.length >= star + end.length &&
    path.startsWith(pattern.slice(0, star)) &&
    path.endsWith(end) &&
    !path.includes("/", star)
  );
}

/** By its name: of what is neither a key nor a certificate nothing is said. */
export function certificateKind(path: string): HostFileKind | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.(?:crt|cert|cer|pub)$/.test(name)) return "certificate";
  if (name.endsWith(".key")) return isClusterKey(name) ? "cluster-key" : "key";
  // The kubelet's own have both in one file, and so has the dynamic listener of k3s.
  if (/-key\.pem$/.test(name)) return isClusterKey(name) ? "cluster-key" : "key";
  if (/^kubelet-(?:client|server)-.*\.pem$/.test(name) || name === "dynamic-cert.json") return "key";
  return name.endsWith(".pem") ? "certificate" : undefined;
}

/** Of a folder that has nothing but these. */
function certificatesKind(path: string, type: "file" | "directory"): HostFileKind | undefined {
  return type === "directory" ? "certificate-directory" : certificateKind(path);
}

function isClusterKey(name: string): boolean {
  return /(?:^|[-.])ca(?:-key)?\.(?:key|pem)$|^(?:sa|service|service\.current|serviceaccount|service-account(?:-key)?)\.(?:key|pem)$/.test(
    name,
  );
}

function networkKind(path: string): HostFileKind {
  return /kubeconfig$/.test(path) ? "credential" : "network-configuration";
}

function rancherCredential(path: string): HostFileKind {
  return /\/(?:admin|supervisor)\.kubeconfig$|\/passwd$|\/encryption-[^/]*\.json$/.test(path)
    ? "admin-credential"
    : "credential";
}

function microk8sCredential(path: string): HostFileKind {
  return /\/(?:client\.config|known_tokens\.csv|basic_auth\.csv)$/.test(path) ? "admin-credential" : "credential";
}
