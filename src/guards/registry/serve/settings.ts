/** What a process of the registry guard is told by its options. */
import type { StorePlace } from "../../../store/open.ts";

/** What the guard and a worker of its own have in common. */
export interface RegistrySettings {
  /** A file, or `git:REF:PATH`. */
  readonly policy: string;
  readonly environment?: string;
  /** Of the repository that `git:` means. */
  readonly root: string;
  /** What updates of Sigstore's roots keep. */
  readonly roots: string;
  /** As clients reach the guard: `https://registry.example.com`. */
  readonly url: URL;
  readonly engine: EngineSettings;
  /** Directory of the keys that tokens are signed with. */
  readonly keys: string;
  readonly store: StorePlace;
  /** Of advisories. */
  readonly advisories: string;
  /** Of layers that were read; absent: none is kept. */
  readonly cache?: string;
  /** Scans at once. */
  readonly parallel?: number;
  readonly now: () => Date;
}

export interface EngineSettings {
  readonly url: URL;
  /** PEM, beside the system's authorities. */
  readonly caFile?: string;
  /** As its `auth.token` says; absent: it asks nobody who they are. */
  readonly trust?: { readonly issuer: string; readonly service: string };
}

export interface GuardSettings extends RegistrySettings {
  readonly host: string;
  readonly port: number;
  /** Paths, watched; absent: plain HTTP. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
  /** Users and robots; absent: there are none. */
  readonly accounts?: string;
  /** Directory of credentials for upstreams. */
  readonly credentials?: string;
  /** File of the secrets by which the engine's notifications are known, one a line; absent: none are taken. */
  readonly eventsSecrets?: string;
  /** False: scans are another process's. */
  readonly works: boolean;
}
