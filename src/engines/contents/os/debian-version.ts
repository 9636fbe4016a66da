import type { Analyser } from "../analyser.ts";
import { bounds } from "../bounds.ts";

export const debianVersionPath = "etc/debian_version";

/**
 * `13.1` for a release, `forky/sid` before it is one (base-files); names the distribution where an image has lost
 * its os-release. Debian's VERSION_ID is the major version alone. Derivatives carry this file too, but they write
 * the codename form, which names no release and so matches no advisories.
 */
export const debianVersion: Analyser = {
  id: "debian-version",
  version: 1,
  evidence: "installed",
  basenames: ["debian_version"],
  maxBytes: bounds.smallFileBytes,
  wants: (path) => path === debianVersionPath,
  analyse({ bytes }) {
    const text = bytes.toString("utf8", 0, 256).trim();
    const major = /^([0-9]{1,3})(?:\.[0-9]{1,3})?$/.exec(text)?.[1];
    if (major !== undefined) {
      return { kind: "distribution", distribution: { id: "debian", versionId: major, idLike: [] } };
    }
    const versionCodename = /^([a-z]{1,32})\/sid$/.exec(text)?.[1];
    if (versionCodename === undefined) return undefined;
    return { kind: "distribution", distribution: { id: "debian", versionCodename, idLike: [] } };
  },
};
