/** Objects of which an operator makes network policies: a cluster has those policies, and files have only what they are made of. */
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PolicyReading } from "../reading.ts";
import { type ForeignKind, networkStages } from "./unknown.ts";

const kind = (enforcer: string, generates: (policy: PolicyReading) => boolean): ForeignKind => ({
  enforcer,
  read(reading, object) {
    if (object.source.kind === "cluster") return;
    reading.policy(object, networkStages, (policy) => {
      policy.selects(reading.podSets.none);
      if (!generates(policy)) return;
      reading.gap({
        code: "network.generated-policies",
        reason: `${enforcer} makes network policies of it, which were not read`,
        remedy: "read the cluster instead of the files",
        object,
      });
    });
  },
});

export const generatorKinds: ReadonlyMap<string, ForeignKind> = new Map([
  ["kyverno.io/ClusterPolicy", kind("Kyverno", ({ spec }) => spec.list("rules").some(generatesPolicies))],
  ["k8s.otterize.com/ClientIntents", kind("Otterize", () => true)],
  [
    "capsule.clastix.io/Tenant",
    kind("Capsule", ({ spec }) => (spec.fields("networkPolicies")?.list("items") ?? []).length > 0),
  ],
]);

function generatesPolicies(rule: Fields): boolean {
  const generate = rule.fields("generate");
  if (generate === undefined) return false;
  const kinds = [
    generate.string("kind"),
    ...(generate.fields("cloneList")?.strings("kinds") ?? []),
    ...generate.list("foreach").map((one) => one.string("kind")),
  ];
  return kinds.some((one) => /NetworkPolicy$/.test(one ?? ""));
}
