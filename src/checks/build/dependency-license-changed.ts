import { dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-license-changed";

/** An upgrade to a version under another license. */
export const dependencyLicenseChanged: DependencyCheck<"change" | "licenseChange"> = {
  id,
  title: "Licenses that an upgrade changes",
  layer: "build",
  category: "license",
  controls: [],
  severity: "low",
  documentation: {
    what: "Compares the license that the registry states of the version that comes with that of the version that goes; where it states none, what the archives' own manifests say. Whether the new one is allowed, `build/dependency-license-denied` says. Not reported: other spellings of the same license. Severity: low.",
    why: "Projects change to licenses that forbid a use which the old one allowed, often in a minor version. Nobody reads the license again with an upgrade.",
    fix: "Read the new license, or stay on the version before.",
    references: ["https://spdx.org/licenses/"],
  },
  subject: "dependency",
  needs: { change: "partial", licenseChange: "partial" },
  applies: ({ licenseChange: { before, after } }) => before !== undefined || after !== undefined,
  *evaluate({ change, licenseChange: { before, after } }) {
    // What states none any more is told, what states one at last is no harm.
    if (before === undefined || spelt(before) === spelt(after ?? "")) return;
    yield dependencyFinding(id, change, {
      about: `${before} to ${after ?? "none"}`,
      severity: "low",
      title:
        after === undefined
          ? `states no license any more (before: ${before})`
          : `changes its license from ${before} to ${after}`,
      fix: `read the new license, or stay on ${change.before?.version ?? "the version before"}`,
      evidence: { license: `${before} → ${after ?? "none"}` },
    });
  },
};

/** `(MIT)`, `MIT License`, `mit` and `MIT` are one. */
function spelt(license: string): string {
  const words = license
    .toLowerCase()
    .replaceAll(/[()]/g, " ")
    .replaceAll(/\b(?:the|licen[cs]e|software|version)\b/g, " ")
    .split(/[\s,_-]+/)
    .filter((word) => word !== "");
  return words.join(" ");
}
