import type { LinkFact, LinkParts, TraceSources } from "../model.ts";

/** What the reference came to: the index with its images, or the image. */
export function image({ image: { subject, children, resolvedAt, reference }, scanned }: TraceSources): LinkParts {
  const resolved: LinkFact = {
    text: children.length === 0 ? subject.digest : `index ${subject.digest} of ${children.length} images`,
    state: "observed",
    evidence: { reference, at: resolvedAt },
  };
  if ("gap" in scanned) return { facts: [resolved], gaps: [scanned.gap] };
  const { configDigest, manifestDigest, platform, created } = scanned;
  const read: LinkFact = {
    text: `${platform === undefined ? "image" : platform} ${manifestDigest ?? configDigest}`,
    state: "observed",
    evidence: { config: configDigest, ...(created === undefined ? {} : { created }) },
  };
  return { facts: [resolved, read], gaps: [] };
}
