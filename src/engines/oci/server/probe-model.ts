/** A registry that was asked without any credentials (OCI distribution specification). Nothing of it was changed. */

/** What was tried. */
export type AnonymousAttempt = "catalog" | "pull" | "push" | "delete";

/** What came of it. */
export type Attempted =
  /** What was answered: `GET /v2/_catalog answered 200`. */
  | { readonly outcome: "allowed" | "refused"; readonly answer: string }
  /** Nothing that proves anything: one sentence without a full stop. */
  | { readonly outcome: "unknown"; readonly reason: string };

export interface RegistryProbe {
  /** `registry.example.com:5000` */
  readonly registry: string;
  /** What was tried of which repository; absent: the catalogue named none, and neither did the caller. */
  readonly repository?: string;
}

export interface ProbedAccess extends RegistryProbe {
  readonly attempts: Readonly<Record<AnonymousAttempt, Attempted>>;
}

export interface ProbedTransport extends RegistryProbe {
  /** `served`: the API answers over plain HTTP. */
  readonly plain: "served" | "redirected" | "closed";
  /** `valid`; or why a client that trusts the system's authorities does not take it. */
  readonly tls: { readonly kind: "valid" } | { readonly kind: "invalid" | "none"; readonly cause: string };
}
