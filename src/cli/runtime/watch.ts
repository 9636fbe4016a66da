/** `runtime watch`: alerts while they happen, and what was found in all at the end. */

import { readClock } from "../../core/clock.ts";
import type { Policy } from "../../core/policy.ts";
import type { Report } from "../../core/report.ts";
import { alertView } from "../../guards/runtime/alert-view.ts";
import type { SensorPlace } from "../../guards/runtime/model.ts";
import { type Found, foundIn } from "../../guards/runtime/watch/found.ts";
import { type Started, type StartOptions, startHere } from "../../guards/runtime/watch/here.ts";
import type { RunSettings } from "../../guards/runtime/watch/run.ts";
import { supervise } from "../../guards/runtime/watch/supervise.ts";
import { outputDefaults } from "../../report/options.ts";
import { renderEnd } from "../../report/runtime/text.ts";
import { policyText } from "../../report/wording.ts";
import { withProgram } from "../../scan/runtime.ts";
import { namedRules } from "../../scan/runtime-rules.ts";
import { openLineSink } from "../../scan/serving/line-sink.ts";
import { type EvaluationContext, runEvaluation } from "../evaluation.ts";
import { collectStart } from "../heap.ts";
import { listenToSignals, tell } from "../serving.ts";
import { refuseBroken } from "./diagnostics-text.ts";
import { type Form, formsOf } from "./forms.ts";
import { gapLines, rulesNotes, statesIn } from "./found.ts";
import { podsOf } from "./pods-of.ts";
import { programsOf } from "./programs.ts";
import {
  auditOf,
  commandsOf,
  durationOf,
  outputsOf,
  policyOutputs,
  sensorPlaceOf,
  statusOf,
  userAndGroup,
  type WatchCommandOptions,
} from "./watch-options.ts";
import { type Renewal, renewing } from "./watch-renewal.ts";
import { WORKER } from "./worker-name.ts";

/** `bulkhead runtime watch`: until SIGTERM, SIGINT or --duration; the exit code is that of what was found. */
export async function runtimeWatch(options: WatchCommandOptions): Promise<number> {
  const { own, reports } = formsOf(options.format);
  const root = process.cwd();
  // What is wrong with options is said before anything begins.
  const place = sensorPlaceOf(options);
  const settings = settingsOf(options, own);
  const duration = durationOf(options);
  return await runEvaluation(
    root,
    { ...options, format: reports },
    async (context) => {
      const { policy } = context;
      const { files, notes } = await rulesFor(options.rules, policy, root);
      const matching = options.allMatching ? ("all" as const) : ("first" as const);
      const pods = podsOf(podOptions(options));
      const programs = await programsOf(options, context);
      const start = userOf(options, place);
      const started = await start({
        settings: {
          ...settings,
          outputs: [...settings.outputs, ...policyOutputs(policy)],
          lookedFor: { files, policy, matching },
        },
        ...(place === undefined ? {} : { place }),
        ...(options.containers ? { containers: { root: options.root, ...(pods === undefined ? {} : { pods }) } } : {}),
        now: () => (options.now === undefined ? readClock() : context.now),
        isFixed: options.now !== undefined,
        journal: options.journal,
        lines,
        onEvent: tell,
      });
      collectStart();
      const renewal = renewing(started, options, root, { files, policy, matching });
      const streams = (await untilEnd(started, renewal, duration)).map((stream) => ({
        ...stream,
        alerts: stream.alerts.map((alert) => withProgram(alert, programs)),
      }));
      const found = foundIn(streams, context);
      context.onRelations(found.relations);
      return {
        subject: found.host ?? options.host ?? "this host",
        evaluations: found.evaluations,
        notes,
        ...(options.clusterUid === undefined
          ? {}
          : { cluster: { name: "cluster", authority: { kind: "cluster" as const, uid: options.clusterUid } } }),
        ...(own === undefined ? {} : { instead: (report: Report) => shownEnd(own, report, found, context) }),
      };
    },
    { readsImages: options.image.length > 0 },
  );
}

