/** Detection in a stream of system calls: a sink for its source, alerts out of it. */

import { bounds } from "../bounds.ts";
import { createByUse } from "../by-use.ts";
import { createLateJoin } from "../containers/join.ts";
import type { ContainerFacts } from "../containers/model.ts";
import type { KeyOf } from "../correlate/keys.ts";
import { syscallKey, textOf } from "../correlate/keys.ts";
import type { SyscallEvent } from "../event.ts";
import { compileRules } from "../falco/compile/compile.ts";
import { syscallSubject, syscallVocabulary } from "../falco/compile/sources.ts";
import type { CorrelationKey, LoadedRules, Matching } from "../falco/model.ts";
import { parseOutput } from "../falco/output.ts";
import { shownText } from "../fields/shown.ts";
import { fieldsOf } from "../fields/sources.ts";
import type { Alert, AlertSubject, EventsRead } from "../model.ts";
import { createContainerSessions } from "../sessions/container-sessions.ts";
import type { SyscallSink } from "../sink.ts";
import { Machine } from "../state/machine.ts";
import { aboutContainer, aboutEvent, processOf } from "./about.ts";
import { alertOf } from "./alert.ts";
import { readerOf } from "./fields.ts";
import { withFacts } from "./late.ts";
import { createMatches } from "./matches.ts";
import { planRules } from "./plan.ts";
import { rendererOf } from "./render.ts";

export interface DetectionOptions {
  readonly rules: Pick<LoadedRules, "rules" | "conditionOf">;
  readonly matching: Matching;
  /** Optional rules that are wanted, by name. */
  readonly wanted: ReadonlySet<string>;
  /** In the place of what the source says of itself. */
  readonly hostname?: string;
  readonly onAlert: (alert: Alert) => void;
}

export interface SyscallDetection {
  readonly sink: SyscallSink;
  /** How many rules look at the stream. */
  readonly rules: number;
  /** Says what waited for what is known of a container. Call it at the end. */
  finish(): void;
  /** What was read so far. */
  read(): EventsRead;
  /** The host and each container that was seen. */
  seen(): readonly AlertSubject[];
}

/** Milliseconds, of the events' own clock, that an alert waits until its container is known. */
const PATIENCE = 10_000;

function millisecondsOf({ seconds, nanoseconds }: SyscallEvent): number {
  return seconds * 1000 + nanoseconds / 1_000_000;
}

/** @throws Error in one sentence where a sequence or threshold asks for a field that there is not */
export function createSyscallDetection(options: DetectionOptions): SyscallDetection {
  const { rules, matching, hostname, onAlert } = options;
  const fields = fieldsOf("syscall");
  const plan = planRules(rules.rules, {
    source: "syscall",
    matching,
    wanted: options.wanted,
    conditionOf: rules.conditionOf,
  });
  const { detector } = compileRules(plan.rules, {
    ...syscallVocabulary(fields),
    subject: syscallSubject(fields),
    matching: plan.matching,
    render: rendererOf(fields),
  });
  const field = readerOf(fields);
  const sessions = createContainerSessions();
  const late = createLateJoin({ patienceMilliseconds: PATIENCE });
  const partsOf = ({ output }: { readonly output: string }) => {
    const parsed = parseOutput(output, (text) => !("problem" in fields.find(text)));
    return "parts" in parsed ? parsed.parts : [];
  };
  const matches = createMatches(
    detector,
    plan,
    matching,
    {
      timeOf: millisecondsOf,
      keyOf: (by: CorrelationKey): KeyOf<SyscallEvent> => syscallKey(by, field),
      field,
      textOf,
      describe: (event) => processOf(event)?.commandLine ?? "",
    },
    (rule, event, after) => {
      const session = event.thread === undefined ? undefined : sessions.of(event.thread);
      const alert = alertOf(rule, event, aboutEvent(event, hostname), { process: processOf(event), after, session });
      const container = event.thread?.container;
      if (typeof container !== "object" || container.details !== undefined) onAlert(alert);
      else {
        late.wait(container.id, millisecondsOf(event), (facts) =>
          onAlert(facts === undefined ? alert : withFacts(alert, facts, partsOf(rule), fields)),
        );
      }
    },
  );
  let evaluated = 0;
  let host: string | undefined = hostname;
  // By the id that rules see; those that are seen later know more.
  const containers = createByUse<ContainerFacts>();
  const see = (facts: ContainerFacts) => {
    containers.delete(facts.id);
    containers.add(facts.id, facts);
    const oldest = containers.size > bounds.containers ? containers.oldest() : undefined;
    if (oldest !== undefined) containers.delete(oldest.key);
  };
  const machine = new Machine(
    bounds,
    (event) => {
      sessions.event(event);
      if (late.waiting > 0) late.expire(millisecondsOf(event));
      if (!detector.wants(event.code)) return;
      evaluated++;
      matches.evaluate(event);
    },
    { containerSeen: see },
  );
  const sink: SyscallSink = {
    machine(facts) {
      if (hostname === undefined && facts.hostname !== undefined) host = shownText(facts.hostname);
      machine.machine(facts);
    },
    user: (user, container) => machine.user(user, container),
    group: (group, container) => machine.group(group, container),
    thread: (snapshot) => machine.thread(snapshot),
    descriptor: (tid, fd, descriptor) => machine.descriptor(tid, fd, descriptor),
    container(facts) {
      see(facts);
      machine.container(facts);
      late.known(facts);
    },
    event: (event) => machine.event(event),
    lost: (reason, count) => machine.lost(reason, count),
  };
  return {
    sink,
    rules: detector.rules.length,
    finish: () => late.flush(),
    read() {
      const { evicted, ...read } = machine.read;
      const keys = matches.evicted;
      return { ...read, evaluated, evicted: keys === 0 ? evicted : { ...evicted, "correlation keys": keys } };
    },
    seen: () => {
      const named = host === undefined || host === "" ? {} : { host };
      return [named, ...[...containers.values()].map((facts) => ({ ...named, ...aboutContainer(facts) }))];
    },
  };
}
