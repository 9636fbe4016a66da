/** Rules over what sensors and an API server tell, one sensor after the other: each alert at once, and again with its count. */
import type { Gap } from "../../../core/evidence.ts";
import { joinUsers } from "../../../engines/events/audit/exec-join.ts";
import type { AuditSink } from "../../../engines/events/audit/read.ts";
import { createSessionRequests } from "../../../engines/events/audit/session-requests.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { type AuditDetection, createAuditDetection } from "../../../engines/events/detect/audits.ts";
import { createCollapse } from "../../../engines/events/detect/collapse.ts";
import { createSyscallDetection, type SyscallDetection } from "../../../engines/events/detect/syscalls.ts";
import type { Alert, EventsRead } from "../../../engines/events/model.ts";
import type { SyscallSink } from "../../../engines/events/sink.ts";
import { assetOf } from "../../../evaluate/runtime/assets.ts";
import { type DetectedStream, evaluateDetections } from "../../../evaluate/runtime/detections.ts";
import type { Blind, LiveAlert, WatchCounts, WatchedFor } from "./model.ts";
import { blindAlert, lostAlert, sightedAlert } from "./own-alerts.ts";
import { distinctGaps, type ReadStream, together } from "./streams.ts";
import { createUserJoins } from "./user-joins.ts";

/** Seconds of silence after which the same thing is another alert. */
const WINDOW = 60;

export interface DetectingOptions {
  readonly watched: WatchedFor;
  /** In the place of what the sensor says of its host. */
  readonly hostname?: string;
  readonly now: () => Date;
  readonly blind?: Blind;
  onAlert(alert: LiveAlert): void;
  /** Each match, before repeats are collapsed. */
  onMatch?(alert: Alert): void;
  /** A container of which nothing is known. */
  containerSeen?(facts: ContainerFacts): void;
}

export interface Detecting {
  /** A sensor begins: what the one before knew of processes is over. Gets all that it tells. */
  begin(): SyscallSink;
  /** It is over, and nothing is seen until another begins. @param reason - undefined: it was asked to end */
  end(reason: string | undefined): void;
  readonly audits: AuditSink;
  known(facts: ContainerFacts, settled: boolean): void;
  /** Why what nobody told may still have happened. */
  gap(gap: Gap): void;
  /** @throws Error in one sentence where the rules cannot be set up: then the old ones stay */
  replace(watched: WatchedFor): void;
  /** Time goes on without events. */
  tick(): void;
  /** How many rules look at the events of each source. */
  rules(): { readonly syscall: number; readonly k8s_audit: number };
  counts(): WatchCounts;
  /** Tells the counts of the alerts that are open, and what was found in all. */
  finish(): readonly DetectedStream[];
}

