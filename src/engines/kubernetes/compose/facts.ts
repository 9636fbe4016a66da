/** What a Compose service states that a pod has no field for. */
import type { FieldPath } from "../field-path.ts";

export interface ComposeFacts {
  /** As stated: `0`, `root`, `1000:1000`. */
  readonly user?: string;
  readonly networkMode?: string;
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly cgroup?: string;
  readonly usernsMode?: string;
  /** As stated; of the same twice the last. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly deviceCgroupRules: readonly string[];
  readonly groups: readonly string[];
  readonly volumesFrom: readonly string[];
  readonly useApiSocket?: boolean;
  readonly hooks: readonly ComposeHook[];
  /** It is built, and not pulled: its image is then what the result will be called. */
  readonly isBuilt?: boolean;
  readonly build?: ComposeBuild;
  readonly mounts: readonly ComposeMount[];
  readonly devices: readonly ComposeDevice[];
  /** Files of the host that `configs` and `secrets` show, in the place that they are shown at. */
  readonly files: readonly ComposeFile[];
}

/** A command that Compose runs in the container beside the service's own. */
export interface ComposeHook {
  readonly on: "post_start" | "pre_stop";
  readonly index: number;
  readonly user?: string;
  readonly privileged?: boolean;
}

export interface ComposeBuild {
  readonly privileged?: boolean;
  readonly network?: string;
  readonly entitlements: readonly string[];
}

export interface ComposeMount {
  /** `bind`, `volume`, `tmpfs`, `npipe`, `cluster`, `image`, or whatever is stated. */
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
  /** Of a named volume of the local driver: what the engine mounts there. */
  readonly device?: string;
  /** Of the entry in the service's `volumes`. */
  readonly index: number;
  /** Of what another service mounts, where the document has it. */
  readonly place?: FieldPath;
}

export interface ComposeDevice {
  readonly source: string;
  readonly target: string;
  readonly permissions: string;
  readonly index: number;
}

export interface ComposeFile {
  readonly kind: "configs" | "secrets";
  readonly name: string;
  /** Absent where it is none of the host's files. */
  readonly file?: string;
  readonly target: string;
  readonly index: number;
}
