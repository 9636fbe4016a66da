import type { FindingDraft } from "../../core/finding.ts";
import type { PolicyCheck } from "../subjects/policy.ts";

/** Rules of the policy that name a signer whom it does not define. */
export const undefinedSigner: PolicyCheck<"policy"> = {
  id: "policy/undefined-signer",
  title: "Signers that are not defined",
  layer: "policy",
  category: "trust",
  controls: [7],
  severity: "high",
  documentation: {
    what: "Checks the names in `trust.images`, `trust.builders` and `signedBy` of `registry.upstreams` against `trust.signers`, and the authorities of its certificates against `trust.roots`. Reported: names that are not defined.",
    why: "Nobody can meet such a rule, so that no image passes; and who defines the name in another file decides who it is.",
    fix: "Define the signer in the same file, or mend its name.",
    references: [],
  },
  subject: "policy",
  needs: { policy: "complete" },
  applies: ({ policy: { trust, registry } }) =>
    trust.images.length > 0 ||
    trust.builders.length > 0 ||
    Object.values(registry.upstreams).some(({ signedBy }) => signedBy !== undefined),
  *evaluate({ policy }) {
    const { signers, images, builders, roots } = policy.trust;
    const isDefined = (name: string, tightensOnly: boolean) =>
      Object.hasOwn(signers, name) && (tightensOnly || signers[name]?.tightensOnly !== true);
    for (const rule of images) {
      const own = rule.tightensOnly === true;
      const named = [...(rule.signedBy?.of ?? []), ...rule.attestations.flatMap(({ signedBy }) => signedBy ?? [])];
      for (const name of new Set(named)) {
        if (!isDefined(name, own)) yield undefinedFinding(name, `the rule for ${rule.match}`, rule.statedAt);
      }
    }
    for (const [namespace, { signedBy, statedAt }] of Object.entries(policy.registry.upstreams)) {
      for (const name of signedBy?.of ?? []) {
        if (isDefined(name, signedBy?.tightensOnly === true)) continue;
        yield undefinedFinding(name, `the upstream ${namespace}`, statedAt);
      }
    }
    for (const { signer } of builders) {
      if (!isDefined(signer, false)) yield undefinedFinding(signer, "a builder", undefined);
    }
    for (const [name, signer] of Object.entries(signers)) {
      if (signer.kind !== "certificate") continue;
      if (roots.some((root) => root.kind === "ca" && root.file === signer.ca)) continue;
      yield undefinedFinding(signer.ca, `the signer ${name}`, signer.statedAt, "authority");
    }
  },
};

function undefinedFinding(
  name: string,
  by: string,
  place: { readonly path: string; readonly line: number; readonly column: number } | undefined,
  what: "signer" | "authority" = "signer",
): FindingDraft {
  const where = what === "signer" ? "trust.signers" : "trust.roots";
  return {
    subject: `${what} ${name} of ${by}`,
    severity: "high",
    title: `The ${what} ${name} of ${by} is not in ${where}`,
    locations: [place === undefined ? { kind: "config", field: "trust" } : { kind: "file", ...place }],
    matches: { ids: ["policy/undefined-signer"] },
    fix: { kind: "instruction", text: `add it to ${where}, or mend its name` },
    evidence: { name },
  };
}
