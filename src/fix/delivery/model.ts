/** What a delivery pipeline is written from, and what is decided of it before a line of it is. */
import type { AccessRules } from "../../engines/oci/distribution/access-model.ts";
import type { TrustRules } from "../../engines/trust/rules-model.ts";

export type Provider = "github" | "gitlab";

/** What a directory has, as its files say. Paths have slashes, and are relative to the directory. */
export interface RepositoryFacts {
  /** `github.com/shop/api`, of the remote; absent where there is none. */
  readonly remote?: string;
  /** What the directory is called. */
  readonly name: string;
  /** The directory from the root of its work tree; empty for the root itself, and where there is none. */
  readonly below: string;
  /** The branch that is checked out, or its default; absent where nothing says so. */
  readonly branch?: string;
  readonly dockerfiles: readonly DockerfileFacts[];
  /** Image references of manifests and Compose files, with the file that each stands in. */
  readonly images: readonly { readonly reference: string; readonly path: string }[];
  /** Directories that kustomize builds, and of Helm charts. */
  readonly rendered: readonly string[];
  readonly lockfiles: readonly string[];
  /** Whether there is a file at a path, which no earlier run of `init --pipeline` wrote. */
  isTaken(path: string): boolean;
  readonly policy?: PolicyFacts;
  readonly cooldownDays: number;
}

export interface DockerfileFacts {
  readonly path: string;
  /** The directory that its COPY instructions fit; "." is the scanned one. */
  readonly context: string;
  /** Whether that was found by them, or is the Dockerfile's own by default. */
  readonly isContextCertain: boolean;
  /** What Compose calls the image that is built from it. */
  readonly image?: string;
  /** Of `RUN --mount=type=secret`: what a build has to hand over. */
  readonly secretIds: readonly string[];
}

/** A policy file of the directory. */
export interface PolicyFacts {
  readonly path: string;
  readonly registries: readonly string[];
  readonly trust: Pick<TrustRules, "signers" | "images" | "builders">;
  readonly identities: AccessRules["identities"];
  readonly environments: readonly string[];
}

export interface DeliveryPlan {
  readonly provider: Provider;
  readonly branch: string;
  readonly images: readonly ImagePlan[];
  readonly signing: SigningPlan;
  /** Whose tokens the registry takes in the place of a password: its audience; absent: a user and a password. */
  readonly registryAudience?: string;
  /** Manifests that name one of the images, sorted. */
  readonly manifests: readonly string[];
  /** Its policy file. */
  readonly policy?: string;
  /** Whether the policy has rules about one of the images, by which it is verified. */
  readonly isRuled: boolean;
  /** Where it is deployed to: the environment that a person approves. */
  readonly environment: string;
  /** Tags that start it beside the branch: `v*`. */
  readonly tags: readonly string[];
  /** What GitLab's jobs run in, with tags; their digests are to be filled in. */
  readonly jobImages: Readonly<Record<JobImage, string>>;
  readonly updates: readonly Update[];
  readonly cooldownDays: number;
  readonly version: string;
}

export type JobImage = "node" | "buildah" | "skopeo";

export interface ImagePlan {
  /** Lower case, unique: a job's key. */
  readonly name: string;
  readonly dockerfile: string;
  readonly context: string;
  /** `registry.example.com/shop/api`; absent: the provider's own registry, below the repository's name. */
  readonly repository?: string;
  readonly secrets: readonly BuildSecret[];
}

export interface BuildSecret {
  readonly id: string;
  /** The provider's secret or variable. */
  readonly variable: string;
}

export interface SigningPlan {
  readonly publisher: Signing;
  /** Further signers of the policy, each in a job and an environment of its own. */
  readonly countersigners: readonly Signing[];
  /** The file's name of the called workflow, which a signer's identity may state. */
  readonly workflow: string;
}

export interface Signing {
  /** As the policy calls it; `release` without one. */
  readonly name: string;
  readonly method: "keyless" | "key";
  /** What it attests, in this order. */
  readonly attests: readonly AttestedType[];
}

export type AttestedType = "slsa" | "sbom" | "vuln";

/** One ecosystem that Dependabot or Renovate updates. */
export interface Update {
  /** Dependabot's name: `npm`, `gomod`. */
  readonly ecosystem: string;
  /** From the directory, as Dependabot writes them: `/web`. */
  readonly directories: readonly string[];
}

export interface DeliveryFile {
  readonly path: string;
  readonly text: string;
}

export interface Delivery {
  readonly files: readonly DeliveryFile[];
  /** What of them needs the user's knowledge, one sentence each. */
  readonly fill: readonly string[];
  /** What was not written, and why; one sentence each. */
  readonly told: readonly string[];
}
