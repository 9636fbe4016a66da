/** Facts of two layers that have to fit: each is there where there is something to judge and both sides were read. */
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import { counted } from "../../core/counted.ts";
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import { isPinned, splitImageName } from "../../core/image-name.ts";
import type { SubjectEvidence } from "../../core/runner.ts";
import { containersOf } from "../../engines/kubernetes/model.ts";
import { namedImage } from "../../engines/pipelines/lifecycle/image.ts";
import { type LifecycleStep, sameRepository } from "../../engines/pipelines/model.ts";
import type { Admitted } from "./admission.ts";
import { type LifecycleInput, pipelineGaps, stepsOf } from "./input.ts";
import { rebuildFacts, rebuildGaps } from "./rebuilds.ts";
import { sbomFacts } from "./sboms.ts";
import { scannedImageFacts, scanOrderFacts } from "./scans.ts";

export function lifecycleEvidence(input: LifecycleInput, admitted: Admitted): SubjectEvidence<LifecycleFacts> {
  const at = input.now.toISOString();
  const given = <T>(facts: T | undefined, gaps: readonly Gap[] = []): Evidence<T> | undefined =>
    facts === undefined ? undefined : present(facts, at, { gaps });
  const opaque = pipelineGaps(input);
  const { deployed } = admitted;
  const signing = deployed ? signingFacts(input, admitted) : undefined;
  const provenance = deployed ? provenanceFacts(input, admitted) : undefined;
  const sboms = sbomFacts(input);
  const rebuilds = rebuildFacts(input);
  const evidence = {
    // One that verifies proves it, whatever else there is.
    signing: given(signing, signing?.verifiedBy.length === 0 ? [...opaque, ...admitted.gaps] : []),
    provenance: given(provenance, provenance?.requiredBy.length === 0 ? [...opaque, ...admitted.gaps] : []),
    // Where nothing verifies at all it makes no difference what is deployed.
    signedDigests: given(
      signing !== undefined && signing.verifiedBy.length > 0 ? signedDigestFacts(input, admitted) : undefined,
    ),
    sboms: given(sboms, sboms?.made.some(({ read }) => !read) === true ? opaque : []),
    scanOrder: given(scanOrderFacts(input)),
    scannedImages: given(scannedImageFacts(input)),
    rebuilds: given(rebuilds, rebuildGaps(rebuilds)),
    // A file that could not be read is there, and nobody knows what it says.
    updates: given(input.updates.length + input.updateGaps.length === 0 ? undefined : input.updates, input.updateGaps),
    secretScans: given(secretScanFacts(input), input.secretScanGaps),
  };
  return Object.fromEntries(Object.entries(evidence).filter(([, one]) => one !== undefined));
}

function readOf({ pipelines, manifests }: LifecycleInput): string {
  const objects = manifests.objects.length;
  return `${counted(pipelines.length, "pipeline")}, ${counted(objects, "object")} and the policy`;
}

function toldOf(steps: readonly LifecycleStep[]): string[] {
  return [...new Set(steps.map(({ tool, pipeline }) => `${tool} in ${pipeline}`))];
}

function signingFacts(input: LifecycleInput, admitted: Admitted): LifecycleFacts["signing"] | undefined {
  const signs = stepsOf(input, "sign");
  if (signs.length === 0) return undefined;
  return {
    signs,
    verifiedBy: [
      ...toldOf(stepsOf(input, "verify").filter(({ ignored }) => ignored === undefined)),
      ...admitted.verifiers,
      ...(input.policy.trust.images.some(({ signedBy }) => signedBy !== undefined)
        ? ["trust.images of the policy"]
        : []),
    ],
    read: readOf(input),
    ofCluster: admitted.ofCluster,
  };
}

function provenanceFacts(input: LifecycleInput, admitted: Admitted): LifecycleFacts["provenance"] | undefined {
  const attests = stepsOf(input, "provenance");
  if (attests.length === 0) return undefined;
  const isAsked = input.policy.trust.images.some(({ attestations }) =>
    attestations.some(({ type }) => /^(?:slsa|vsa)$|provenance|verification_summary/.test(type)),
  );
  return {
    attests,
    requiredBy: [
      ...toldOf(stepsOf(input, "verify-provenance").filter(({ ignored }) => ignored === undefined)),
      ...admitted.attestationVerifiers,
      ...(isAsked ? ["trust.images of the policy"] : []),
    ],
    read: readOf(input),
    ofCluster: admitted.ofCluster,
  };
}

/** Whatever verifies on admission goes by the digest that the tag has then. */
function signedDigestFacts(input: LifecycleInput, admitted: Admitted): LifecycleFacts["signedDigests"] | undefined {
  const signs = stepsOf(input, "sign").filter(
    ({ image }) => image?.byDigest === true && image.repository !== undefined,
  );
  if (signs.length === 0 || admitted.verifiers.length > 0 || admitted.gaps.length > 0) return undefined;
  const set = stepsOf(input, "deploy").some(({ image }) => image?.byDigest === true);
  if (set) return undefined;
  const byTag = input.manifests.workloads.flatMap(({ object, pod, podPath, origin }) => {
    if (origin !== "kubernetes") return [];
    return containersOf(pod).flatMap(({ container, path }) => {
      const image = container.image ?? "";
      const own = namedImage(image, new Map());
      if (own === undefined || isPinned(splitImageName(image))) return [];
      const isSigned = signs.some((step) => step.image !== undefined && sameRepository(step.image, own) === true);
      return isSigned ? [{ object, path: [...podPath, ...path, "image"], image }] : [];
    });
  });
  return { signs, byTag };
}

function secretScanFacts(input: LifecycleInput): LifecycleFacts["secretScans"] | undefined {
  const scans = stepsOf(input, "secret-scan");
  if (scans.length === 0) return undefined;
  return { scans, shallow: scans.filter(({ shallow }) => shallow !== undefined), leftOut: input.secretScansLeftOut };
}
