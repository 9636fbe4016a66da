/** What is known of one digest through its life; no text of it is escaped yet. */
import type { GapView } from "./verify-view.ts";

export interface TraceView {
  readonly tool: { readonly name: string; readonly version: string };
  /** As asked. */
  readonly reference: string;
  /** `registry.example.com/shop/api@sha256:…`. */
  readonly resolved: string;
  /** ISO 8601, UTC. */
  readonly resolvedAt: string;
  /** Whose rules decide what is verified. */
  readonly rules: string;
  /** In the order of an image's life. */
  readonly links: readonly LinkView[];
  /** The first of them that is broken. */
  readonly firstBroken?: { readonly link: string; readonly broken: BreakView };
  /** Names of links of which it is not known whether they hold. */
  readonly unknown: readonly string[];
  readonly exitCode: 0 | 1 | 3;
  readonly notes: readonly string[];
}

export interface LinkView {
  /** `source`, `build`, `base`… */
  readonly name: string;
  /**
   * `broken`: something says the opposite. `verified`: signed by somebody whom the rules accept. `observed`: read from the image, a
   * log or a cluster by this run. `claimed`: said by somebody for whom nobody vouches. `none`: looked for, and there is none.
   * `unknown`: not read, or not all of it.
   */
  readonly state: LinkState;
  readonly facts: readonly LinkFactView[];
  readonly breaks: readonly BreakView[];
  readonly gaps: readonly GapView[];
  /** What of the policy asks for it: `trust.images[0] (bulkhead.yaml:31)`. */
  readonly requiredBy?: string;
}

export type LinkState = "broken" | "verified" | "observed" | "claimed" | "none" | "unknown";

export interface LinkFactView {
  /** One phrase. */
  readonly text: string;
  readonly state: "verified" | "observed" | "claimed";
  /** What says so, name to text in the order to show it. */
  readonly evidence: Readonly<Record<string, string>>;
}

/** What contradicts a link. */
export interface BreakView {
  readonly reason: string;
  readonly evidence: Readonly<Record<string, string>>;
  /** A verb first. */
  readonly fix?: string;
}

export const stateMarks = { broken: "✗", verified: "✓", observed: "✓", claimed: "·", none: "-", unknown: "?" } as const;

/** What each link is called for people; another is called by its name. */
export const linkTitles: Readonly<Record<string, string>> = {
  image: "Image",
  source: "Commit",
  build: "Workflow and builder",
  base: "Base",
  sbom: "SBOM",
  vulnerabilities: "Vulnerability scan",
  secrets: "Secrets",
  signatures: "Signatures",
  push: "Push",
  admission: "Admission",
  runs: "Where it runs",
  reach: "What reaches it",
  behavior: "What it did",
  loaded: "What is loaded",
};

/** One sentence without a full stop. */
export function conclusionText({ firstBroken, unknown }: TraceView): string {
  if (firstBroken !== undefined) {
    const { link, broken } = firstBroken;
    const fix = broken.fix === undefined ? "" : ` (fix: ${broken.fix})`;
    return `first broken link: ${link}: ${broken.reason}${fix}`;
  }
  return `no link is broken${unknown.length === 0 ? "" : `; unknown: ${unknown.join(", ")}`}`;
}

/** What a link comes to, for a line of a picture: what breaks it, what is known first, or why nothing is. */
export function briefOf({ state, breaks, facts, gaps }: LinkView): string {
  const [broken] = breaks;
  if (broken !== undefined) return broken.reason;
  const best = facts.find((fact) => fact.state === state) ?? facts[0];
  return best?.text ?? gaps[0]?.reason ?? "none";
}
