/** Which files of its host a static pod, a unit or the kubelet's configuration names. Pure. */
import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../../formats/yaml/texts.ts";
import { type ConfigurationKind, certificateKind, type Place } from "./places.ts";

export interface NamedPlaces {
  readonly places: readonly Place[];
  /** Why there may be more. */
  readonly unread?: string;
}

export function namedPlaces(kind: ConfigurationKind, text: string): NamedPlaces {
  if (kind === "flags")
    return { places: placesOfFlags(wordsOf(text.replaceAll(/["']|\\\n/g, " ")), (path) => path, {}) };
  try {
    const documents = yamlDocuments(text, ({ line }, cause) => new NotRead(`line ${line}: ${cause}`));
    return { places: documents.flatMap(kind === "kubelet" ? ofKubelet : ofStaticPod) };
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    return { places: [], unread: error.message };
  }
}

class NotRead extends Error {}

type FlagKind = Pick<Place, "kind" | "reads" | "etcd"> & { readonly below?: string };

const key: FlagKind = { kind: (path) => (certificateKind(path) === "cluster-key" ? "cluster-key" : "key") };
const clusterKey: FlagKind = { kind: "cluster-key" };
const certificate: FlagKind = { kind: "certificate" };
const credential: FlagKind = { kind: "credential" };
const adminCredential: FlagKind = { kind: "admin-credential" };
const store: FlagKind = { kind: "etcd-directory", etcd: true };
const manifests: FlagKind = { kind: "manifest", reads: "static-pod", below: "/*" };

/** Flags whose value is a file (Kubernetes reference, "Component tools"; etcd, "Configuration options"). */
const FLAGS: Readonly<Record<string, FlagKind>> = {
  "data-dir": store,
  "wal-dir": store,
  "key-file": key,
  "peer-key-file": key,
  "cert-file": certificate,
  "peer-cert-file": certificate,
  "trusted-ca-file": certificate,
  "peer-trusted-ca-file": certificate,
  "tls-private-key-file": key,
  "tls-cert-file": certificate,
  "client-ca-file": certificate,
  "kubelet-client-key": key,
  "kubelet-client-certificate": certificate,
  "kubelet-certificate-authority": certificate,
  "etcd-keyfile": key,
  "etcd-certfile": certificate,
  "etcd-cafile": certificate,
  "proxy-client-key-file": key,
  "proxy-client-cert-file": certificate,
  "requestheader-client-ca-file": certificate,
  "root-ca-file": certificate,
  "cluster-signing-key-file": clusterKey,
  "cluster-signing-cert-file": certificate,
  "service-account-private-key-file": clusterKey,
  "service-account-signing-key-file": clusterKey,
  "service-account-key-file": {
    kind: (path) => (certificateKind(path) === "cluster-key" ? "cluster-key" : "certificate"),
  },
  "encryption-provider-config": adminCredential,
  "token-auth-file": adminCredential,
  kubeconfig: credential,
  "bootstrap-kubeconfig": credential,
  "authentication-kubeconfig": credential,
  "authorization-kubeconfig": credential,
  "pod-manifest-path": manifests,
};

/** Programs whose flags these are; others give the same names another meaning. */
const PROGRAM = /(?:^|\/)(?:etcd|kube-apiserver|kube-controller-manager|kube-scheduler)$/;

function wordsOf(text: string): string[] {
  return text.split(/[\s;]+/);
}

/** @param onHost - the host's path of a path that a program is given; undefined where that is not the host's */
function placesOfFlags(
  words: readonly string[],
  onHost: (path: string) => string | undefined,
  { users }: Pick<Place, "users">,
): Place[] {
  const found: Place[] = [];
  for (const [index, word] of words.entries()) {
    // A unit sets a variable to all flags at once: `KUBELET_CONFIG_ARGS=--config=…`.
    const [, name = "", value] = /^(?:[A-Z_]+=)?--?([a-z][a-z0-9_-]*)(?:=(.*))?$/s.exec(word) ?? [];
    const spelt = name.replaceAll("_", "-");
    const flag = Object.hasOwn(FLAGS, spelt) ? FLAGS[spelt] : spelt === "config" ? kubeletConfig : undefined;
    const path = onHost(value ?? words[index + 1] ?? "");
    if (flag === undefined || path === undefined) continue;
    for (const place of placesAt(path, flag)) found.push({ ...place, ...(users === undefined ? {} : { users }) });
  }
  return found;
}

const kubeletConfig: FlagKind = { kind: "node-configuration", reads: "kubelet" };

/** None of what is no path as it stands: a variable, a pattern. */
function placesAt(path: string, { below, ...flag }: FlagKind): Place[] {
  if (!/^\/[^*$]+$/.test(path)) return [];
  const at = withoutSlash(path.slice(1));
  if (at === "") return [];
  if (below === undefined) return [{ at, ...flag }];
  return [
    { at, kind: "configuration-directory" },
    { at: at + below, ...flag },
  ];
}

/** KubeletConfiguration v1beta1. */
function ofKubelet(document: YamlMap): Place[] {
  const x509 = mapAt(mapAt(document, "authentication"), "x509");
  const named: readonly (readonly [string, FlagKind])[] = [
    [textAt(x509, "clientCAFile"), certificate],
    [textAt(document, "tlsPrivateKeyFile"), key],
    [textAt(document, "tlsCertFile"), certificate],
    [textAt(document, "staticPodPath"), manifests],
  ];
  return named.flatMap(([path, flag]) => placesAt(path, flag));
}

/** Pod v1: of each container that is a program of the control plane, with its volumes. */
function ofStaticPod(document: YamlMap): Place[] {
  const spec = mapAt(document, "spec");
  const volumes = new Map(
    listAt(spec, "volumes").map((volume) => [textAt(volume, "name"), textAt(mapAt(volume, "hostPath"), "path")]),
  );
  return listAt(spec, "containers").flatMap((container) => {
    const words = ["command", "args"].flatMap((field) => textsAt(container, field)).flatMap(wordsOf);
    const start = words.findIndex((word) => PROGRAM.test(word));
    if (start < 0) return [];
    const mounts = listAt(container, "volumeMounts").map((mount) => ({
      at: withoutSlash(textAt(mount, "mountPath")),
      host: joined(volumes.get(textAt(mount, "name")), textAt(mount, "subPath")),
    }));
    const user =
      textAt(mapAt(container, "securityContext"), "runAsUser") || textAt(mapAt(spec, "securityContext"), "runAsUser");
    return placesOfFlags(words.slice(start + 1), (path) => hostPathOf(path, mounts), {
      ...(/^\d{1,10}$/.test(user) ? { users: [Number(user)] } : {}),
    }).filter(({ reads }) => reads === undefined);
  });
}

interface Mount {
  readonly at: string;
  /** Undefined where the volume is not the host's. */
  readonly host: string | undefined;
}

/** By the innermost mount. */
function hostPathOf(path: string, mounts: readonly Mount[]): string | undefined {
  let innermost: Mount | undefined;
  for (const mount of mounts) {
    const isAbove = path === mount.at || path.startsWith(`${mount.at}/`);
    if (isAbove && mount.at.length >= (innermost?.at.length ?? 0)) innermost = mount;
  }
  return innermost?.host === undefined ? undefined : innermost.host + path.slice(innermost.at.length);
}

function joined(host: string | undefined, below: string): string | undefined {
  if (host === undefined || host === "") return undefined;
  const start = withoutSlash(host);
  return below === "" ? start : `${start}/${below}`;
}

/** Without those at its end. */
function withoutSlash(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

function mapAt(map: YamlMap | undefined, field: string): YamlMap | undefined {
  const value = map?.get(field);
  return isMap(value) ? value : undefined;
}

function textAt(map: YamlMap | undefined, field: string): string {
  const value = map?.get(field);
  return typeof value === "string" ? value : "";
}

function itemsAt(map: YamlMap | undefined, field: string): readonly YamlValue[] {
  const value = map?.get(field);
  return Array.isArray(value) ? value : [];
}

function listAt(map: YamlMap | undefined, field: string): YamlMap[] {
  return itemsAt(map, field).filter(isMap);
}

function textsAt(map: YamlMap | undefined, field: string): string[] {
  return itemsAt(map, field).filter((item) => typeof item === "string");
}
