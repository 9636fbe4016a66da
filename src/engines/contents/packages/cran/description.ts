import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { readStanzas } from "../dpkg/deb822.ts";
import { identityOf, isDeclaredText } from "../identity.ts";

/**
 * Installed R packages: the DESCRIPTION in their folder of a library (Writing R Extensions, "The DESCRIPTION file"). Its
 * `Built` field is what R itself tells an installed package by. Those of priority `base` are parts of R, which no
 * repository has.
 */
export const rDescription: Analyser = {
  id: "r-description",
  version: 1,
  evidence: "installed",
  basenames: ["DESCRIPTION"],
  maxBytes: bounds.smallFileBytes,
  wants: isInLibrary,
  analyse,
};

const LIBRARIES: ReadonlySet<string> = new Set(["library", "site-library"]);

/** `…/library/NAME/DESCRIPTION`; renv's libraries have folders for R's version and the platform in between. */
function isInLibrary(path: string): boolean {
  const folders = path.split("/");
  return LIBRARIES.has(folders.at(-3) ?? "") || folders.includes("renv");
}

const FIELDS = ["package", "version", "license", "built", "priority", "maintainer"] as const;

function analyse({ bytes }: AnalysedFile): FileFacts | undefined {
  const [stanza] = readStanzas(bytes, FIELDS);
  if (stanza === undefined) return undefined;
  const [name, version, license, built, priority, maintainer] = stanza.values;
  if (built === undefined || priority === "base") return undefined;
  const identity = identityOf(name, version);
  if (stanza.fault !== undefined || "fault" in identity) {
    const fault = stanza.fault ?? ("fault" in identity ? identity.fault : "");
    return { kind: "unreadable", code: "contents.r-description-broken", reason: `it ${fault}` };
  }
  return {
    kind: "packages",
    packages: [
      {
        type: "cran",
        ...identity,
        licenses: isDeclaredText(license) ? [license] : [],
        ...(isDeclaredText(maintainer) ? { supplier: maintainer } : {}),
      },
    ],
    unread: [],
  };
}