/** Their texts, and what is to be said of them; they themselves are the other process's. */
async function rulesFor(names: readonly string[], policy: Policy, root: string) {
  const { loaded, files } = await namedRules(names, policy, root);
  refuseBroken(loaded);
  return { files, notes: rulesNotes(loaded, policy) };
}

/** In two processes where this one has rights that rules must not have. */
function userOf(
  { user }: WatchCommandOptions,
  place: SensorPlace | undefined,
): (options: StartOptions) => Promise<Started> {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || place?.kind === "socket") return startHere;
  const to = userAndGroup(user);
  return async (options) =>
    await supervise({ ...options, user: to, words: [process.argv[1] ?? "", "runtime", WORKER] });
}

function settingsOf(options: WatchCommandOptions, own: Form | undefined): Omit<RunSettings, "lookedFor"> {
  const [audit, status] = [auditOf(options), statusOf(options)];
  const { columns, color } = outputDefaults(process.stdout, process.env);
  const outputs = outputsOf(options);
  return {
    ...(options.host === undefined ? {} : { hostname: options.host }),
    outputs: own === undefined ? outputs : [{ kind: "stdout", form: own }, ...outputs],
    page: { columns, color },
    ...(audit === undefined ? {} : { audit }),
    ...(status === undefined ? {} : { status }),
    commands: commandsOf(options),
  };
}

function podOptions({ kubeletTokenFile, tokenFile: _, ...rest }: WatchCommandOptions) {
  return { ...rest, ...(kubeletTokenFile === undefined ? {} : { tokenFile: kubeletTokenFile }) };
}

function lines(path: string, fileBytes: number | undefined) {
  const limit = fileBytes === undefined ? {} : { fileBytes };
  return openLineSink({ path, ...limit, onProblem: (problem) => tell(problem.line()) });
}

/** @param seconds - after which it ends by itself */
async function untilEnd(started: Started, renewal: Renewal, seconds: number | undefined): ReturnType<Started["stop"]> {
  const { audit, status } = started.ports;
  const ports = [
    ...(audit === undefined ? [] : [`audit events on port ${audit}`]),
    ...(status === undefined ? [] : [`health and metrics on port ${status}`]),
  ];
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = seconds === undefined ? undefined : setTimeout(resolve, seconds * 1_000);
  const give = listenToSignals({
    ends: "ends after what the sensor has left",
    async stop() {
      resolve();
    },
    async reload() {
      started.reopen();
      await renewal.now();
    },
  });
  // Whoever reads it may send a signal at once.
  tell(["watches", ...ports].join(", "));
  await Promise.race([promise, started.failed]);
  clearTimeout(timer);
  renewal.stop();
  const streams = await started.stop();
  give();
  return streams;
}

/** What is said of all, on standard output where alerts were told as text there; else beside it. */
function* shownEnd(
  form: Form,
  report: Report,
  found: Found,
  { policy }: Pick<EvaluationContext, "policy">,
): Generator<string> {
  const stateOf = statesIn(report);
  const stream = form === "text" ? process.stdout : process.stderr;
  const { columns, color } = outputDefaults(stream, process.env);
  const gaps = [...report.evaluations].flatMap((evaluation) => evaluation.gaps);
  const view = {
    subject: report.subject,
    alerts: found.alerts.map(({ alert, asset, finding }) => alertView(alert, asset, stateOf(asset, finding))),
    events: found.events,
    evaluated: found.evaluated,
    gaps: gapLines(gaps),
    notes: report.notes,
    policy: `policy ${policyText(policy.origin)}`,
    exitCode: report.exitCode,
  };
  const text = renderEnd(view, { columns, color, all: false });
  if (form === "text") yield text;
  else process.stderr.write(text);
}
