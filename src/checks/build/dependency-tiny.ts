import { counted } from "../../core/counted.ts";
import { dependencyFinding, isNewDirect } from "../findings/dependency-finding.ts";
import { standardReplacement } from "../knowledge/standard-library.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-tiny";

/** What of the policy it judges by. */
interface TinyParameters {
  readonly lines: number;
}

/** A new direct dependency that is a few lines long. */
export const dependencyTiny: DependencyCheck<"change" | "contents", TinyParameters> = {
  id,
  title: "New dependencies of a few lines",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Counts the lines of code, without tests, comments and empty lines, in the archive of each npm and PyPI package that a change adds as a direct dependency. Reported below `dependencies.tinyPackageLines` of the policy, 30 by default. Not reported: packages with dependencies of their own, without any code (types, data), and those that `build/dependency-in-standard-library` reports. Severity: low.",
    why: "Each dependency is one more account that can be taken over and one more package that can be withdrawn, as `left-pad` was in 2016. Twelve lines are seldom worth that.",
    fix: "Write the lines yourself, or copy them with their license.",
    references: ["https://en.wikipedia.org/wiki/Npm_left-pad_incident"],
  },
  subject: "dependency",
  needs: { change: "partial", contents: "complete" },
  parameters: { lines: ({ dependencies }) => dependencies.tinyPackageLines },
  applies: ({ change, lines }) => lines > 0 && isNewDirect(change),
  *evaluate({ change, contents: { codeLines, files, bytes, dependencies }, lines }) {
    if (codeLines === 0 || codeLines >= lines || dependencies.length > 0) return;
    if (standardReplacement(change.type, change.name) !== undefined) return;
    yield dependencyFinding(id, change, {
      severity: "low",
      title: `is ${counted(codeLines, "line")} of code`,
      fix: `write the ${counted(codeLines, "line")} yourself, or copy them with their license`,
      evidence: { lines: String(codeLines), files: String(files), bytes: String(bytes) },
    });
  },
};
