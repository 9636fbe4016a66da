import { describeObject, type Manifests } from "../../engines/kubernetes/model.ts";
import { type ImageVerifier, imageVerifiers } from "./defences/image-verifiers.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Only what is clear is judged: all that there is lets everything through, or one holds all pods to it. */
function judged(manifests: Manifests): readonly ImageVerifier[] {
  const verifiers = imageVerifiers(manifests.objects);
  const clear = verifiers.some(({ enforces, everywhere }) => enforces && everywhere);
  return clear ? [] : verifiers.every(({ enforces }) => !enforces) ? verifiers : [];
}

function isClear(manifests: Manifests): boolean {
  const verifiers = imageVerifiers(manifests.objects);
  return verifiers.some(({ enforces, everywhere }) => enforces && everywhere) || judged(manifests).length > 0;
}

/** Policies that verify the signatures of images, as far as they are known here. */
export const imageVerification = clusterCheck({
  name: "image-verification",
  title: "Image signature verification not enforced",
  severity: "high",
  controls: [7],
  documentation: {
    what: "Checks for what verifies images on admission: Kyverno's ClusterPolicy with `verifyImages` and ImageValidatingPolicy, Sigstore's ClusterImagePolicy. Where all of them only audit or warn it is reported; it passes where one enforces for every pod and image. Where neither is clear, or nothing of the kind was read, nothing is said: the control stays unknown.",
    why: "A signature that nobody insists on keeps no image out.",
    fix: "Set the policy to enforce (`validationFailureAction: Enforce`, `validationActions: [Deny]`, `mode: enforce`) once audit shows that all images that should run are signed.",
    references: [
      "https://kyverno.io/docs/policy-types/cluster-policy/verify-images/",
      "https://docs.sigstore.dev/policy-controller/overview/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["objects"],
  applies: ({ manifests }) => isClear(manifests),
  *detect({ manifests }) {
    for (const { object, path } of judged(manifests)) {
      yield {
        object,
        path,
        subject: describeObject(object),
        title: "Image signatures are verified but not enforced",
        fix: "set the action to enforce once audit shows that all images are signed",
      };
    }
  },
});
