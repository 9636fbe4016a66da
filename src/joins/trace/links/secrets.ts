import { counted } from "../../../core/counted.ts";
import { failedChecks } from "../failed.ts";
import type { LinkParts, TraceSources } from "../model.ts";

const CHECK = "image/embedded-secret";

/** Whether there are secrets in its layers, its history or its configuration. */
export function secrets({ scanned }: TraceSources): LinkParts {
  if ("gap" in scanned) return { facts: [], gaps: [scanned.gap] };
  const own = scanned.evaluations.filter(({ check }) => check === CHECK);
  if (own.length === 0) return { facts: [], gaps: [{ code: "trace.secrets", reason: "secrets were not looked for" }] };
  return {
    facts: own
      .filter(({ verdict, findings }) => verdict !== "unknown" || findings.length > 0)
      .map(({ findings, evidence, observedAt }) => ({
        text: findings.length === 0 ? "no secrets found" : `${counted(findings.length, "secret")} found`,
        state: "observed",
        evidence: { scanned: observedAt.slice(0, 10), ...evidence },
      })),
    gaps: own.flatMap(({ gaps }) => gaps),
    breaks: failedChecks(own, "secret"),
  };
}
