/** One digest, traced: later layers add their links to the list. */
import { base } from "./links/base.ts";
import { build } from "./links/build.ts";
import { image } from "./links/image.ts";
import { runs } from "./links/runs.ts";
import { sbom } from "./links/sbom.ts";
import { secrets } from "./links/secrets.ts";
import { signatures } from "./links/signatures.ts";
import { source } from "./links/source.ts";
import { vulnerabilities } from "./links/vulnerabilities.ts";
import type { FactState, LinkParts, TraceLink, TraceSources } from "./model.ts";

/** In the order of an image's life. */
const links: Readonly<Record<string, (sources: TraceSources) => LinkParts>> = {
  image,
  source,
  build,
  base,
  sbom,
  vulnerabilities,
  secrets,
  signatures,
  runs,
};

export function traceImage(sources: TraceSources): TraceLink[] {
  return Object.entries(links).map(([name, read]) => {
    const { facts, gaps } = read(sources);
    return { name, facts, gaps, state: stateOf({ facts, gaps }) };
  });
}

const best: readonly FactState[] = ["verified", "observed", "claimed"];

/** What is known counts, though more may be unknown: the gaps are told beside it. */
function stateOf({ facts, gaps }: LinkParts): TraceLink["state"] {
  const known = best.find((state) => facts.some((fact) => fact.state === state));
  return known ?? (gaps.length > 0 ? "unknown" : "none");
}
