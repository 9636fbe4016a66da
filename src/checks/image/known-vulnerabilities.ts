import type { LayerReference, Location } from "../../core/location.ts";
import type { Package } from "../../engines/contents/model.ts";
import { vulnerabilityFinding } from "../findings/vulnerability-finding.ts";
import type { ImageScopeCheck } from "../subjects/image.ts";

/** Known vulnerabilities in an image's packages, one finding for each flaw of each package at each place. */
export const knownVulnerabilities: ImageScopeCheck = {
  id: "image/known-vulnerabilities",
  title: "Packages with known vulnerabilities",
  layer: "image",
  category: "vulnerability",
  controls: [2],
  severity: "varies",
  documentation: {
    what: "Compares every package that the image ships with the advisories of its ecosystem and release: distribution packages by their source package and the distribution's own version order, language packages by theirs. Advisories that are aliases of each other are one finding.",
    why: "A published vulnerability is the cheapest way in: the exploit is often public within days. What is not installed cannot be exploited, and what is upgraded no longer is.",
    fix: "Upgrade the package to the fixed version that the finding names, in the instruction that brought it. Where there is no fix, remove the package, or write an exception into the policy file with a reason, an owner and an expiry.",
    references: ["https://ossf.github.io/osv-schema/", "https://www.first.org/cvss/v3-1/specification-document"],
  },
  subject: "image-scope",
  needs: { vulnerabilities: "partial", inventory: "partial", layers: "partial" },
  *evaluate({ vulnerabilities, layers }) {
    const located = locations(layers);
    for (const match of vulnerabilities.matches) yield vulnerabilityFinding(match, located(match.package));
  },
};

/** One location for all flaws of all packages of one file: a package database has hundreds. */
function locations(layers: readonly LayerReference[]): (affected: Package) => Location {
  const byLayer = new Map<number | undefined, Map<string, Location>>();
  return ({ layer: index, path }) => {
    const byPath = byLayer.get(index) ?? new Map<string, Location>();
    byLayer.set(index, byPath);
    const known = byPath.get(path);
    if (known !== undefined) return known;
    const layer = index === undefined ? undefined : layers[index];
    const location: Location =
      layer === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer };
    byPath.set(path, location);
    return location;
  };
}
