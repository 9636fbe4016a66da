import type { LayerReference, Location } from "../../core/location.ts";
import type { Package } from "../../engines/contents/model.ts";
import { type LicenseParameters, licenseFindings } from "../findings/license-finding.ts";
import { lookedAtLicenses, unknownLicenses } from "../findings/unknown-licenses.ts";
import { speaksOfLicenses } from "../knowledge/license-judgement.ts";
import type { ImageCheck } from "../subjects/image.ts";

const id = "image/denied-license";

/** Licences of an image's packages that the policy does not allow. */
export const deniedLicense: ImageCheck<"licenses" | "layers", LicenseParameters> = {
  id,
  title: "Packages with denied licenses",
  layer: "image",
  category: "license",
  controls: [],
  withoutControl: "none of the ten is about licenses",
  severity: "high",
  documentation: {
    what: "Checks the license that each package states, as an SPDX expression or in the spellings of its ecosystem, and holds it against `licenses` of the policy: of alternatives one must be allowed, of a conjunction all. Runs where the policy has something to say of licenses.",
    why: "Anyone who passes on an image passes on all that is in it, and has to keep to the terms of each package.",
    fix: "Replace the package, or decide that its license is acceptable and add it to `licenses.allow`. For one package alone write an exception.",
    references: ["https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/", "https://spdx.org/licenses/"],
  },
  subject: "image",
  needs: { licenses: "partial", layers: "partial" },
  parameters: { policy: ({ licenses }) => licenses },
  applies: ({ policy }) => speaksOfLicenses(policy),
  looked: lookedAtLicenses,
  leavesOpen: unknownLicenses,
  *evaluate(facts) {
    yield* licenseFindings(id, facts, (item) => locationOf(item, facts.layers));
  },
};

function locationOf({ path, layer }: Package, layers: readonly LayerReference[]): Location {
  const reference = layer === undefined ? undefined : layers[layer];
  return reference === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer: reference };
}