export function createDetecting(options: DetectingOptions): Detecting {
  const { hostname, now, onAlert } = options;
  let { watched } = options;
  const closed: Alert[] = [];
  const requests = createSessionRequests();
  const collapse = createCollapse({
    windowSeconds: WINDOW,
    onOpened(alert) {
      const joined = joinUsers(alert, requests);
      joins.opened(joined);
      tell(joined, false);
    },
    onQuiet(alert, opened) {
      const joined = joinUsers(alert, requests);
      const isTold = joins.closed(alert) || joined.kubernetesUsers === undefined;
      if (alert.count > opened.count || !isTold) tell(joined, true);
    },
    onClosed: (alert) => closed.push(alert),
  });
  const joins = createUserJoins({ requests, onJoined: (alert) => tell(alert, true) });
  const add = (alert: Alert) => {
    options.onMatch?.(alert);
    collapse.add(alert);
  };
  const choice = () => ({ ...watched, wanted: new Set(watched.policy.runtime.optional) });
  let syscalls: SyscallDetection | undefined;
  let audits = newAudits();
  let pastSyscalls: ReadStream | undefined;
  let pastAudits: ReadStream | undefined;
  let host = hostname;
  let blind = 0;
  let blindSince: bigint | undefined;
  const gaps: Gap[] = [];
  if (options.blind !== undefined) {
    const { since, reason } = options.blind;
    host ??= options.blind.host;
    blind = 1;
    blindSince = since;
    add(blindAlert(host, since, reason));
  }

  function tell(alert: Alert, again: boolean): void {
    onAlert({ alert, asset: assetOf(alert.about).name, state: stateOf(alert), again });
  }

  function stateOf(alert: Alert): LiveAlert["state"] {
    const stream = { alerts: [alert], read: NOTHING, seen: [], gaps: [] };
    const { evaluations } = evaluateDetections([stream], { policy: watched.policy, now: now() });
    if (evaluations.some(({ findings }) => findings.some(({ overThreshold }) => overThreshold))) return "over";
    return evaluations.some(({ findings }) => findings.length > 0) ? "below" : "excepted";
  }

  const nanoseconds = () => BigInt(now().getTime()) * 1_000_000n;

  function newAudits(): AuditDetection {
    return createAuditDetection({ ...choice(), onAlert: add });
  }

  function readSyscalls(): ReadStream | undefined {
    if (syscalls === undefined) return undefined;
    return { read: syscalls.read(), seen: syscalls.seen(), gaps: withoutRules(syscalls.rules, "syscall") };
  }

  function readAudits(): ReadStream {
    const read = audits.read();
    const seen = [{ object: { resource: "requests" } }];
    return { read, seen, gaps: [] };
  }

  function endSyscalls(): void {
    const stream = readSyscalls();
    syscalls?.finish();
    syscalls = undefined;
    if (stream !== undefined) pastSyscalls = pastSyscalls === undefined ? stream : together(pastSyscalls, stream);
  }

  function allSyscalls(): ReadStream | undefined {
    const current = readSyscalls();
    if (pastSyscalls === undefined || current === undefined) return current ?? pastSyscalls;
    return together(pastSyscalls, current);
  }

  function allAudits(): ReadStream {
    return pastAudits === undefined ? readAudits() : together(pastAudits, readAudits());
  }

  return {
    begin() {
      endSyscalls();
      const { containerSeen } = options;
      syscalls = createSyscallDetection({
        ...choice(),
        ...(hostname === undefined ? {} : { hostname }),
        ...(containerSeen === undefined ? {} : { containerSeen }),
        onAlert: add,
      });
      if (blindSince !== undefined) {
        add(sightedAlert(host, blindSince, nanoseconds()));
        blindSince = undefined;
      }
      const { sink } = syscalls;
      return {
        ...sink,
        machine(facts) {
          sink.machine(facts);
          host = syscalls?.seen()[0]?.host ?? host;
        },
        lost(reason, count) {
          sink.lost(reason, count);
          add(lostAlert(host, nanoseconds(), count, reason));
        },
      };
    },
    end(reason) {
      endSyscalls();
      if (reason === undefined || blindSince !== undefined) return;
      blind += 1;
      blindSince = nanoseconds();
      add(blindAlert(host, blindSince, reason));
    },
    audits: {
      event(event) {
        requests.add(event);
        audits.sink.event(event);
        joins.look();
      },
      lost(reason, count, place) {
        audits.sink.lost(reason, count, place);
        add(lostAlert(host, nanoseconds(), count, reason));
      },
    },
    known: (facts, settled) => syscalls?.known(facts, settled),
    gap: (gap) => void gaps.push(gap),
    replace(next) {
      const before = watched;
      watched = next;
      try {
        const others = newAudits();
        syscalls?.replace(choice());
        pastAudits = allAudits();
        audits = others;
      } catch (error) {
        watched = before;
        throw error;
      }
    },
    tick() {
      syscalls?.tick(now().getTime());
      collapse.tick(nanoseconds());
    },
    rules: () => ({ syscall: syscalls?.rules ?? 0, k8s_audit: audits.rules }),
    counts() {
      const all = [allSyscalls(), allAudits()].filter((stream) => stream !== undefined);
      const { read } = all.reduce(together);
      const lost = Object.fromEntries(read.lost.map(({ reason, count }) => [reason, count]));
      return { events: read.events, evaluated: read.evaluated, lost, evicted: read.evicted, blind };
    },
    finish() {
      endSyscalls();
      collapse.finish();
      const blindness = blind === 0 ? [] : [blindGap(blind)];
      const own = distinctGaps([...gaps, ...blindness]);
      const found = allSyscalls();
      const streams: DetectedStream[] = [];
      const alerts = closed.map((alert) => joinUsers(alert, requests));
      if (found !== undefined) streams.push({ ...found, alerts, gaps: [...found.gaps, ...own] });
      const audited = allAudits();
      if (found === undefined) streams.push({ ...audited, alerts, gaps: [...audited.gaps, ...own] });
      else if (audited.read.events > 0 || audited.read.lost.length > 0) streams.push({ ...audited, alerts: [] });
      return streams;
    },
  };
}

const NOTHING: EventsRead = { events: 0, evaluated: 0, lost: [], evicted: {} };

function blindGap(times: number): Gap {
  return {
    code: "events.blind",
    reason: `no sensor was heard ${times === 1 ? "once" : `${times} times`}: what happened until one was back is not known`,
  };
}

/** Nothing found by nobody is no pass. */
function withoutRules(rules: number, source: string): Gap[] {
  if (rules > 0) return [];
  return [
    { code: "events.no-rules", reason: `no rule is about events of ${source}`, remedy: "name some: --rules FILE" },
  ];
}
