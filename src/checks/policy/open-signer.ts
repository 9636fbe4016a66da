import type { FindingDraft } from "../../core/finding.ts";
import { openPart } from "../knowledge/open-identity.ts";
import type { PolicyCheck } from "../subjects/policy.ts";

/** Signers of the policy whose identity leaves open who signs. */
export const openSigner: PolicyCheck<"policy"> = {
  id: "policy/open-signer",
  title: "Signers that anybody can be",
  layer: "policy",
  category: "trust",
  controls: [7],
  severity: "high",
  documentation: {
    what: "Checks the identities of `trust.signers`. Reported: patterns that leave the owner, repository, workflow, ref or user of the signer open. Not reported: open tags.",
    why: "Everybody can have a certificate for a workflow of their own. A pattern that fits it counts it as yours.",
    fix: "Name the workflow and the ref: `https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*`.",
    references: ["https://github.com/sigstore/fulcio/blob/main/docs/oidc.md"],
  },
  subject: "policy",
  needs: { policy: "complete" },
  applies: ({ policy }) => Object.keys(policy.trust.signers).length > 0,
  *evaluate({ policy }) {
    for (const [name, signer] of Object.entries(policy.trust.signers)) {
      if (signer.kind !== "identity") continue;
      const open = openPart(signer.identity);
      if (open === undefined) continue;
      const finding: FindingDraft = {
        subject: `signer ${name}`,
        severity: open === "ref" || open === "workflow" ? "medium" : "high",
        title: `The identity of ${name} leaves the ${open} open: ${signer.identity}`,
        locations: [
          signer.statedAt === undefined
            ? { kind: "config", field: `trust.signers.${name}` }
            : { kind: "file", ...signer.statedAt },
        ],
        matches: { ids: ["policy/open-signer"] },
        fix: { kind: "instruction", text: "name the workflow and the ref; only a tag may be open" },
        evidence: { identity: signer.identity, issuer: signer.issuer, open },
      };
      yield finding;
    }
  },
};
