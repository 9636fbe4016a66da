import type { Analyser } from "../analyser.ts";
import { bounds } from "../bounds.ts";

const FOLDER = "etc/dpkg/dpkg.cfg.d";

/**
 * What dpkg is told to leave out (dpkg(1), `--path-exclude`): an image that leaves out documentation or manual pages is
 * a slimmed one. Debian's slim images and Ubuntu's minimal ones list the same packages as the whole ones do, and this is
 * what tells them apart.
 */
export const dpkgExcludes: Analyser = {
  id: "dpkg-excludes",
  version: 1,
  evidence: "installed",
  directories: [FOLDER],
  maxBytes: bounds.smallFileBytes,
  wants: (path) => path.startsWith(`${FOLDER}/`),
  analyse: ({ bytes }) => ({ kind: "excludes", documentation: leavesOutDocumentation(bytes.toString("latin1")) }),
};

export function leavesOutDocumentation(text: string): boolean {
  return text.split("\n").some((line) => {
    const equals = line.search(/[=\s]/);
    return (
      equals > 0 &&
      line.slice(0, equals) === "path-exclude" &&
      /^["']?\/usr\/share\/(?:doc|man)\//.test(line.slice(equals + 1).trim())
    );
  });
}
