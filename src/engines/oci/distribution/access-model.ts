/** Who may do what in a registry, as a policy says it. */
import type { RepositoryAction } from "./model.ts";

/** `catalog`: to list the names of all repositories, whatever a rule's `repositories` are. */
export const accessActions = ["pull", "push", "delete", "catalog"] as const satisfies readonly (
  | RepositoryAction
  | "catalog"
)[];
export type AccessAction = (typeof accessActions)[number];

/** Everybody, with credentials or without: what anybody may do, whoever says who they are may do, too. */
export const ANYBODY = "anonymous";

export interface AccessRule {
  /** Principals or patterns over them (core/glob.ts): `user:alice`, `github:shop/*`; {@link ANYBODY} by its own name alone. */
  readonly who: readonly string[];
  /** Repositories or patterns over them: `shop/**`. */
  readonly repositories: readonly string[];
  readonly actions: readonly AccessAction[];
}

export const identityProviders = ["github", "gitlab", "kubernetes", "other"] as const;
export type IdentityProvider = (typeof identityProviders)[number];

/** A file that the policy names: where it is, and how that is written. */
export interface NamedFile {
  readonly file: string;
  readonly written: string;
}

/** Whose tokens count as whom (OpenID Connect Core 1.0). */
export interface IdentityRule {
  readonly provider: IdentityProvider;
  /** Exactly the `iss` of its tokens. */
  readonly issuer: string;
  /** What their `aud` must be, or hold. */
  readonly audience: string;
  /** Claims and what each must be: exact but for the wildcards of core/glob.ts. */
  readonly claims: Readonly<Record<string, string>>;
  /** `github:{repository}`: the principal, of the values of claims. */
  readonly name: string;
  /** Where the issuer's keys are, in place of its discovery document: a file, or a URL. */
  readonly keys?: NamedFile | { readonly url: string };
  /** Whom alone the issuer's certificate may be signed by. */
  readonly authorities?: NamedFile;
  /** True: the issuer is asked with the token of the pod that the guard runs in, and its certificate by that pod's authority. */
  readonly asPod: boolean;
}

/** The keys of {@link AccessRule} and what goes with them, under `registry`. */
export interface AccessRules {
  readonly access: readonly AccessRule[];
  readonly identities: readonly IdentityRule[];
  /** Principals or patterns: of these, whoever scans and signs, images need be neither scanned nor signed. */
  readonly exempt: readonly string[];
  /** Principals or patterns over them → one of the policy's environments. */
  readonly environments: Readonly<Record<string, string>>;
}
