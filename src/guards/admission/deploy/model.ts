/** What the guard is deployed with, and the objects that come of it. */
import type { PinScope } from "../../../engines/admission/policy-model.ts";
import type { Plain } from "../../../formats/yaml/write.ts";

/**
 * Where the certificate comes from. `own`: Bulkhead makes its authority and certificate, keeps them in one Secret that the
 * replicas share, and rotates them. `files`: a Secret that you keep up. `cert-manager`: cert-manager does all of it.
 */
export const certificateModes = ["own", "files", "cert-manager"] as const;

export type CertificateMode = (typeof certificateModes)[number];

export interface DeploySettings {
  readonly namespace: string;
  /** Of Bulkhead itself, by digest. */
  readonly image: string;
  readonly replicas: number;
  /** What the API server does where nobody answers: refuse (`Fail`), or admit (`Ignore`). */
  readonly failurePolicy: "Fail" | "Ignore";
  /** 1 to 30, as the API takes it. */
  readonly timeoutSeconds: number;
  readonly certificates: CertificateMode;
  /** Paths, the policy's own first, with their texts. */
  readonly policy: readonly PolicyFile[];
  /** Namespaces that are not asked about, beside `kube-system` and the guard's own. */
  readonly excluded: readonly string[];
  /** Where the policy has digests written: it says which kinds the mutating webhook is asked about. */
  readonly pin: PinScope;
  /** Kinds with a pod template beside those of the API. */
  readonly kinds: readonly CustomKind[];
  /** Secrets that pods pull with, which the guard may read to verify their images. */
  readonly pullSecrets: readonly NamedSecret[];
  /** Adds a webhook for the excluded namespaces but its own, which fails open whatever else is said. */
  readonly asksForExcluded: boolean;
  /** Where the advisory database is pulled from when a replica starts. */
  readonly advisories?: Advisories;
}

export interface PolicyFile {
  /** Relative, with forward slashes: `bulkhead.yaml`, `keys/release.pub`. */
  readonly path: string;
  readonly text: string;
}

export interface CustomKind {
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
}

export interface NamedSecret {
  readonly namespace: string;
  readonly name: string;
}

export interface Advisories {
  /** `oci://registry.example.com/security/advisories:today` */
  readonly reference: string;
  /** Among the policy's files: the key that its signature must be by. */
  readonly publicKey: string;
}

export interface DeployFile {
  /** `webhooks.yaml` */
  readonly name: string;
  /** Sentences for its first lines. */
  readonly comments: readonly string[];
  readonly objects: readonly DeployObject[];
}

export type DeployObject = Readonly<Record<string, Plain>>;

/** Comments by the very value that they stand above. */
export type Comments = Map<Plain, readonly string[]>;
