/** What a decision comes to in the API server's words. */
import type { AdmissionAnswer } from "../../engines/admission/model.ts";
import { reasonText, refusalText } from "../../report/admission/refusal.ts";
import type { Decision, Outcome } from "./model.ts";
import { objectName } from "./unknown.ts";

/** Checks that an audit annotation names. */
const NAMED = 20;

/** RFC 1123, label. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** @param policyName - what `--policy` says elsewhere */
export function answerOf(
  { request, basis, reason, outcomes, patch, environment, policy, breakGlass }: Omit<Decision, "answer">,
  policyName: string | undefined,
): AdmissionAnswer {
  const by = (wanted: Outcome["action"]) => outcomes.filter(({ action }) => action === wanted);
  const denied = by("deny");
  const isPast = basis === "break-glass";
  const allowed = denied.length === 0 || isPast;
  const reproduce = [
    "bulkhead admission test FILE",
    ...(policyName === undefined ? [] : [`--policy ${policyName}`]),
    // Names of namespaces have no character that a shell acts on.
    ...(request.namespace === undefined || !NAME.test(request.namespace) ? [] : [`--namespace ${request.namespace}`]),
  ].join(" ");
  const shown = isPast ? [...denied, ...by("warn")] : by("warn");
  return {
    uid: request.uid,
    allowed,
    ...(allowed
      ? {}
      : {
          code: 403,
          message: refusalText({
            object: objectName(request),
            reasons: denied,
            reproduce,
            ...(breakGlass === undefined || breakGlass.outcome === "granted"
              ? {}
              : { note: `break-glass: ${breakGlass.outcome}: ${breakGlass.why}` }),
          }),
        }),
    ...(allowed && patch.length > 0 ? { patch } : {}),
    warnings: [
      ...(isPast ? [`bulkhead: admitted past the policy: ${reason}`] : []),
      ...shown.map((outcome) => `bulkhead: ${reasonText(outcome)}`),
    ],
    auditAnnotations: {
      decision: isPast ? "break-glass" : denied.length > 0 ? "deny" : basis === "exempt" ? "exempt" : "allow",
      policy,
      ...(environment === undefined ? {} : { environment }),
      ...annotation("denied", denied),
      ...annotation("warned", by("warn")),
      ...annotation("audited", by("audit")),
      ...(patch.length === 0 ? {} : { pinned: String(patch.filter(({ op }) => op === "replace").length) }),
    },
  };
}

function annotation(name: string, outcomes: readonly Outcome[]): Record<string, string> {
  const checks = [...new Set(outcomes.map(({ check }) => check))];
  return checks.length === 0 ? {} : { [name]: checks.slice(0, NAMED).join(",") };
}
