import type { Check } from "../../core/check.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import type { Package } from "../../engines/contents/model.ts";
import { type DeniedLicenseFacts, licenseFindings } from "../license-finding.ts";

const id = "image/denied-license";

/** What the check is handed. */
export interface ImageLicenseFacts extends DeniedLicenseFacts {
  /** The image's layers, lowest first; empty for a folder. */
  readonly layers: readonly LayerReference[];
}

/** Licences of an image's packages that the policy does not allow. */
export const deniedLicense: Check<ImageLicenseFacts> = {
  id,
  title: "Packages under licences that the policy denies",
  layer: "image",
  category: "configuration",
  controls: [],
  severity: "high",
  documentation: {
    what: "Reads the licence that each package states, as an SPDX expression or in the spellings of its ecosystem, and holds it against `licenses` of the policy: of alternatives one must be allowed, of a conjunction all. Runs where the policy has something to say of licences.",
    why: "Whoever passes on an image passes on all that is in it, and has to keep to the terms of each package.",
    fix: "Replace the package, or decide that its licence is acceptable and add it to `licenses.allow`. For one package alone write an exception.",
    references: ["https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/", "https://spdx.org/licenses/"],
  },
  needs: { licenses: "witness", policy: "witness", layers: "witness" },
  *evaluate(facts) {
    yield* licenseFindings(id, facts, (item) => locationOf(item, facts.layers));
  },
};

function locationOf({ path, layer }: Package, layers: readonly LayerReference[]): Location {
  const reference = layer === undefined ? undefined : layers[layer];
  return reference === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer: reference };
}
