/** Events that were recorded, evaluated: captures, audit events, other detectors' alerts. */
import { detectionSubject } from "../checks/findings/detection-finding.ts";
import { type EventSinks, readEventFile } from "../collect/runtime/event-files.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { type Gap, gapOf } from "../core/evidence.ts";
import { isEvidenceProblem } from "../core/problem.ts";
import type { Relation } from "../core/relation.ts";
import type { AlertSink } from "../engines/events/alerts/read.ts";
import { joinUsers } from "../engines/events/audit/exec-join.ts";
import type { AuditSink } from "../engines/events/audit/read.ts";
import { createSessionRequests, type SessionRequests } from "../engines/events/audit/session-requests.ts";
import { createAuditDetection } from "../engines/events/detect/audits.ts";
import { createCollapse } from "../engines/events/detect/collapse.ts";
import { readings } from "../engines/events/detect/readings.ts";
import { createSyscallDetection } from "../engines/events/detect/syscalls.ts";
import type { LoadedRules, Matching } from "../engines/events/falco/model.ts";
import type { Alert, AlertProgram } from "../engines/events/model.ts";
import { assetOf } from "../evaluate/runtime/assets.ts";
import { type DetectedStream, evaluateDetections } from "../evaluate/runtime/detections.ts";
import type { ScanContext } from "./context.ts";

/** Seconds of silence after which the same thing is another alert. */
const WINDOW = 60;

export interface ReplayOptions {
  readonly rules: LoadedRules;
  readonly matching: Matching;
  /** In the place of what captures say of the host that they are of. */
  readonly hostname?: string;
  /** Tells of alerts what their images say of the programs that ran. */
  readonly programs?: ProgramLookup;
}

/** Undefined where nobody read the alert's image, or no program ran. */
export type ProgramLookup = (alert: Alert) => AlertProgram | undefined;

/** An alert, and how its finding is found among the evaluations. */
export interface ReplayedAlert {
  readonly alert: Alert;
  /** What the asset is called. */
  readonly asset: string;
  /** What its finding is about. */
  readonly finding: string;
}

export interface Replayed {
  readonly evaluations: Evaluation[];
  readonly relations: readonly Relation[];
  readonly alerts: readonly ReplayedAlert[];
  readonly events: number;
  readonly evaluated: number;
  /** Why there may have been more. */
  readonly gaps: readonly Gap[];
}

/**
 * @param names - paths, or `-`
 * @throws Problem (usage) where there is no such file; one that cannot be read is unknown
 */
export async function replayEvents(
  names: readonly string[],
  options: ReplayOptions,
  { policy, now, onProgress }: Pick<ScanContext, "policy" | "now" | "onProgress">,
): Promise<Replayed> {
  const streams: DetectedStream[] = [];
  const wanted = new Set(policy.runtime.optional);
  const requests = createSessionRequests();
  for (const name of names) {
    streams.push(
      ...(await replayFile(name, { ...options, wanted, requests }, (done, total) =>
        onProgress?.({ name, done, ...(total === undefined ? {} : { total }) }),
      )),
    );
  }
  // Whose sessions they were is known once all audit logs were read.
  const joined = streams.map((stream) => ({
    ...stream,
    alerts: stream.alerts.map((alert) => withProgram(joinUsers(alert, requests), options.programs)),
    ...(requests.evicted > 0 ? { gaps: [...stream.gaps, forgottenRequests(requests.evicted)] } : {}),
  }));
  const { evaluations, relations } = evaluateDetections(joined, { policy, now });
  return {
    evaluations,
    relations,
    alerts: joined
      .flatMap(({ alerts }) => alerts)
      .map((alert) => ({ alert, asset: assetOf(alert.about).name, finding: detectionSubject(alert) }))
      .sort(({ alert: a }, { alert: b }) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0)),
    events: streams.reduce((sum, { read }) => sum + read.events, 0),
    evaluated: streams.reduce((sum, { read }) => sum + read.evaluated, 0),
    gaps: evaluations.flatMap(({ gaps }) => gaps),
  };
}

