/** Files of a Kubernetes node whose owner and mode decide who governs the cluster, as facts. */
import type { Gap } from "../../../core/evidence.ts";

/** What whoever reads or writes a file has of it. */
export type HostFileKind =
  /** The private key of a CA, or that which signs tokens of service accounts. */
  | "cluster-key"
  /** Any other private key. */
  | "key"
  /** The kubeconfig of an administrator, a token that adds servers, the keys of encryption at rest. */
  | "admin-credential"
  /** The kubeconfig of one program, a token that adds nodes, passwords for registries. */
  | "credential"
  /** Certificates and public keys: what is trusted. */
  | "certificate"
  | "certificate-directory"
  /** Where etcd, or the store in its place, keeps all objects. */
  | "etcd-directory"
  | "etcd-data"
  /** A folder whose files are run, or obeyed: whoever writes there adds one. */
  | "configuration-directory"
  /** Static pods, and what a distribution applies by itself. */
  | "manifest"
  /** How the kubelet is started and configured. */
  | "node-configuration"
  /** What the container runtime sets networks up by (CNI). */
  | "network-configuration";

export interface HostFile {
  /** The real path, relative to the root, without a leading slash. */
  readonly path: string;
  readonly kind: HostFileKind;
  readonly type: "file" | "directory";
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** User id; absent where it cannot be told whether it is a rightful one. */
  readonly owner?: number;
  /** Group id. */
  readonly group: number;
  /** User ids beside root's that own it rightly: that of the account `etcd`, that which the static pod runs as. */
  readonly users: readonly number[];
  /** Who beside its owner gets to it through the directories above. */
  readonly reach: "everyone" | "group" | "nobody";
  /** Index of the layer that wrote it so; absent in a folder. */
  readonly layer?: number;
}

export interface HostFiles {
  /** By path. */
  readonly files: readonly HostFile[];
  /** Why that may not be all. */
  readonly gaps: readonly Gap[];
}
