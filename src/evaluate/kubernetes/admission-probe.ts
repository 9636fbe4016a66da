/** Namespaces in which admission was tried, judged by every check over such a try. */
import { admissionProbeChecks } from "../../checks/lists/admission-probe.ts";
import type { AdmissionProbeFacts } from "../../checks/subjects/admission.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import { runChecks } from "../../core/runner.ts";
import type { NamespaceProbe } from "../../engines/admission/model.ts";
import type { Manifests, Namespace } from "../../engines/kubernetes/model.ts";
import { namespaceAsset } from "./assets.ts";
import { verificationOf } from "./image-verification.ts";
import { splitListGaps } from "./list-gaps.ts";
import { isSystemNamespace, namespacesOf } from "./namespaces.ts";
import type { ManifestsContext } from "./workloads.ts";

/** In which admission must refuse: those of applications, without the verifiers' own. */
export function probedNamespaces(all: Manifests): Namespace[] {
  const { manifests, short } = splitListGaps(all);
  const asked = new Set(verificationOf(manifests, short).verification.namespaces.map(({ name }) => name));
  return manifests.namespaces.filter(({ object }) => asked.has(object.name) && !isSystemNamespace(object.name));
}

/** @param tried - by name of the namespace; of one that is not there, `gap` says why */
export function evaluateProbes(
  all: Manifests,
  tried: ReadonlyMap<string, NamespaceProbe>,
  missing: Gap,
  { policy, now, scope }: Pick<ManifestsContext, "policy" | "now" | "scope">,
): Evaluation[] {
  const { manifests, short } = splitListGaps(all);
  const [unlisted] = short.of(["namespaces"]);
  const wanted = new Set(probedNamespaces(all).map(({ object }) => object.name));
  const each = namespacesOf(manifests)
    .filter(({ name }) => wanted.has(name))
    .flatMap((found) => {
      const probe = tried.get(found.name);
      const evidence: Evidence<NamespaceProbe> =
        probe === undefined ? absent(missing) : present(probe, now.toISOString(), { gaps: gapsOf(probe) });
      return runChecks<AdmissionProbeFacts>(
        admissionProbeChecks,
        { probe: evidence },
        { asset: namespaceAsset(found), policy, now },
      );
    });
  if (unlisted === undefined && each.length > 0) return each;
  // There may be any number of others.
  const gap = unlisted ?? {
    code: "admission.probe-nowhere",
    reason: "no application namespace was found to try it in",
  };
  const asset = { kind: "cluster", id: scope, lineage: scope, name: scope } as const;
  return [
    ...each,
    ...runChecks<AdmissionProbeFacts>(admissionProbeChecks, { probe: absent(gap) }, { asset, policy, now }),
  ];
}

function gapsOf({ answers }: NamespaceProbe): Gap[] {
  return answers.flatMap((answer) => (answer.outcome === "undecided" ? [answer.gap] : []));
}
