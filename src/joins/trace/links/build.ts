import type { LinkParts, TraceSources } from "../model.ts";

/** Who built it, and how. */
export function build(_sources: TraceSources): LinkParts {
  return { facts: [], gaps: [] };
}
