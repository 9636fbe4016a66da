import { counted } from "../../core/counted.ts";
import type { Policy } from "../../core/policy.ts";
import { usageProblem } from "../../core/problem.ts";
import type { Report } from "../../core/report.ts";
import { outputDefaults } from "../../report/options.ts";
import { alertJson, alertSlack, alertSyslog } from "../../report/runtime/lines.ts";
import { renderAlerts } from "../../report/runtime/text.ts";
import type { AlertsView, AlertView } from "../../report/runtime/view.ts";
import { policyText } from "../../report/wording.ts";
import { type Replayed, replayEvents } from "../../scan/runtime.ts";
import { namedRules } from "../../scan/runtime-rules.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { alertView } from "./alert-view.ts";
import { refuseBroken } from "./diagnostics-text.ts";

export interface ReplayCommandOptions extends EvaluationOptions {
  readonly rules: readonly string[];
  readonly allMatching: boolean;
  readonly audit: readonly string[];
  readonly host?: string;
  readonly clusterUid?: string;
}

/** Forms of alerts, beside those of reports. */
const forms = ["text", "alerts", "syslog", "slack"] as const;
type Form = (typeof forms)[number];

/** `bulkhead runtime replay EVENTS…` */
export async function runtimeReplay(events: readonly string[], options: ReplayCommandOptions): Promise<number> {
  if (events.filter((name) => name === "-").length > 1) throw usageProblem("-", "standard input is read once");
  const { own, reports } = formsOf(options.format);
  const root = process.cwd();
  let replayed: Replayed | undefined;
  return await runEvaluation(
    root,
    { ...options, format: reports },
    async (context) => {
      const { loaded } = await namedRules(options.rules, context.policy, root);
      refuseBroken(loaded);
      const { warnings } = loaded;
      replayed = await replayEvents(
        [...options.audit, ...events],
        {
          rules: loaded,
          matching: options.allMatching ? "all" : "first",
          ...(options.host === undefined ? {} : { hostname: options.host }),
        },
        context,
      );
      context.onRelations(replayed.relations);
      const notes = [
        ...optionalNotes(loaded.rules, context.policy),
        ...(warnings.length === 0
          ? []
          : [`${counted(warnings.length, "warning")} about the rules: see \`bulkhead runtime rules check\``]),
      ];
      return {
        subject: subjectOf(events),
        evaluations: replayed.evaluations,
        notes,
        ...(options.clusterUid === undefined
          ? {}
          : { cluster: { name: "cluster", authority: { kind: "cluster" as const, uid: options.clusterUid } } }),
        ...(own === undefined
          ? {}
          : { instead: (report: Report) => shown(own, report, replayed as Replayed, options) }),
      };
    },
    { readsImages: false },
  );
}

/** As they were named, as long as that is one line. */
function subjectOf(events: readonly string[]): string {
  const [first = "", ...more] = events;
  return more.length === 0 ? first : `${first} and ${counted(more.length, "more file")}`;
}

function optionalNotes(
  rules: readonly { readonly name: string; readonly extension?: { readonly optional?: boolean } }[],
  policy: Policy,
): string[] {
  const wanted = new Set(policy.runtime.optional);
  const left = rules.filter(({ name, extension }) => extension?.optional === true && !wanted.has(name)).length;
  return left === 0
    ? []
    : [`${counted(left, "optional rule")} not loaded: name them in \`runtime.optional\` of the policy`];
}

/** What goes to standard output is one form, of alerts or of a report. @throws Problem (usage) */
function formsOf(written: readonly string[]): { readonly own: Form | undefined; readonly reports: readonly string[] } {
  const isOwn = (text: string) => (forms as readonly string[]).includes(text.split("=", 1)[0] ?? "");
  const reports = written.filter((text) => !isOwn(text));
  const ours = written.filter(isOwn);
  const inFile = ours.find((text) => text.includes("="));
  if (inFile !== undefined) {
    throw usageProblem(`--format ${inFile}`, "alerts go to standard output", "redirect it: > alerts.jsonl");
  }
  if (ours.length > 1 || (ours.length === 1 && reports.some((text) => !text.includes("=")))) {
    throw usageProblem(
      "--format",
      "only one format can go to stdout",
      "write the others to files: --format sarif=FILE",
    );
  }
  const [form] = ours;
  const toOutput = form ?? (reports.every((text) => text.includes("=")) ? "text" : undefined);
  return { own: toOutput as Form | undefined, reports };
}

function* shown(form: Form, report: Report, replayed: Replayed, options: ReplayCommandOptions): Generator<string> {
  const stateOf = statesIn(report);
  const views = function* (): Generator<AlertView> {
    for (const { alert, asset, finding } of replayed.alerts) yield alertView(alert, asset, stateOf(asset, finding));
  };
  if (form !== "text") {
    const line = { alerts: alertJson, syslog: alertSyslog, slack: alertSlack }[form];
    for (const view of views()) {
      if (options.all || view.state === "over" || view.state === "below") yield `${line(view)}\n`;
    }
    return;
  }
  const { columns, color } = outputDefaults(process.stdout, process.env);
  const view: AlertsView = {
    subject: report.subject,
    alerts: [...views()],
    events: replayed.events,
    evaluated: replayed.evaluated,
    gaps: [
      ...new Set(replayed.gaps.map(({ reason, remedy }) => (remedy === undefined ? reason : `${reason} (${remedy})`))),
    ],
    notes: report.notes,
    policy: `policy ${policyText(report.policy)}`,
    exitCode: report.exitCode,
  };
  yield renderAlerts(view, { columns, color, all: options.all });
}

/** What became of each finding, by its asset's name and what it is about. */
function statesIn({ evaluations }: Report): (asset: string, finding: string) => AlertView["state"] {
  const states = new Map<string, AlertView["state"]>();
  for (const { asset, findings, excepted, baselined = [] } of evaluations) {
    const put = (subject: string, state: AlertView["state"]) => states.set(`${asset.name}\n${subject}`, state);
    for (const { subject, overThreshold } of findings) put(subject, overThreshold ? "over" : "below");
    for (const { finding } of excepted) put(finding.subject, "excepted");
    for (const { finding } of baselined) put(finding.subject, "baselined");
  }
  return (asset, finding) => states.get(`${asset}\n${finding}`) ?? "below";
}
