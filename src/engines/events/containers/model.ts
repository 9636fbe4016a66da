/** What is known of a container: from its runtime's socket or files, and of its pod from the kubelet or the API. */
export interface ContainerFacts {
  /** The first 12 characters of the runtime's id, as Falco shows it. */
  readonly id: string;
  readonly fullId: string;
  readonly runtime: "docker" | "containerd" | "cri-o" | "podman" | "lxc" | "other";
  /** Undefined until the runtime was asked and answered; a field of it is then absent, and the join is tried again. */
  readonly details?: ContainerDetails;
}

export interface ContainerDetails {
  readonly name: string;
  /** As the runtime has it: `docker.io/library/nginx:1.27`. */
  readonly image: string;
  readonly imageId?: string;
  readonly imageDigest?: string;
  readonly privileged?: boolean;
  readonly mounts: readonly ContainerMount[];
  readonly environment: readonly string[];
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
  readonly owner?: { readonly kind: string; readonly name: string };
}
