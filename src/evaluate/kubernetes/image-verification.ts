/** What verifies images on admission, with what its objects leave open as gaps. */
import type { Gap } from "../../core/evidence.ts";
import type { ImageVerification, NamespaceVerification } from "../../engines/admission/model.ts";
import { imageVerification } from "../../engines/admission/verifiers/verification.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import type { ListGaps } from "./list-gaps.ts";
import { isSystemNamespace, namespacesOf } from "./namespaces.ts";

/** Lists of `Manifests` that it is read from; `network`: EndpointSlices. */
const LISTS = ["objects", "namespaces", "webhookConfigurations", "configMaps", "admissionPolicies"] as const;

export function verificationOf(
  manifests: Manifests,
  short: ListGaps,
): { readonly verification: ImageVerification; readonly gaps: readonly Gap[]; readonly lists: readonly string[] } {
  const isCluster = manifests.objects.some(({ source }) => source.kind === "cluster");
  const names = new Set<string>();
  const namespaces = namespacesOf(manifests).flatMap(({ name, namespace }) => {
    // One that several files declare is one of several clusters; the first says what is said here.
    if (isSystemNamespace(name) || names.has(name)) return [];
    names.add(name);
    return [{ name, ...(namespace === undefined ? {} : { object: namespace.object }) }];
  });
  const complete = (list: string): boolean => isCluster && short.of([list]).length === 0;
  const verification = imageVerification(manifests, namespaces, complete);
  return { verification, gaps: verification.namespaces.flatMap(gapsOf), lists: LISTS };
}

/** Of a namespace of which no verifier says for sure that it verifies its pods, nor all that they do not. */
function gapsOf({ name, answer, reasons }: NamespaceVerification): Gap[] {
  if (answer !== "unknown") return [];
  const open = reasons.find(({ statement }) => statement.answer === "unknown");
  if (open === undefined) return [];
  const { verifier, statement } = open;
  const about = name === "" ? "" : `namespace ${name}: `;
  return [
    {
      code: "admission.verification-unclear",
      reason: `${about}${verifier.product} ${verifier.object.kind} ${verifier.object.name}: ${statement.reason}`,
      remedy: "try it: bulkhead check --cluster --probe",
    },
  ];
}
