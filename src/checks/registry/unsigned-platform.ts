import { lookedAt, missed, trustFinding } from "../findings/trust-finding.ts";
import type { ImageTrustCheck } from "../subjects/trust.ts";

const id = "registry/unsigned-platform";

/** Images of a signed index that are not signed by themselves. */
export const unsignedPlatform: ImageTrustCheck<"platforms"> = {
  id,
  title: "Index signed, its images not",
  layer: "registry",
  category: "trust",
  controls: [7],
  severity: "medium",
  documentation: {
    what: "Checks each image of an index that is signed as its rule requires (`--verify`). Reported: images that the same signers have not signed by their own digest. Severity: medium; where the rule sets `eachImage`, other checks report them as high.",
    why: "A signature counts for exactly the digest that was signed. Who deploys, mirrors or verifies one platform's image by its own digest finds it unsigned.",
    fix: "Sign the images with the index: `bulkhead sign --recursive`.",
    references: ["https://github.com/opencontainers/image-spec/blob/main/image-index.md"],
  },
  subject: "image-trust",
  needs: { platforms: "partial" },
  looked: ({ platforms }) => ({ ...lookedAt(platforms), images: String(platforms.children.length) }),
  *evaluate({ platforms: decision }) {
    const { subject, children, rules } = decision;
    for (const { requirements, platform, digest } of children) {
      for (const requirement of requirements) {
        if (requirement.requirement.kind !== "signatures" || requirement.outcome !== "missed") continue;
        const own = subject.requirements.find(
          (one) => one.rule === requirement.rule && one.requirement.kind === "signatures",
        );
        if (own?.outcome === "missed" || rules[requirement.rule]?.rule.eachImage === true) continue;
        yield trustFinding(decision, missed(requirement, platform ?? digest), {
          id,
          severity: "medium",
          title: "The index is signed, the image in it is not",
          fix: "sign the images with the index: bulkhead sign --recursive",
        });
      }
    }
  },
};
