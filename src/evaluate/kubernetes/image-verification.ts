/** What verifies images on admission, with what its objects leave open as gaps. */
import { clip, SENTENCE } from "../../checks/findings/one-line.ts";
import type { Gap } from "../../core/evidence.ts";
import { bounds } from "../../engines/admission/bounds.ts";
import type { GuardWebhook, ImageVerification, NamespaceVerification } from "../../engines/admission/model.ts";
import { guardWebhooks } from "../../engines/admission/verifiers/guard-webhooks.ts";
import { known } from "../../engines/admission/verifiers/surroundings.ts";
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
  const names = new Set<string>();
  const namespaces = namespacesOf(manifests).flatMap(({ name, namespace }) => {
    // One that several files declare is one of several clusters; the first says what is said here.
    if (isSystemNamespace(name) || names.has(name)) return [];
    names.add(name);
    return [{ name, ...(namespace === undefined ? {} : { object: namespace.object }) }];
  });
  const verification = imageVerification(known(manifests, completeness(manifests, short)), namespaces);
  const over = { code: "admission.bound", reason: `more than ${bounds.verifiers} policies that verify images` };
  const gaps = [...(verification.over ? [over] : []), ...verification.namespaces.flatMap(gapsOf)];
  return { verification, gaps, lists: LISTS };
}

/** Webhooks of guards; whether somebody answers is known of a cluster whose Services and EndpointSlices were listed. */
export function guardWebhooksOf(manifests: Manifests, short: ListGaps): readonly GuardWebhook[] {
  return guardWebhooks(known(manifests, completeness(manifests, short)));
}

/** Files hold a part of a cluster: what is in none of them may be there. */
function completeness(manifests: Manifests, short: ListGaps): (list: string) => boolean {
  const isCluster = manifests.objects.some(({ source }) => source.kind === "cluster");
  return (list) => isCluster && short.of([list]).length === 0;
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
      reason: clip(
        `${about}${verifier.product} ${verifier.object.kind} ${verifier.object.name}: ${statement.reason}`,
        SENTENCE,
      ),
      remedy: "try it: bulkhead check --cluster --probe",
    },
  ];
}
