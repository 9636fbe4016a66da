/** What is known of a finding beside itself: of its package, and of the place that it is in. */
import type { Asset } from "../../core/asset.ts";
import {
  type AssetContext,
  answerText,
  type ContextAnswer,
  contextLookup,
  contextQuestions,
} from "../../core/context.ts";
import type { Finding, Loaded, Priority } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";

/** The row of a finding; undefined where nobody joined any. */
export type RowOf = (asset: Asset) => (finding: Finding) => object | undefined;

export function rowsOf({ contexts }: Report): RowOf {
  if (contexts === undefined) return () => () => undefined;
  const contextOf = contextLookup(contexts);
  return (asset) => (finding) => {
    const context = contextOf(asset, finding);
    return Object.fromEntries(contextQuestions.map((question) => [question, answerText(context[question])]));
  };
}

export function contextJson({ asset, exposed, reachable, runs, signed }: AssetContext): object {
  return {
    asset: { kind: asset.kind, id: asset.id },
    exposed: answerJson(exposed),
    reachable: answerJson(reachable),
    runs: answerJson(runs),
    signed: answerJson(signed),
  };
}

function answerJson({ answer, reason, observedAt, stale }: ContextAnswer): object {
  return { answer, reason, observedAt, stale };
}

export function loadedJson({ state, reason, observedAt, stale }: Loaded): object {
  return { state, reason, observedAt, stale };
}

export function priorityJson({ score, exploited, epss, mark, reasons }: Priority): object {
  return { score, exploited, epss, mark, reasons };
}
