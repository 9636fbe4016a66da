/** One digest through its life, link by link. Pure. */
import { actionsUnder } from "../../core/enforcement.ts";
import type { GateEnforcement } from "../../core/gate-enforcement.ts";
import type { Policy } from "../../core/policy.ts";
import { admission } from "./links/admission.ts";
import { base } from "./links/base.ts";
import { behavior } from "./links/behavior.ts";
import { build } from "./links/build.ts";
import { image } from "./links/image.ts";
import { loaded } from "./links/loaded.ts";
import { push } from "./links/push.ts";
import { reach } from "./links/reach.ts";
import { runs } from "./links/runs.ts";
import { sbom } from "./links/sbom.ts";
import { secrets } from "./links/secrets.ts";
import { signatures } from "./links/signatures.ts";
import { source } from "./links/source.ts";
import { vulnerabilities } from "./links/vulnerabilities.ts";
import type { FactState, LinkBreak, LinkParts, TraceLink, TraceSources } from "./model.ts";
import { ruleAsking } from "./requirements.ts";

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
  push,
  admission,
  runs,
  reach,
  behavior,
  loaded,
};

export function traceImage(sources: TraceSources): TraceLink[] {
  return Object.entries(links).map(([name, read]) => {
    const { facts, gaps, breaks = [] } = read(sources);
    const requiredBy = requirement(name, sources);
    const state = breaks.length > 0 ? "broken" : stateOf({ facts, gaps });
    return { name, facts, gaps, breaks, state, ...(requiredBy === undefined ? {} : { requiredBy }) };
  });
}

const best: readonly FactState[] = ["verified", "observed", "claimed"];

/** What is known counts, though more may be unknown: the gaps are told beside it. */
function stateOf({ facts, gaps }: LinkParts): FactState | "none" | "unknown" {
  const known = best.find((state) => facts.some((fact) => fact.state === state));
  return known ?? (gaps.length > 0 ? "unknown" : "none");
}

/** What of the policy asks for a link. */
function requirement(link: string, sources: TraceSources): string | undefined {
  const { admission: admitting, registry } = sources.policy.enforcement;
  if (link === "push") return enforcedAt("enforcement.registry.push", registry.push);
  if (link === "admission") return enforcedAt("enforcement.admission", admitting);
  return ruleAsking(sources, link);
}

/** Undefined: the policy says nothing of the gate, and what holds is a default that nobody chose. */
function enforcedAt(key: string, { statedAt = {}, namespaces, atLeast }: GateEnforcement): string | undefined {
  const [place] = Object.values(statedAt);
  if (place !== undefined) return `${key} (${place.path}:${place.line})`;
  return Object.keys(namespaces).length > 0 || atLeast.length > 0 ? key : undefined;
}

export interface TraceConclusion {
  /** The first link in the order of the image's life that is broken. */
  readonly firstBroken?: { readonly link: string; readonly broken: LinkBreak };
  /** Links of which it is not known whether they hold. */
  readonly unknown: readonly string[];
  /**
   * 1: a link is broken, by what the policy denies (`enforcement.ci`). 3: none is, and a link is unknown that the policy asks for,
   * or that could not be read though somebody wanted it read.
   */
  readonly exitCode: 0 | 1 | 3;
}

export function concludeTrace(traced: readonly TraceLink[], policy: Pick<Policy, "enforcement">): TraceConclusion {
  const actionOf = actionsUnder(policy.enforcement.ci);
  const [first] = traced.flatMap(({ name: link, breaks: [broken] }) =>
    broken === undefined ? [] : [{ link, broken }],
  );
  const denied = traced.some(({ breaks }) =>
    breaks.some(({ check }) => check === undefined || actionOf(check) === "deny"),
  );
  const unknown = traced.filter(({ state }) => state === "unknown");
  const wanted = unknown.some(
    ({ requiredBy, gaps }) => requiredBy !== undefined || gaps.some(({ code }) => !NOT_ASKED.has(code)),
  );
  return {
    ...(first === undefined ? {} : { firstBroken: first }),
    unknown: unknown.map(({ name }) => name),
    exitCode: denied ? 1 : wanted ? 3 : 0,
  };
}

/** Codes of gaps where nobody was told to look. */
const NOT_ASKED: ReadonlySet<string> = new Set([
  "trace.places",
  "trace.push-log",
  "trace.admission-log",
  "trace.detector-log",
  "trace.learned",
  "trace.secrets",
  "trace.base",
  "trace.base-elsewhere",
]);
