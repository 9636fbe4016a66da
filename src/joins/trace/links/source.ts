import type { LinkFact, LinkParts, TraceSources } from "../model.ts";

const SOURCE = "org.opencontainers.image.source";
const REVISION = "org.opencontainers.image.revision";

/** Which commit of which repository it was built from. */
export function source({ scanned }: TraceSources): LinkParts {
  if ("gap" in scanned) return { facts: [], gaps: [scanned.gap] };
  const { labels } = scanned;
  const repository = labels[SOURCE];
  const revision = labels[REVISION];
  const labelled: LinkFact[] =
    repository === undefined && revision === undefined
      ? []
      : [
          {
            text: `${repository ?? "a repository that is not named"}${revision === undefined ? "" : ` at ${revision}`}`,
            state: "claimed",
            evidence: { label: repository === undefined ? REVISION : SOURCE },
          },
        ];
  return { facts: labelled, gaps: [] };
}
