/** What is read of a container engine, and how it is asked. */
import type { Gap } from "../../core/evidence.ts";
import type { EngineContainers } from "../../engines/kubernetes/engine/read.ts";
import type {
  EngineConfiguration,
  EngineInfo,
  EngineListener,
  InsecureRegistry,
} from "../../engines/kubernetes/model.ts";
import type { HostFiles } from "../runtime/containers/host-files.ts";

/** Facts, and why they are not all. */
export interface Known<Facts> {
  readonly facts: Facts;
  readonly gaps: readonly Gap[];
}

export interface EngineReading {
  /** As it was spoken to: `unix:///run/podman/podman.sock`. */
  readonly place: string;
  readonly info: EngineInfo;
  readonly containers: EngineContainers;
  readonly listeners: Known<readonly EngineListener[]>;
  readonly registries: Known<readonly InsecureRegistry[]>;
  readonly configuration: Known<EngineConfiguration>;
}

export interface EngineOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: this machine's. */
  readonly files?: HostFiles;
}
