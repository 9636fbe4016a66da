import { shortDigest } from "../../../core/digest.ts";
import { failedChecks } from "../failed.ts";
import type { CurrentBase, LinkBreak, LinkFact, LinkParts, TraceSources } from "../model.ts";

/** What finds that an image is not what a build of today would be, or on a base that the policy does not accept. */
const CHECKS: ReadonlySet<string> = new Set(["image/pending-updates", "image/base-not-accepted", "image/end-of-life"]);

/** What it is built on, as its layers, its configuration or known bases tell; and whether that is stale. */
export function base({ scanned }: TraceSources): LinkParts {
  if ("gap" in scanned) return { facts: [], gaps: [scanned.gap] };
  const builtFrom = scanned.relations.filter(({ type }) => type === "builtFrom");
  const { currentBase, evaluations, created } = scanned;
  const dated: Record<string, string> = created === undefined ? {} : { built: created };
  const facts = builtFrom.map(
    ({ to, evidence, observedAt }): LinkFact => ({
      text: to.name,
      state: "observed",
      evidence: { ...evidence, ...dated, seen: observedAt },
    }),
  );
  const current = currentBase === undefined ? NOTHING : currentParts(currentBase);
  const failed = failedChecks(
    evaluations.filter(({ check }) => CHECKS.has(check)),
    "configuration",
  );
  return {
    facts: [...facts, ...current.facts],
    gaps: [
      ...(builtFrom.length > 0
        ? builtFrom.flatMap(({ gaps }) => gaps)
        : [{ code: "trace.base", reason: "the base image was not recognized", remedy: "run `bulkhead image base`" }]),
      ...current.gaps,
    ],
    breaks: [...current.breaks, ...failed],
  };
}

type Parts = LinkParts & { readonly breaks: readonly LinkBreak[] };

const NOTHING: Parts = { facts: [], gaps: [], breaks: [] };

function currentParts(current: CurrentBase): Parts {
  const { name, stated } = current;
  if ("gap" in current) return { ...NOTHING, gaps: [current.gap] };
  const { now, at } = current;
  if (now.includes(stated)) {
    const evidence = { states: stated, at };
    return { ...NOTHING, facts: [{ text: `${name} is still that base`, state: "observed", evidence }] };
  }
  return {
    ...NOTHING,
    breaks: [
      {
        reason: `its base is stale: ${name} was ${shortDigest(stated)} and is ${shortDigest(now[0] ?? "")} now`,
        evidence: { states: stated, now: now.join(", "), at },
        fix: "build it again on the base of today, and schedule that: bulkhead image base --automate",
        check: { id: "image/pending-updates", category: "configuration" },
      },
    ],
  };
}
