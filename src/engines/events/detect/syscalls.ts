/** Detection in a stream of system calls: a sink for its source, alerts out of it. */

import { bounds } from "../bounds.ts";
import { createByUse } from "../by-use.ts";
import type { ContainerFacts } from "../containers/model.ts";
import type { KeyOf } from "../correlate/keys.ts";
import { syscallKey, textOf } from "../correlate/keys.ts";
import type { Step } from "../correlate/sequence.ts";
import type { SyscallEvent } from "../event.ts";
import { compileRules } from "../falco/compile/compile.ts";
import { syscallSubject, syscallVocabulary } from "../falco/compile/sources.ts";
import type { CompiledRule, CorrelationKey, LoadedRules, Matching } from "../falco/model.ts";
import { fieldsOf } from "../fields/sources.ts";
import type { Alert, AlertSubject, EventsRead } from "../model.ts";
import { createContainerSessions } from "../sessions/container-sessions.ts";
import type { SyscallSink } from "../sink.ts";
import { Machine } from "../state/machine.ts";
import { weightOf } from "../weight.ts";
import { aboutContainer, aboutEvent, processOf, shownName } from "./about.ts";
import { alertOf } from "./alert.ts";
import { bounds as ownBounds } from "./bounds.ts";
import { readerOf } from "./fields.ts";
import { createLateAlerts } from "./late.ts";
import { createMatches } from "./matches.ts";
import { planRules } from "./plan.ts";
import { readings } from "./readings.ts";
import { rendererOf } from "./render.ts";

export interface DetectionOptions {
  readonly rules: Pick<LoadedRules, "rules" | "conditionOf">;
  readonly matching: Matching;
  /** Optional rules that are wanted, by name. */
  readonly wanted: ReadonlySet<string>;
  /** In the place of what the source says of itself. */
  readonly hostname?: string;
  /** Milliseconds of the stream's own time that an alert waits for what is told of its container later. */
  readonly patienceMilliseconds?: number;
  /** Hears of each container of which no details are known: who can asks its runtime, and tells the sink. */
  readonly containerSeen?: (facts: ContainerFacts) => void;
  readonly onAlert: (alert: Alert) => void;
}

/** The rules of a choice, compiled, for several streams. */
export type PreparedSyscallRules = ReturnType<typeof prepareSyscallRules>;

/** A runtime writes a container down before it starts it, and a kubelet tells of it seconds later. */
const PATIENCE = 5_000;

/** What is looked for. */
export type RuleChoice = Pick<DetectionOptions, "rules" | "matching" | "wanted">;

export interface SyscallDetection {
  readonly sink: SyscallSink;
  /** How many rules look at the stream. */
  readonly rules: number;
  /**
   * From the next event on other rules look at the stream. What is known of processes stays; sequences and counts begin anew.
   *
   * @throws Error as {@link createSyscallDetection} does: then the old ones stay
   */
  replace(choice: RuleChoice): void;
  /** What became known of a container. @param settled - false: its pod is still to be told of */
  known(facts: ContainerFacts, settled: boolean): void;
  /** Time goes on without events: raises what has waited long enough. @param now - milliseconds of the stream's own time */
  tick(now: number): void;
  /** Raises what waits for what is told of its container, at the end of the stream. */
  finish(): void;
  /** What was read so far. */
  read(): EventsRead;
  /** The host and each container that was seen. */
  seen(): readonly AlertSubject[];
}

/**
 * @param prepared - of the same choice, where several streams are read
 * @throws Error in one sentence where a sequence or threshold asks for a field that there is not
 */
