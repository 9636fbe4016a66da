import { exceptionScope } from "../../core/exception.ts";
import type { PolicyCheck } from "../subjects/policy.ts";

const id = "policy/unused-exception";

/** Its asset is the policy file; the facts are of one run. */
export const unusedException: PolicyCheck<"allUses"> = {
  id,
  title: "Unused exceptions",
  layer: "policy",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Checks whether an exception of the policy is in force and named no finding of this run, although what it could name was evaluated. It is said of an exception only where that is certain: at least one asset that it names was evaluated by a check that could have such a finding, and none of these answers was partial. A scan of one named image speaks only for exceptions that name just that asset; `bulkhead check` speaks also for those that name none, once it has evaluated an image. It cannot know of images that were not part of the run.",
    why: "What it was for has been fixed or has gone, or it is misspelt and never worked. Left behind, it waits to hide the vulnerability when it comes back, and readers take it for a risk that is still there.",
    fix: "Remove it. Where it should have named something, compare its id, package, path and asset with the finding.",
    references: [],
  },
  subject: "policy",
  needs: { allUses: "partial" },
  looked: ({ allUses }) => ({
    "exceptions in force": String(allUses.length),
    used: String(allUses.filter(({ findings }) => findings > 0).length),
    "not judged": String(allUses.filter(({ judged }) => !judged).length),
  }),
  *evaluate({ allUses }) {
    for (const { exception, findings, judged } of allUses) {
      if (!judged || findings > 0) continue;
      const { source, owner, reason, expires } = exception;
      yield {
        subject: `unused exception for ${exceptionScope(exception)}`,
        severity: "low",
        title: `Exception for ${exceptionScope(exception)} matches no finding`,
        locations: [{ kind: "file", ...source }],
        matches: { ids: [id], path: source.path },
        fix: { kind: "instruction", text: "remove the exception, or correct its scope" },
        evidence: { expires, owner, reason },
      };
    }
  },
};
