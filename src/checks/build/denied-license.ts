import { type LicenseParameters, licenseFindings } from "../findings/license-finding.ts";
import { lookedAtLicenses, unknownLicenses } from "../findings/unknown-licenses.ts";
import { speaksOfLicenses } from "../knowledge/license-judgement.ts";
import type { LockfileCheck } from "../subjects/tree.ts";

const id = "build/denied-license";

/** Licences of what a lockfile pins that the policy does not allow. */
export const deniedLicense: LockfileCheck<LicenseParameters> = {
  id,
  title: "Dependencies with denied licenses",
  layer: "build",
  category: "license",
  controls: [],
  withoutControl: "none of the ten is about licenses",
  severity: "high",
  documentation: {
    what: "Checks the licenses that a lockfile states of its packages against `licenses` of the policy. Lockfiles of npm and Composer state them; those of other ecosystems seldom do, and there `licenses.unknown` decides. Not reported: packages for development only, where the format tells them apart.",
    why: "A license that is found in the pull request costs a line; one that is found after the release costs a rewrite.",
    fix: "Use another package, or decide that the license is acceptable and add it to `licenses.allow`. For one package alone write an exception.",
    references: ["https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/", "https://spdx.org/licenses/"],
  },
  subject: "lockfile",
  needs: { licenses: "partial" },
  parameters: { policy: ({ licenses }) => licenses },
  applies: ({ policy }) => speaksOfLicenses(policy),
  looked: lookedAtLicenses,
  leavesOpen: unknownLicenses,
  *evaluate(facts) {
    yield* licenseFindings(id, facts, ({ path }) => ({ kind: "file", path }));
  },
};