/** The alert with whose its program is, where an image was named that has it. */
export function withProgram(alert: Alert, programs: ProgramLookup | undefined): Alert {
  const program = programs?.(alert);
  return program === undefined ? alert : { ...alert, program };
}

/** A file may hold events of several kinds: each is a stream of its own. */
async function replayFile(
  name: string,
  options: ReplayOptions & { readonly wanted: ReadonlySet<string>; readonly requests: SessionRequests },
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<DetectedStream[]> {
  const collected = { syscalls: collecting(), audits: collecting(), alerts: collecting() };
  const syscallsOf = lazily(() => createSyscallDetection({ ...options, onAlert: collected.syscalls.add }));
  const auditsOf = lazily(() => createAuditDetection({ ...options, onAlert: collected.audits.add }));
  const foreignOf = lazily(() => foreignAlerts(collected.alerts.add));
  const sinks: EventSinks = {
    syscalls: () => syscallsOf.get().sink,
    audits: () => alsoTo(options.requests, auditsOf.get().sink),
    alerts: () => foreignOf.get().sink,
  };
  const gaps: Gap[] = [];
  try {
    await readEventFile(name, sinks, onProgress);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    gaps.push(gapOf(error));
  }
  const { made: syscalls } = syscallsOf;
  const { made: audits } = auditsOf;
  const { made: foreign } = foreignOf;
  const streams: DetectedStream[] = [];
  if (syscalls !== undefined) {
    syscalls.finish();
    const read = syscalls.read();
    streams.push({
      ...collected.syscalls.finish(),
      read,
      seen: syscalls.seen(),
      gaps: [...gaps, ...withoutRules(syscalls.rules, "syscall")],
    });
  }
  if (audits !== undefined) {
    const seen = [{ object: { resource: "requests" } }];
    streams.push({
      ...collected.audits.finish(),
      read: audits.read(),
      seen,
      gaps: [...gaps, ...withoutRules(audits.rules, "k8s_audit")],
    });
  }
  if (foreign !== undefined) {
    streams.push({ ...collected.alerts.finish(), read: foreign.read(), seen: [], gaps: [...gaps, FOREIGN] });
  }
  if (streams.length === 0) {
    streams.push({ alerts: [], read: readings().read(), seen: [{ other: name }], gaps });
  }
  return streams;
}

/** Requests that open sessions are remembered beside what rules find in them. */
function alsoTo(requests: SessionRequests, sink: AuditSink): AuditSink {
  return {
    event(event) {
      requests.add(event);
      sink.event(event);
    },
    lost: (reason, count, place) => sink.lost(reason, count, place),
  };
}

function forgottenRequests(count: number): Gap {
  return { code: "events.evicted", reason: `${count} requests for sessions forgotten over their limit` };
}

/** Made when it is asked for. */
function lazily<Value>(make: () => Value): { get(): Value; readonly made: Value | undefined } {
  let made: Value | undefined;
  return {
    get() {
      made ??= make();
      return made;
    },
    get made() {
      return made;
    },
  };
}

function collecting() {
  const alerts: Alert[] = [];
  const collapse = createCollapse({ windowSeconds: WINDOW, onClosed: (alert) => alerts.push(alert) });
  return {
    add: (alert: Alert) => collapse.add(alert),
    finish: () => {
      collapse.finish();
      return { alerts };
    },
  };
}

/** Nothing found by nobody is no pass. */
function withoutRules(rules: number, source: string): Gap[] {
  if (rules > 0) return [];
  return [
    { code: "events.no-rules", reason: `no rule is about events of ${source}`, remedy: "name some: --rules FILE" },
  ];
}

const FOREIGN: Gap = {
  code: "events.foreign-alerts",
  reason: "what the other detector did not look for is not known",
};

function foreignAlerts(add: (alert: Alert) => void) {
  const counts = readings();
  const sink: AlertSink = {
    alert(alert) {
      counts.event(Number(alert.first / 1_000_000_000n), Number(alert.first % 1_000_000_000n));
      counts.evaluated();
      add(alert);
    },
    passed(_, __, count) {
      for (let one = 0; one < count; one++) counts.event(0, 0);
    },
    lost: (reason, count) => counts.lost(reason, count),
  };
  return { sink, read: () => counts.read() };
}
