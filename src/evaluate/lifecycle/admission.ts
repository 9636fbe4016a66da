/** What stands between a registry and what runs, as far as objects tell. */
import type { Gap } from "../../core/evidence.ts";
import type { ImageVerification } from "../../engines/admission/model.ts";
import { describeObject, type Manifests, rawOf } from "../../engines/kubernetes/model.ts";
import { verificationOf } from "../kubernetes/image-verification.ts";
import type { SplitManifests } from "../kubernetes/list-gaps.ts";
import { gapOf } from "../kubernetes/manifest-gaps.ts";

export interface Admitted {
  /** Objects were read by which something is deployed to a cluster. */
  readonly deployed: boolean;
  readonly ofCluster: boolean;
  /** `Kyverno ClusterPolicy verify`, whatever it does of what it finds. */
  readonly verifiers: readonly string[];
  /** Those that ask for attestations. */
  readonly attestationVerifiers: readonly string[];
  readonly verification: ImageVerification;
  /** Why there may be others. */
  readonly gaps: readonly Gap[];
}

export function admittedBy({ manifests, short }: SplitManifests): Admitted {
  const { verification, lists } = verificationOf(manifests, short);
  const { verifiers } = verification;
  const told = verifiers.map(({ product, object }) => `${product} ${describeObject(object)}`);
  const kubernetes = manifests.workloads.some(({ origin }) => origin === "kubernetes");
  const ofCluster = manifests.objects.some(({ source }) => source.kind === "cluster");
  return {
    deployed: kubernetes || ofCluster || manifests.webhookConfigurations.length > 0 || verifiers.length > 0,
    ofCluster,
    verifiers: told,
    attestationVerifiers: verifiers
      // What Bulkhead's own webhook asks for its policy says, which may be another one.
      .filter(({ product, object }) => product === "Bulkhead" || /attestation/i.test(JSON.stringify(rawOf(object))))
      .map(({ product, object }) => `${product} ${describeObject(object)}`),
    verification,
    gaps: [...short.of(lists), ...manifests.gaps.map(gapOf), ...unknownWebhooks(manifests, verification)],
  };
}

/** A webhook that is asked about pods, and of which nobody knows what it does. */
function unknownWebhooks({ webhookConfigurations }: Manifests, { verifiers }: ImageVerification): Gap[] {
  if (verifiers.length > 0) return [];
  return webhookConfigurations.flatMap(({ object, webhooks }) => {
    const asked = webhooks.find(({ rules }) =>
      rules.some(
        ({ resources, operations }) =>
          resources.some((each) => each === "pods" || each === "*" || each === "*/*") &&
          operations.some((each) => each === "CREATE" || each === "*"),
      ),
    );
    if (asked === undefined || object.kind !== "ValidatingWebhookConfiguration") return [];
    return {
      code: "admission.verification-unclear",
      reason: `webhook ${asked.name} is asked about pods, and whether it verifies images is not known`,
      remedy: "try it: bulkhead check --cluster --probe",
    };
  });
}
