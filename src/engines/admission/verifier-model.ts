/** What objects say of the verification of images on admission: which products are there, whom they ask, what they refuse. */
import type { FieldPath } from "../kubernetes/field-path.ts";
import type { KubernetesObject } from "../kubernetes/object-model.ts";

export type VerifierProduct =
  | "Bulkhead"
  | "Connaisseur"
  | "Gatekeeper"
  | "Kubewarden"
  | "Kyverno"
  | "sigstore policy-controller";

/** One answer with its reason. `unknown`: the objects do not decide it, or what would was not read. */
export interface Statement {
  readonly answer: "yes" | "no" | "unknown";
  /** One sentence without a full stop; of a `no` and an `unknown`. */
  readonly reason: string;
  /** What says so. */
  readonly object: KubernetesObject;
  readonly path: FieldPath;
}

/** One policy that verifies images; of a product that keeps its policy in no object, its webhook configuration. */
export interface ImageVerifier {
  readonly product: VerifierProduct;
  readonly object: KubernetesObject;
  /** Whether an image that does not verify is refused. */
  readonly enforces: Statement;
  /** Whether pods are refused while the verifier does not answer. */
  readonly failsClosed: Statement;
  /** Whether it is about every image. Where it is not, another policy may refuse the others. */
  readonly everyImage: Statement;
  /** By name of the namespace: whether its pods are verified, so far as its scope decides. */
  readonly scope: ReadonlyMap<string, Statement>;
}

/** What all verifiers come to for the pods of one namespace. */
export interface NamespaceVerification {
  readonly name: string;
  /** Absent where no object declares it. */
  readonly object?: KubernetesObject;
  /** `no`: each verifier surely leaves it out. */
  readonly answer: Statement["answer"];
  /** One a verifier, in their order; of a `yes`, none. */
  readonly reasons: readonly { readonly verifier: ImageVerifier; readonly statement: Statement }[];
}

export interface ImageVerification {
  readonly verifiers: readonly ImageVerifier[];
  /** There are more than are looked at: nothing is concluded from what these leave out. */
  readonly over: boolean;
  /** Those of applications; without one, a single entry for any namespace, whose name is empty. */
  readonly namespaces: readonly NamespaceVerification[];
  /** Admission policies whose expressions are about images: they see a reference's text, and no signature. */
  readonly expressionsOnly: readonly KubernetesObject[];
}
