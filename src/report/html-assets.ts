import { type Asset, assetTitle } from "../core/asset.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import { isPlainPass } from "../core/evaluations.ts";
import type { Report } from "../core/report.ts";
import { inOrder } from "./in-order.ts";
import { markupText } from "./markup.ts";
import { verdictText } from "./page.ts";
import { assetIdentity, baselinedText, gapText, scopeText, unknownText } from "./wording.ts";

interface Assessed {
  readonly asset: Asset;
  readonly counts: Record<Verdict, number>;
  /** What has something to tell. */
  readonly evaluations: Evaluation[];
  /** Checks that passed and have nothing to tell: the first of them by name, which is all that is held of them. */
  readonly passed: string[];
}

/** Assets that are written out, and evaluations of one: a page of every check of every workload would open in minutes. */
const MOST_ASSETS = 300;
const MOST_ROWS = 60;
/** Checks of one row that are named. */
const NAMED = 8;

/** What was assessed: an asset folded into its verdict, what its checks say below. Fails come first. */
export function* assetsMarkup({ evaluations }: Report): Generator<string> {
  const assets = new Map<string, Assessed>();
  for (const evaluation of inOrder(evaluations)) {
    const { asset, verdict, check } = evaluation;
    const key = JSON.stringify([asset.id, assetTitle(asset)]);
    const known = assets.get(key);
    const assessed = known ?? { asset, counts: { fail: 0, unknown: 0, pass: 0 }, evaluations: [], passed: [] };
    if (known === undefined) assets.set(key, assessed);
    assessed.counts[verdict]++;
    if (evaluation.scope !== undefined || !isPlainPass(evaluation)) assessed.evaluations.push(evaluation);
    else if (assessed.passed.length < NAMED) assessed.passed.push(check);
  }
  if (assets.size === 0) return;
  yield "<section>\n<h2>What was assessed</h2>\n";
  let count = 0;
  for (const assessed of assets.values()) {
    if (count++ === MOST_ASSETS) break;
    yield* assetMarkup(assessed);
  }
  const left = assets.size - MOST_ASSETS;
  if (left > 0) yield `<p>${counted(left, "more asset")}: --format json has all.</p>\n`;
  yield "</section>\n";
}

function* assetMarkup({ asset, counts, evaluations, passed }: Assessed): Generator<string> {
  const verdict = counts.fail > 0 ? "fail" : counts.unknown > 0 ? "unknown" : "pass";
  const parts = (["fail", "unknown", "pass"] as const)
    .filter((one) => counts[one] > 0)
    .map((one) => `${counts[one]} ${one}`);
  const identity = assetIdentity(asset);
  const title = identity === undefined ? assetTitle(asset) : `${assetTitle(asset)} (${identity})`;
  yield `<details><summary>${verdictMarkup(verdict)} ${markupText(title)} <span class="quiet">${parts.join(", ")}</span></summary>
<table class="stack"><thead><tr><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col">Why</th></tr></thead><tbody>
`;
  const rows = rowsOf(evaluations);
  for (const { evaluation, checks } of rows.slice(0, MOST_ROWS)) {
    yield `<tr><td>${verdictMarkup(evaluation.verdict)}</td><td>${markupText(checks)}</td><td>${reasonMarkup(evaluation)}</td></tr>\n`;
  }
  if (passed.length > 0) {
    const told = evaluations.filter((evaluation) => evaluation.verdict === "pass").length;
    yield `<tr><td>${verdictMarkup("pass")}</td><td>${markupText(checksText(passed, counts.pass - told))}</td><td>no findings</td></tr>\n`;
  }
  yield "</tbody></table>\n";
  if (rows.length > MOST_ROWS)
    yield `<p>${counted(rows.length - MOST_ROWS, "more evaluation")}: --format json has all.</p>\n`;
  yield "</details>\n";
}

interface AssetRow {
  readonly evaluation: Evaluation;
  readonly checks: string;
}

/** One cause is told once: checks that are unknown for one reason. */
function rowsOf(evaluations: readonly Evaluation[]): AssetRow[] {
  const groups = new Map<string, Evaluation[]>();
  for (const evaluation of evaluations) {
    const key = foldedBy(evaluation) ?? JSON.stringify([evaluation.check, evaluation.scope, groups.size]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [evaluation]);
    else group.push(evaluation);
  }
  return [...groups.values()].flatMap((group) => {
    const [evaluation] = group;
    if (evaluation === undefined) return [];
    const scope = scopeText(evaluation.scope);
    const one = scope === undefined ? evaluation.check : `${evaluation.check}, ${scope}`;
    return [
      {
        evaluation,
        checks:
          group.length === 1
            ? one
            : checksText(
                group.map(({ check }) => check),
                group.length,
              ),
      },
    ];
  });
}

/** @param names - the first of so many */
function checksText(names: readonly string[], count: number): string {
  const [only] = names;
  if (count === 1 && only !== undefined) return only;
  const shown = names.slice(0, NAMED);
  const more = count - shown.length;
  return `${count} checks: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function foldedBy(evaluation: Evaluation): string | undefined {
  const { verdict, scope, findings, excepted, baselined = [], action } = evaluation;
  if (verdict !== "unknown" || findings.length + excepted.length + baselined.length > 0) return undefined;
  return JSON.stringify([action, scopeText(scope), unknownText(evaluation)]);
}

function reasonMarkup(evaluation: Evaluation): string {
  const { reason, evidence, gaps, excepted } = evaluation;
  const looked = Object.entries(evidence).map(([what, found]) => `${what}: ${found}`);
  const baselined = baselinedText(evaluation);
  const lines = [
    ...(looked.length === 0 ? [] : [looked.join(" · ")]),
    ...(excepted.length === 0 ? [] : [`excepted: ${excepted.length}`]),
    ...(baselined === undefined ? [] : [`baselined: ${baselined}`]),
    ...gaps.map((gap) => `unknown: ${gapText(gap)}`),
  ];
  return markupText(reason) + lines.map((line) => `<div class="quiet">${markupText(line)}</div>`).join("");
}

export function verdictMarkup(verdict: Verdict): string {
  return `<span class="verdict ${verdict}">${verdictText(verdict)}</span>`;
}
