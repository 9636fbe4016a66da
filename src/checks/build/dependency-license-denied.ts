import { type LicenseParameters, licenseFindings } from "../findings/license-finding.ts";
import { speaksOfLicenses } from "../knowledge/license-judgement.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-license-denied";

/** Licenses of what a change adds that the policy does not allow. */
export const dependencyLicenseDenied: DependencyCheck<"change" | "license", LicenseParameters> = {
  id,
  title: "Denied licenses that a change adds",
  layer: "build",
  category: "license",
  controls: [],
  withoutControl: "none of the ten is about licenses",
  severity: "high",
  documentation: {
    what: "Checks the license of each package that a change adds or upgrades, as the registry or else the lockfile states it, against `licenses` of the policy. Not reported: packages for development only, where the format tells them apart, and anything while the policy says nothing of licenses. Severity: high where the policy denies it, else medium.",
    why: "A license that is found in the pull request costs a line; one that is found after the release costs a rewrite.",
    fix: "Use another package, or decide that the license is acceptable and add it to `licenses.allow`. For one package alone write an exception.",
    references: ["https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/", "https://spdx.org/licenses/"],
  },
  subject: "dependency",
  needs: { change: "partial", license: "complete" },
  parameters: { policy: ({ licenses }) => licenses },
  applies: ({ change, policy }) => speaksOfLicenses(policy) && change.after?.usage !== "development",
  *evaluate({ change, license, policy }) {
    const { lockfile, after } = change;
    const line = after?.line;
    yield* licenseFindings(id, { licenses: [license], policy }, () => ({
      kind: "file",
      path: lockfile,
      ...(line === undefined ? {} : { line }),
    }));
  },
};
