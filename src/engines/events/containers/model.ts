/**
 * What is known of a container: from its runtime's socket or files, and of its pod from the kubelet or the API. Texts are byte
 * strings (`fields/field.ts`), as everything that hangs on a thread. Facts are replaced whole, never changed: what a field made
 * of one object stays true of it.
 */
export interface ContainerFacts {
  /** The first 12 characters of the runtime's id, as Falco shows it. */
  readonly id: string;
  readonly fullId: string;
  readonly runtime: "docker" | "containerd" | "cri-o" | "podman" | "lxc" | "other";
  /** Undefined until the runtime was asked and answered; a field of it is then absent, and the join is tried again. */
  readonly details?: ContainerDetails;
  /** The pod's UID as the cgroup's path tells it, before anybody was asked. */
  readonly podUid?: string;
  /**
   * The user in whose slice its cgroup is, who made it without root: another container than root's of the same id, for a user
   * names the cgroups of that slice at will.
   */
  readonly uid?: number;
}

/** No environment: no field shows it, and it is where passwords are. */
export interface ContainerDetails {
  readonly name: string;
  /** As the runtime has it: `docker.io/library/nginx:1.27`; empty where it was started from a folder. */
  readonly image: string;
  /** Where the runtime knows it by a name and `image` is an id: `docker.io/library/nginx`, `1.27`. Else they are in `image`. */
  readonly imageRepository?: string;
  readonly imageTag?: string;
  /** Of the image's config: `sha256:…` (64 hex digits). */
  readonly imageId?: string;
  /** Of its manifest, or of the index that it was pulled by: `sha256:…`. */
  readonly imageDigest?: string;
  readonly privileged?: boolean;
  readonly mounts: readonly ContainerMount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly ip?: string;
  /** Nanoseconds since 1970. */
  readonly started?: bigint;
  readonly hostPid?: boolean;
  readonly hostIpc?: boolean;
  readonly hostNetwork?: boolean;
  /** Command lines of its probes: what they start is no attack. */
  readonly healthProbe?: string;
  readonly livenessProbe?: string;
  readonly readinessProbe?: string;
  readonly pod?: PodFacts;
  /** The pod's own container that holds its namespaces (pause). */
  readonly sandbox?: boolean;
}

export interface ContainerMount {
  readonly source: string;
  readonly destination: string;
  readonly mode: string;
  readonly writable: boolean;
  readonly propagation: string;
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sandboxId?: string;
  readonly ip?: string;
  /** What the network plugin gave the pod, as JSON (`k8s.pod.cni.json`). */
  readonly network?: string;
  /** Who made it: a Deployment, not its ReplicaSet; a CronJob, not its Job. */
  readonly owner?: { readonly kind: string; readonly name: string };
}