export function createSyscallDetection(options: DetectionOptions, prepared?: PreparedSyscallRules): SyscallDetection {
  const { hostname, onAlert } = options;
  const fields = fieldsOf("syscall");
  const sessions = createContainerSessions();
  const { patienceMilliseconds = PATIENCE } = options;
  const late = createLateAlerts({ fields, patienceMilliseconds, onAlert });
  const look = (choice: PreparedSyscallRules) =>
    matching(choice, (rule, event, after) => {
      const session = event.thread === undefined ? undefined : sessions.of(event.thread);
      const alert = alertOf(rule, event, aboutEvent(event, hostname), { process: processOf(event), after, session });
      late.add(alert, rule, event.thread?.container, timeOf(event));
    });
  let { detector, matches } = look(prepared ?? prepareSyscallRules(options));
  /** Keys of rules that were replaced, forgotten over a bound. */
  let evictedBefore = 0;
  const counts = readings();
  let host: string | undefined = hostname;
  // By the id that rules see; those that are seen later know more.
  const containers = createByUse<ReturnType<typeof aboutContainer>>();
  let seenBytes = 0;
  let forgotten = 0;
  const forget = (id: string) => {
    const about = containers.peek(id);
    if (about === undefined) return;
    containers.delete(id);
    seenBytes -= weightOf(about);
  };
  const see = (facts: ContainerFacts) => {
    const about = aboutContainer(facts);
    forget(facts.id);
    containers.add(facts.id, about);
    seenBytes += weightOf(about);
    while (containers.size > bounds.containers || seenBytes > ownBounds.seenBytes) {
      forgotten += 1;
      forget(containers.oldest()?.key ?? "");
    }
  };
  const machine = new Machine(
    (event) => {
      counts.event(event.seconds, event.nanoseconds);
      sessions.event(event);
      if (late.waiting > 0) late.expire(timeOf(event));
      if (!detector.wants(event.code)) return;
      counts.evaluated();
      matches.evaluate(event);
    },
    {
      containerSeen(facts) {
        see(facts);
        options.containerSeen?.(facts);
      },
    },
  );
  function known(facts: ContainerFacts, settled: boolean): void {
    see(facts);
    machine.container(facts);
    late.known(facts, settled);
  }

  const sink: SyscallSink = {
    machine(facts) {
      if (hostname === undefined && facts.hostname !== undefined) host = shownName(facts.hostname);
      machine.machine(facts);
    },
    user: (user, container) => machine.user(user, container),
    group: (group, container) => machine.group(group, container),
    thread: (snapshot) => machine.thread(snapshot),
    descriptor: (tid, fd, descriptor) => machine.descriptor(tid, fd, descriptor),
    container: (facts) => known(facts, true),
    event: (event) => machine.event(event),
    lost(reason, count) {
      counts.lost(reason, count);
      machine.lost(reason, count);
    },
  };
  return {
    sink,
    get rules() {
      return detector.rules.length;
    },
    replace(choice) {
      const next = look(prepareSyscallRules(choice));
      evictedBefore += matches.evicted;
      ({ detector, matches } = next);
    },
    known,
    tick(now) {
      if (late.waiting > 0) late.expire(now);
    },
    finish: () => late.finish(),
    read() {
      const evicted = evictedBefore + matches.evicted;
      return counts.read({
        ...machine.evicted,
        ...(evicted === 0 ? {} : { "correlation keys": evicted }),
        ...(forgotten === 0 ? {} : { "containers that were seen": forgotten }),
      });
    },
    seen: () => {
      const named = host === undefined || host === "" ? {} : { host };
      return [named, ...[...containers.values()].map((about) => ({ ...named, ...about }))];
    },
  };
}

type OnMatch = (rule: CompiledRule<SyscallEvent>, event: SyscallEvent, after?: readonly Step[]) => void;

export function prepareSyscallRules({ rules, matching, wanted }: RuleChoice) {
  const fields = fieldsOf("syscall");
  const plan = planRules(rules.rules, { source: "syscall", matching, wanted, conditionOf: rules.conditionOf });
  const { another } = compileRules(plan.rules, {
    ...syscallVocabulary(fields),
    subject: syscallSubject(fields),
    matching: plan.matching,
    render: rendererOf(fields),
  });
  return { plan, matching, another };
}

function matching({ plan, matching, another }: PreparedSyscallRules, onMatch: OnMatch) {
  const detector = another();
  const field = readerOf(fieldsOf("syscall"));
  const source = {
    timeOf,
    keyOf: (by: CorrelationKey): KeyOf<SyscallEvent> => syscallKey(by, field),
    field,
    textOf,
    describe: (event: SyscallEvent) => processOf(event)?.commandLine ?? "",
  };
  return { detector, matches: createMatches(detector, plan, matching, source, onMatch) };
}

/** Milliseconds since 1970. */
function timeOf({ seconds, nanoseconds }: SyscallEvent): number {
  return seconds * 1000 + nanoseconds / 1_000_000;
}
