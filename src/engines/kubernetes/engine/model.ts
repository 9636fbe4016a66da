/** A container engine of one machine (docker, podman) as facts, without judgement. */

export type EngineName = "docker" | "podman";

/** What the engine itself answers (Docker Engine API, `GET /info`, `GET /version`). */
export interface EngineInfo {
  readonly engine: EngineName;
  /** Of the machine, as the engine says. */
  readonly host: string;
  readonly version?: string;
  readonly rootless: boolean;
  /** Root of containers is another user outside: `userns-remap`. */
  readonly remapsUsers: boolean;
  /** Containers get it unless they say otherwise: `default`, `builtin`, `unconfined`, or the path of a profile. Absent: none. */
  readonly seccompProfile?: string;
  readonly noNewPrivileges: boolean;
  readonly liveRestore: boolean;
  readonly swarm: boolean;
}

/** Where the engine's API is served. */
export interface EngineListener {
  /** As written: `tcp://0.0.0.0:2375`. */
  readonly address: string;
  readonly isTcp: boolean;
  /** Of this machine alone. */
  readonly isLoopback: boolean;
  /** Clients are known by certificates: `tlsverify`. */
  readonly verifiesClients: boolean;
  /** `daemon.json`, `the daemon's command line`, `DOCKER_HOST`. */
  readonly from: string;
}

/** Registries that are spoken to without TLS or without looking at certificates; networks as CIDR. */
export interface InsecureRegistry {
  readonly name: string;
  readonly from: string;
}

/** What the API does not tell: files and the command line of a daemon on this machine. */
export interface EngineConfiguration {
  /** Containers of the default bridge reach each other; docker alone. */
  readonly interContainer?: boolean;
  readonly userlandProxy?: boolean;
  /** What is pulled must be signed. Absent: nothing says so. */
  readonly contentTrust?: { readonly enforced: boolean; readonly from: string };
}
