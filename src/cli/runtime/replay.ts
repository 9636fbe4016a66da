import { counted } from "../../core/counted.ts";
import { usageProblem } from "../../core/problem.ts";
import type { Report } from "../../core/report.ts";
import { alertView } from "../../guards/runtime/alert-view.ts";
import { outputDefaults } from "../../report/options.ts";
import { alertJson, alertSlack, alertSyslog } from "../../report/runtime/lines.ts";
import { renderAlerts } from "../../report/runtime/text.ts";
import type { AlertsView, AlertView } from "../../report/runtime/view.ts";
import { policyText } from "../../report/wording.ts";
import { type Replayed, replayEvents } from "../../scan/runtime.ts";
import { namedRules } from "../../scan/runtime-rules.ts";
import { type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { refuseBroken } from "./diagnostics-text.ts";
import { type Form, formsOf } from "./forms.ts";
import { gapLines, rulesNotes, statesIn } from "./found.ts";
import { type ProgramOptions, programsOf } from "./programs.ts";

export interface ReplayCommandOptions extends EvaluationOptions, ProgramOptions {
  readonly rules: readonly string[];
  readonly allMatching: boolean;
  readonly audit: readonly string[];
  readonly host?: string;
  readonly clusterUid?: string;
  /** Images that containers ran, and the Dockerfiles that they were built from. */
}

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
      const programs = await programsOf(options, context);
      replayed = await replayEvents(
        [...options.audit, ...events],
        {
          rules: loaded,
          matching: options.allMatching ? "all" : "first",
          ...(options.host === undefined ? {} : { hostname: options.host }),
          ...(programs === undefined ? {} : { programs }),
        },
        context,
      );
      context.onRelations(replayed.relations);
      const notes = rulesNotes(loaded, context.policy);
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
    { readsImages: options.image.length > 0 },
  );
}

/** As they were named, as long as that is one line. */
function subjectOf(events: readonly string[]): string {
  const [first = "", ...more] = events;
  return more.length === 0 ? first : `${first} and ${counted(more.length, "more file")}`;
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
    gaps: gapLines(replayed.gaps),
    notes: report.notes,
    policy: `policy ${policyText(report.policy)}`,
    exitCode: report.exitCode,
  };
  yield renderAlerts(view, { columns, color, all: options.all });
}
