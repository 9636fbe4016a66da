import type { ImageVerification, ImageVerifier, NamespaceVerification } from "../../engines/admission/model.ts";
import { describeObject } from "../../engines/kubernetes/model.ts";
import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** What verifies images on admission, by the objects of the products that are known here. */
export const imageVerification = clusterCheck<"imageVerification">({
  name: "image-verification",
  title: "Image signature verification not enforced",
  severity: "high",
  controls: [7],
  documentation: {
    what: "Checks for what verifies the signatures of images on admission: Bulkhead's own webhook, Kyverno (`verifyImages`, ImageValidatingPolicy), Gatekeeper with Ratify, sigstore policy-controller, Connaisseur, Kubewarden; from their objects, their exceptions and their webhook configurations. Finds application namespaces that every one of them leaves out, and verifiers that only audit, warn or are passed over when they do not answer. Not reported: the namespaces of the cluster and of the verifiers themselves. Where expressions or what was not read decide, the check is unknown; where no product was recognized, or files alone leave it open, nothing is said. Objects are no proof: `check --cluster --probe` tries it.",
    why: "A signature that nobody insists on keeps no image out, and one namespace without verification is where the unsigned image goes.",
    fix: "Set the policy to enforce and fail closed (`failureAction: Enforce`, `validationActions: [Deny]`, `mode: enforce`, `enforcementAction: deny`, `failurePolicy: Fail`) once audit shows that all images that should run are signed, and close the selector, the exclusion or the exception that leaves a namespace out.",
    references: [
      "https://kyverno.io/docs/policy-types/cluster-policy/verify-images/",
      "https://kyverno.io/docs/policy-types/image-validating-policy/",
      "https://docs.sigstore.dev/policy-controller/overview/",
      "https://ratify.dev/docs/quickstarts/quickstart-manual/",
      "https://sse-secure-systems.github.io/connaisseur/latest/",
      "https://docs.kubewarden.io/howtos/security-hardening/secure-supply-chain",
    ],
  },
  needs: { manifests: "partial", imageVerification: "partial" },
  applies: ({ imageVerification: found }) => found.verifiers.length > 0 && (isOfCluster(found) || isClear(found)),
  *detect({ imageVerification: found }) {
    const { verifiers, namespaces } = found;
    if (isNoneEnforced(found)) yield* verifiers.map(notEnforced);
    else {
      const open = verifiers.filter((verifier) => isOpen(verifier, found));
      yield* open.map(failsOpen);
      for (const namespace of namespaces) {
        if (namespace.answer === "no" && !isSaid(namespace, open)) yield leftOut(namespace);
      }
    }
  },
});

function isOfCluster({ verifiers }: ImageVerification): boolean {
  return verifiers.some(({ object }) => object.source.kind === "cluster");
}

function isNoneEnforced({ verifiers, over }: ImageVerification): boolean {
  return !over && verifiers.every(({ enforces }) => enforces.answer === "no");
}

/** Files hold a part of a cluster: what they leave open is not said of them, and the control stays unknown. */
function isClear({ verifiers, namespaces }: ImageVerification): boolean {
  const isNone = verifiers.every(({ enforces }) => enforces.answer === "no");
  return (
    isNone || namespaces.every(({ answer }) => answer === "yes") || namespaces.some(({ answer }) => answer === "no")
  );
}

function notEnforced({ object, enforces }: ImageVerifier): FieldDetection {
  return {
    object: enforces.object,
    path: enforces.path,
    subject: describeObject(object),
    title: "Image signatures are verified but not enforced",
    detail: `${describeObject(object)}: ${enforces.reason}`,
    fix: "set the action to enforce once audit shows that all images are signed",
  };
}

/** It would enforce, and some namespace has nothing better. */
function isOpen({ enforces, failsClosed }: ImageVerifier, { namespaces }: ImageVerification): boolean {
  return enforces.answer === "yes" && failsClosed.answer === "no" && namespaces.some(({ answer }) => answer !== "yes");
}

function failsOpen({ object, failsClosed }: ImageVerifier): FieldDetection {
  return {
    object: failsClosed.object,
    path: failsClosed.path,
    subject: `${describeObject(object)} failurePolicy`,
    title: "Image verification fails open (failurePolicy: Ignore)",
    detail: `${describeObject(object)}: ${failsClosed.reason}`,
    fix: "set failurePolicy: Fail once the verifier runs with several replicas",
  };
}

/** Whether all that is amiss is told of its verifiers already. */
function isSaid({ reasons }: NamespaceVerification, open: readonly ImageVerifier[]): boolean {
  return reasons.every(({ verifier, statement }) => open.includes(verifier) && statement === verifier.failsClosed);
}

function leftOut({ name, object, reasons }: NamespaceVerification): FieldDetection {
  const [first] = reasons;
  const told = reasons.map(({ verifier, statement }) => `${describeObject(verifier.object)}: ${statement.reason}`);
  const places = reasons.map(({ statement }) => ({ object: statement.object, path: statement.path }));
  const whole = name === "";
  return {
    object: object ?? first?.statement.object ?? noObject(),
    path: object === undefined ? (first?.statement.path ?? []) : ["metadata", "name"],
    subject: whole ? "all namespaces" : `namespace ${name}`,
    title: whole ? "No namespace's images are verified" : `Images in namespace ${name} are not verified`,
    detail: told.join("; "),
    fix: whole ? "widen the policy to all pods" : `have one of the policies verify the pods of ${name}`,
    also: object === undefined ? places.slice(1, 4) : places.slice(0, 4),
  };
}

function noObject(): never {
  throw new Error("a namespace that nothing leaves out");
}
