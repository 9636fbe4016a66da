import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import type { Report } from "../../core/report.ts";
import { inOrder } from "../in-order.ts";
import { rowsOf } from "../json/known.ts";
import { itemByItem, jsonPieces, keyByKey } from "../json/pieces.ts";
import { baselineText, databaseText, enforcementText, loosenedKeys, loosenedText, policyText } from "../wording.ts";
import { limits } from "./limits.ts";
import { SOURCE_ROOT } from "./places.ts";
import { resultOf } from "./results.ts";
import { rulesOf } from "./rules.ts";
import { fitted, select } from "./selection.ts";

/**
 * The report as SARIF 2.1.0 (OASIS), one run. A check is a rule, and so is each advisory that was found. A finding is a
 * result of kind `fail`; one that an exception covers is suppressed with its justification; with a baseline each says
 * whether it is new (3.27.24); an evaluation without an answer is a result of kind `open`. What is passed is left out.
 * Files of the scanned directory are named from the root of its repository. A fix that is a change of files is a `fix`
 * (3.55). Of what GitHub does not take ({@link limits}) the worst is kept. In pieces; ends with a line break.
 *
 * @param onNote - told what was left out, one sentence without a full stop, before the last piece
 */
export function* renderSarif(report: Report, onNote: (text: string) => void = () => {}): Generator<string> {
  const { entries, left } = select(inOrder(report.evaluations));
  const rules = rulesOf(report.checks, entries);
  const ruleIndex = new Map(rules.map(({ id }, index) => [id, index]));
  const rowOf = rowsOf(report);
  const context = { root: report, ruleIndex, compared: report.baseline !== undefined, rowOf };
  const results = fitted(
    Iterator.from(entries).map((entry) => resultOf(entry, context)),
    rules,
  );
  const run = keyByKey({
    tool: keyByKey({
      driver: keyByKey({
        name: report.tool.name,
        version: report.tool.version,
        semanticVersion: report.tool.version,
        rules: rules.values(),
      }),
    }),
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: "The root of the repository." } } },
    results: results.items,
    // Behind the results, which are counted as they are written.
    invocations: invocation(),
  });
  const log = keyByKey({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run].values(),
  });
  yield* jsonPieces(log);
  yield "\n";

  function* invocation(): Generator<object> {
    const omitted = omissions(entries.length, left + results.left());
    for (const text of omitted) onNote(text);
    const warnings = omitted.map((text) => ({ level: "warning", message: { text } }));
    const notes = itemByItem(notices(report), (text) => ({ level: "note", message: { text } }));
    yield keyByKey({
      executionSuccessful: report.exitCode !== 2,
      exitCode: report.exitCode,
      startTimeUtc: report.startedAt,
      toolExecutionNotifications: chained(warnings, notes),
    });
  }
}

function* chained(...lists: readonly Iterable<unknown>[]): Generator<unknown> {
  for (const list of lists) yield* list;
}

/** @param selected - of how many the log was to be. @param left - how many are not in it */
function omissions(selected: number, left: number): string[] {
  if (left > 0) {
    return [
      `SARIF contains only the worst results: ${counted(left, "more result")} left out, as GitHub accepts ${limits.results} results and 10 MB (--format json has all)`,
    ];
  }
  if (selected <= limits.resultsShown) return [];
  return [`SARIF contains ${selected} results: GitHub shows the worst ${limits.resultsShown} of them`];
}

function* notices(report: Report): Generator<string> {
  const unenforced = enforcementText(report.evaluations);
  yield printable(`policy: ${policyText(report.policy)}`);
  for (const key of loosenedKeys(report.policy)) yield printable(loosenedText(key));
  for (const database of report.databases) yield printable(`database: ${databaseText(database)}`);
  if (unenforced !== undefined) yield printable(`enforcement: ${unenforced}`);
  if (report.baseline !== undefined) yield printable(`baseline: ${baselineText(report.baseline)}`);
  for (const note of report.notes) yield printable(note);
}
