/** `admission test` as SARIF 2.1.0: each reason at the line of its field. What is unknown is a result of kind `open`. */
import { printable } from "../../core/printable.ts";
import { limits } from "../sarif/limits.ts";
import { reasonText } from "./reasons.ts";
import type { PlaceView, ReasonView, RequestView, TrialView } from "./trial-view.ts";

const LEVELS = { deny: "error", warn: "warning", audit: "note" } as const;

/** Ends with a line break. */
export function renderTrialSarif({ requests, unread, exitCode }: TrialView, version: string): string {
  const all = requests.flatMap((request) => request.reasons.map((reason) => ({ request, reason })));
  const shown = all.slice(0, limits.results);
  const ids = [...new Set(shown.map(({ reason }) => reason.check))].sort();
  const notes = [
    ...unread.map(({ place, reason }) => `not read: ${place}: ${reason}`),
    ...(shown.length < all.length ? [`${all.length - shown.length} more results are left out`] : []),
  ];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "bulkhead", version, semanticVersion: version, rules: ids.map((id) => ({ id, name: id })) },
        },
        columnKind: "utf16CodeUnits",
        results: shown.map(({ request, reason }) => resultOf(request, reason, ids)),
        invocations: [
          {
            executionSuccessful: true,
            exitCode,
            toolExecutionNotifications: notes.map((text) => ({ level: "warning", message: { text: printable(text) } })),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf({ object, place }: RequestView, reason: ReasonView, ids: readonly string[]) {
  const { check, verdict, action, fix, field = "" } = reason;
  const at = reason.place ?? place;
  const text = `${object}: ${reasonText(reason)}${fix === undefined ? "" : `. Fix: ${fix}`}`;
  return {
    ruleId: check,
    ruleIndex: ids.indexOf(check),
    ...(verdict === "unknown" ? { kind: "open", level: "none" } : { kind: "fail", level: LEVELS[action] }),
    message: { text: printable(text).slice(0, LONGEST) },
    locations: [
      {
        ...(at === undefined ? {} : { physicalLocation: physical(at) }),
        logicalLocations: [{ fullyQualifiedName: printable(`${object}${field === "" ? "" : `: ${field}`}`) }],
      },
    ],
    partialFingerprints: { "bulkheadAdmission/v1": [check, object, field].join("\n") },
  };
}

const LONGEST = 4_000;

function physical({ path, line = 1, column }: PlaceView) {
  return {
    artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/") },
    region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
  };
}
