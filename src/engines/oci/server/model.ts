/** Registry servers (engines) as their configuration describes them. Nothing is asked of a server. */
import type { Location } from "../../../core/location.ts";

/** Which program is configured. */
export type RegistryProduct = "distribution" | "harbor" | "zot";

/** One value of a configuration, and where it is stated. */
export interface RegistrySetting {
  /** As the product writes it, from the root: `["storage", "delete", "enabled"]`; indexes of lists are numbers as text. */
  readonly path: readonly string[];
  /** Empty for a section without a value. */
  readonly value: string;
  readonly location: Location;
}

/** What anonymous users, or all that have logged in, may do. */
export type ServerAction = "pull" | "push" | "overwrite" | "delete";

export interface RegistryServer {
  readonly product: RegistryProduct;
  /** `distribution`, `Harbor`, `zot`: as people call it. */
  readonly title: string;
  /** Of the whole: where something is missing. */
  readonly location: Location;
  /** How users prove who they are: `htpasswd`, `token`, `silly`; undefined: in no way. */
  readonly authentication?: Named;
  /** Without a name nobody asked for: open for these. */
  readonly anonymous: readonly Allowed[];
  /** Whoever has logged in may do this in repositories of others too. */
  readonly everyUser: readonly Allowed[];
  /** It takes no pushes and no deletions. */
  readonly isReadOnly: boolean;
  /** `own`: it serves TLS; `before`: it says that something before it does; `local`: it listens on this machine alone. */
  readonly transport: { readonly kind: "own" | "before" | "local" | "plain"; readonly setting?: RegistrySetting };
  readonly deletion?: RegistrySetting;
  /** Whether a tag that is there can be pushed again; undefined where its configuration does not say. */
  readonly movesTags?: boolean;
  readonly upstreams: readonly Upstream[];
  /** A password of the administrator that everybody knows. */
  readonly defaultPassword?: RegistrySetting;
}

export interface Named {
  readonly method: string;
  readonly setting: RegistrySetting;
}

export interface Allowed {
  readonly action: ServerAction;
  /** Pattern of repositories; absent: all. */
  readonly repositories?: string;
  readonly setting?: RegistrySetting;
}

/** Another registry that images are taken from. */
export interface Upstream {
  readonly url: string;
  readonly kind: "proxy" | "sync";
  readonly verifiesSignatures: boolean;
  readonly verifiesTls: boolean;
  /** Pulled with credentials: what they may read, whoever may pull here reads. */
  readonly hasCredentials: boolean;
  readonly setting: RegistrySetting;
}
