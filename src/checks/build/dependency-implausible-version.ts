import { counted } from "../../core/counted.ts";
import { dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-implausible-version";

const DAY = 24 * 60 * 60 * 1000;
/** Days after a package's first publication on which a version still belongs to it. */
const FIRST_DAYS = 7;

/** A package whose first version has a number that no history leads to. */
export const dependencyImplausibleVersion: DependencyCheck<"change" | "firstRelease"> = {
  id,
  title: "New packages with implausible version numbers",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "medium",
  documentation: {
    what: "Looks at versions such as `99.0.0` and `9.9.9`: whether the package has any version with an ordinary number, and whether this one came with its first publication. Not reported: numbers that count by the calendar, and packages with a history. Severity: medium.",
    why: "A package that is published to win over a private one of the same name (dependency confusion) needs the higher number, and has no versions that lead to it. A quarter of the malicious packages with listed versions are numbered so.",
    fix: "Make sure that you mean this package, and not one of the same name in a private registry. Remove it where you do not know its publisher.",
    references: ["https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610"],
  },
  subject: "dependency",
  needs: { change: "partial", firstRelease: "partial" },
  applies: ({ firstRelease }) => firstRelease.implausible,
  *evaluate({ change, firstRelease: { plausibleVersions, firstPublished, published } }) {
    const age =
      firstPublished === undefined || published === undefined
        ? Number.NaN
        : Date.parse(published) - Date.parse(firstPublished);
    const isFirst = age < FIRST_DAYS * DAY;
    if (plausibleVersions > 0 && !isFirst) return;
    yield dependencyFinding(id, change, {
      severity: "medium",
      confidence: plausibleVersions === 0 ? "high" : "medium",
      title: "has an implausible version number for a new package",
      fix: `make sure that ${change.name} is the package that you mean; remove it otherwise`,
      evidence: {
        "ordinary versions": plausibleVersions === 0 ? "none" : counted(plausibleVersions, "version"),
        ...(firstPublished === undefined ? {} : { "first published": firstPublished }),
      },
    });
  },
};
