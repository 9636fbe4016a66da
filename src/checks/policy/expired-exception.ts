import { type Exception, exceptionScope, isExpired } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { PolicyCheck } from "../subjects/policy.ts";

const id = "policy/expired-exception";

/** Its asset is the policy file. */
export const expiredException: PolicyCheck<"policy"> = {
  id,
  title: "Expired exceptions",
  layer: "policy",
  category: "configuration",
  controls: [2],
  severity: "high",
  documentation: {
    what: "Checks whether an exception of the policy is past its `expires` date. It takes nothing out of any verdict any more.",
    why:
      "An exception is a risk that somebody accepted until a day. After that day nobody has accepted it: what it named " +
      "counts again, and the entry that stays behind makes readers believe otherwise.",
    fix:
      "Fix what the exception names and remove it from the policy file. Where the risk has to be accepted for longer, " +
      "let its owner decide again, with today's reason, and set a new `expires` date.",
    references: [],
  },
  subject: "policy",
  needs: { policy: "partial" },
  looked: ({ policy: { exceptions } }) => ({ exceptions: String(exceptions.length) }),
  *evaluate({ policy }, now) {
    for (const exception of policy.exceptions) if (isExpired(exception, now)) yield expired(exception);
  },
};

function expired(exception: Exception): FindingDraft {
  const { source, owner, reason, expires } = exception;
  return {
    subject: `exception for ${exceptionScope(exception)}`,
    severity: "high",
    title: `Exception for ${shortScope(exception)} expired on ${expires}`,
    locations: [{ kind: "file", ...source }],
    matches: { ids: [id], path: source.path },
    fix: {
      kind: "instruction",
      text: `fix the finding and remove the exception, or have ${owner} review it and set a new date`,
    },
    evidence: { expires, owner, reason },
  };
}

/** One id stands for many: a title is one line. */
function shortScope(exception: Exception): string {
  const [first, ...more] = exception.ids;
  const ids = first === undefined || more.length === 0 ? exception.ids : [`${first} and ${more.length} more`];
  return exceptionScope({ ...exception, ids });
}
