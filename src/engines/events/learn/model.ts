/**
 * What workloads did while they were watched: what `runtime learn` writes, and what profiles, patches and the ranking of
 * vulnerabilities are made of. Texts are UTF-8 as they are shown, escaped where a byte is none.
 */

/** The file that `runtime learn` writes: JSON. */
export interface Learned {
  readonly apiVersion: "bulkhead/v1";
  readonly kind: "Learned";
  /** Times are RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly workloads: readonly LearnedWorkload[];
}

/** One container of a workload, merged over its replicas and over runs. */
export interface LearnedWorkload {
  readonly of: LearnedOf;
  /** Of the images that it ran: config digests or manifest digests, `sha256:…`, where the runtime tells. */
  readonly images: readonly LearnedImage[];
  readonly watched: Watched;
  /** Names of system calls; absent where learning of them was off. */
  readonly syscalls?: readonly string[];
  readonly architecture?: "x86_64" | "arm64";
  /** Names of capabilities, `CAP_NET_BIND_SERVICE`: used, and asked for in vain. */
  readonly capabilities?: { readonly used: readonly string[]; readonly refused: readonly string[] };
  /** What was executed. */
  readonly executables: readonly LearnedFile[];
  /** What was opened or loaded and is not under /proc, /sys or /dev, for joining with what the image holds. */
  readonly opened: readonly LearnedFile[];
  /** Regular files, folders and sockets that were made, changed or removed. */
  readonly written: readonly LearnedFile[];
  readonly connections: readonly LearnedConnection[];
  /** Ports that were listened on. */
  readonly listening: readonly LearnedPort[];
  /** Users and groups that its processes were, once it had started. */
  readonly users: readonly LearnedUser[];
  /** What was mounted from outside, where the runtime tells: volumes, files of the host. */
  readonly mounts: readonly LearnedMount[];
  /** Commands that its runtime or kubelet executes to see whether it works; absent where nothing tells of any. */
  readonly probes?: readonly LearnedProbe[];
  /** Of what was over a bound: `opened` → 12. Each makes its list incomplete. */
  readonly cut: Readonly<Record<string, number>>;
  /** That its container was restarted under the profile made of all this, and worked (`runtime learn prove`). */
  readonly proven?: LearnedProof;
}

export interface LearnedProof {
  /** RFC 3339. */
  readonly at: string;
  /** Of the image that was run. */
  readonly image: string;
  /** On a read-only root filesystem, with volumes at these paths. */
  readonly volumes: readonly string[];
  /** All that it had. */
  readonly capabilities: readonly string[];
  /** Of whom its processes were, where that was one who is not root. */
  readonly uid?: number;
  /** How many system calls the profile let through. */
  readonly syscalls: number;
  /** What was refused that nobody learned: a system call by its name. */
  readonly refused: string;
}

export interface LearnedOf {
  readonly namespace?: string;
  /** Deployment, StatefulSet, DaemonSet, CronJob, Pod…; absent where no Kubernetes tells: then the container's name is all. */
  readonly kind?: string;
  readonly name?: string;
  readonly container: string;
}

export interface LearnedImage {
  readonly name?: string;
  readonly id?: string;
  readonly digest?: string;
}

export interface Watched {
  /** Seconds in sum over all replicas. */
  readonly seconds: number;
  readonly containers: readonly {
    readonly id: string;
    /** Which of the images it ran: its digest, id or name. */
    readonly image?: string;
    readonly from: string;
    readonly to: string;
    /** Seen from before its first process on. */
    readonly start: boolean;
    /** Seen to end. */
    readonly stop: boolean;
    /** Whether system calls were noted from before its first process on; absent where they were not. */
    readonly syscalls?: boolean;
  }[];
  /** Events lost meanwhile, by reason. */
  readonly lost: Readonly<Record<string, number>>;
  /** Hours that it was to be watched. */
  readonly hours: number;
  readonly complete: boolean;
  /** Why it is not: `12 events dropped`, `no stop was seen`, `watched for 0.2 h of 24`, `nobody exercised port 8443`. */
  readonly missing: readonly string[];
}

export interface LearnedFile {
  /** As the container sees it, links resolved where the sensor tells. */
  readonly path: string;
  /** `DEVICE:INODE`, where the sensor tells. */
  readonly inode?: string;
  readonly count: number;
  /** Where it lies: a layer of the image, what was written since, or something mounted; absent where nothing tells. */
  readonly layer?: "lower" | "upper" | "memfd";
  /** Of `written`: what was done. */
  readonly how?: readonly How[];
}

export type How = "create" | "write" | "remove" | "mode" | "rename";

export interface LearnedPort {
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  /** Bound to loopback alone: nobody outside of the pod reaches it. */
  readonly local?: boolean;
  /** How often somebody connected, or was answered. */
  readonly count: number;
}

export interface LearnedUser {
  readonly uid: number;
  readonly gid: number;
}

export interface LearnedProbe {
  readonly command: string;
  readonly executed: boolean;
}

export interface LearnedMount {
  readonly path: string;
  readonly writable: boolean;
}

export interface LearnedConnection {
  readonly direction: "in" | "out";
  readonly protocol: "TCP" | "UDP";
  /** `10.0.0.7`, `2001:db8::1`. */
  readonly address: string;
  /** The port that was listened on, ours or theirs. */
  readonly port: number;
  readonly count: number;
}
