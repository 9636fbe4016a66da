import type { Analyser } from "../analyser.ts";
import { bounds } from "../bounds.ts";

export const alpineReleasePath = "etc/alpine-release";

/** The version alone (`3.10.2`); names the distribution where an image has lost its os-release. */
export const alpineRelease: Analyser = {
  id: "alpine-release",
  version: 1,
  evidence: "installed",
  basenames: ["alpine-release"],
  maxBytes: bounds.smallFileBytes,
  wants: (path) => path === alpineReleasePath,
  analyse({ bytes }) {
    const versionId = bytes.toString("utf8", 0, 256).trim();
    if (!/^[0-9][0-9a-z._-]{0,63}$/.test(versionId)) return undefined;
    return { kind: "distribution", distribution: { id: "alpine", versionId, idLike: [] } };
  },
};
