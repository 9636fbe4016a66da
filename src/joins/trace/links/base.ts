import type { LinkParts, TraceSources } from "../model.ts";

/** What it is built on, as its layers, its configuration or known bases tell. */
export function base({ scanned }: TraceSources): LinkParts {
  if ("gap" in scanned) return { facts: [], gaps: [scanned.gap] };
  const builtFrom = scanned.relations.filter(({ type }) => type === "builtFrom");
  return {
    facts: builtFrom.map(({ to, evidence }) => ({ text: to.name, state: "observed", evidence })),
    gaps:
      builtFrom.length > 0
        ? builtFrom.flatMap(({ gaps }) => gaps)
        : [{ code: "trace.base", reason: "the base image was not recognized", remedy: "run `bulkhead image base`" }],
  };
}
