import type { Check } from "../../core/check.ts";
import type { FindingDraft, Fix } from "../../core/finding.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import type { Inventory, Package } from "../../engines/contents/model.ts";
import type { ScopeMatches, VulnerabilityMatch } from "../../engines/vulnerability/model.ts";

/** What the check is handed, one scope (`npm`, `Debian:13`) at a time. */
export interface KnownVulnerabilitiesFacts {
  /** The packages of the whole asset; what could not be read of them is its gaps. */
  readonly inventory: Inventory;
  /** What the advisory database says of the packages of this scope. */
  readonly vulnerabilities: ScopeMatches;
  /** The image's layers, lowest first; empty for a folder. */
  readonly layers: readonly LayerReference[];
}

/** Known vulnerabilities in an image's packages, one finding for each flaw of each package at each place. */
export const knownVulnerabilities: Check<KnownVulnerabilitiesFacts> = {
  id: "image/known-vulnerabilities",
  title: "Packages with known vulnerabilities",
  layer: "image",
  category: "vulnerability",
  controls: [2],
  severity: "varies",
  documentation: {
    what: "Compares every package that the image ships with the advisories of its ecosystem and release: distribution packages by their source package and the distribution's own version order, language packages by theirs. Advisories that are aliases of each other are one finding.",
    why: "A published flaw is the cheapest way in: the exploit is often public within days. What is not installed cannot be exploited, and what is upgraded no longer is.",
    fix: "Upgrade the package to the fixed version that the finding names, in the instruction that brought it. Where there is no fix, remove the package, or write an exception into the policy file with a reason, an owner and an expiry.",
    references: ["https://ossf.github.io/osv-schema/", "https://www.first.org/cvss/v3-1/specification-document"],
  },
  needs: { inventory: "witness", vulnerabilities: "witness", layers: "witness" },
  *evaluate({ vulnerabilities, layers }) {
    for (const match of vulnerabilities.matches) yield draftOf(match, layers);
  },
};

function draftOf(match: VulnerabilityMatch, layers: readonly LayerReference[]): FindingDraft {
  const { package: affected } = match;
  return {
    subject: `${match.id} ${withoutVersion(affected.purl)} at ${affected.path}`,
    severity: match.severity,
    title: match.summary === "" ? match.id : match.summary,
    locations: [locationOf(affected, layers)],
    matches: {
      ids: [match.id, ...match.ids.filter((id) => id !== match.id)],
      package: affected.name,
      version: affected.version,
      purl: affected.purl,
      path: affected.path,
    },
    ...(match.fixedVersion === undefined ? {} : { fix: upgrade(affected, match.fixedVersion) }),
    evidence: {
      id: match.id,
      package: affected.name,
      installed: affected.version,
      ...(match.fixedVersion === undefined ? {} : { fixed: match.fixedVersion }),
      ...(affected.source === undefined || affected.source.name === affected.name
        ? {}
        : { source: affected.source.name }),
      ...(match.severitySource === undefined ? {} : { "severity from": match.severitySource }),
      advisories: match.advisories.map((advisory) => advisory.id).join(", "),
    },
    references: [...new Set(match.advisories.flatMap((advisory) => advisory.references))],
  };
}

function upgrade(affected: Package, version: string): Fix {
  return { kind: "upgrade", version, text: `upgrade ${affected.name} from ${affected.version} to ${version} or later` };
}

function locationOf(affected: Package, layers: readonly LayerReference[]): Location {
  const layer = affected.layer === undefined ? undefined : layers[affected.layer];
  return layer === undefined
    ? { kind: "file", path: `/${affected.path}` }
    : { kind: "image", path: affected.path, layer };
}

/** The fingerprint must outlive an upgrade that does not fix the flaw. */
function withoutVersion(purl: string): string {
  const at = purl.lastIndexOf("@");
  return at < 0 ? purl : purl.slice(0, at);
}
