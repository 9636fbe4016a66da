/**
 * Alerts of containers that nobody has told of yet: a runtime is asked when an event names a container, and answers later. Such an
 * alert waits for a while, and is then raised with what became known: its subject, and the fields of its output that were absent.
 */
import { beginning } from "../beginning.ts";
import { createLateJoin, type LateJoinCounts } from "../containers/join.ts";
import type { ContainerFacts } from "../containers/model.ts";
import { SyscallEvent } from "../event.ts";
import type { CollectedRule } from "../falco/model.ts";
import { ABSENT, type OutputPart, parseOutput } from "../falco/output.ts";
import type { Fields } from "../fields/registry.ts";
import type { Alert } from "../model.ts";
import { Descriptors, newBudget } from "../state/descriptors.ts";
import { Process, Thread } from "../state/thread.ts";
import { weightOf } from "../weight.ts";
import { aboutContainer, cut } from "./about.ts";
import { bounds } from "./bounds.ts";
import { isOperandOf, rendererOf } from "./render.ts";

export interface LateAlertsOptions {
  /** Those that outputs are filled in from. */
  readonly fields: Fields<SyscallEvent>;
  /** Milliseconds of the stream's own time. */
  readonly patienceMilliseconds: number;
  readonly onAlert: (alert: Alert) => void;
}

export interface LateAlerts {
  /**
   * Raises an alert, at once where all is known of its container that can be.
   *
   * @param container - of the event's thread
   * @param now - milliseconds of the stream's own time
   */
  add(alert: Alert, rule: CollectedRule, container: ContainerFacts | "host" | undefined, now: number): void;
  /** @param settled - false: its pod is still to be told of */
  known(facts: ContainerFacts, settled?: boolean): void;
  /** Raises those that have waited long enough. */
  expire(now: number): void;
  /** Raises all that wait, at the end of a stream. */
  finish(): void;
  readonly waiting: number;
  counts(): LateJoinCounts;
}

export function createLateAlerts({ fields, patienceMilliseconds, onAlert }: LateAlertsOptions): LateAlerts {
  const join = createLateJoin({ patienceMilliseconds, mostBytes: bounds.waitingBytes });
  const isKnown = isOperandOf(fields);
  const render = rendererOf(fields);

  function complete(alert: Alert, rule: CollectedRule, facts: ContainerFacts): Alert {
    const about = { ...alert.about, ...aboutContainer(facts) };
    const parsed = parseOutput(rule.output, isKnown);
    if (!("parts" in parsed)) return { ...alert, about };
    const missing = parsed.parts
      .filter((part) => typeof part !== "string")
      .filter(({ name }) => isMissing(alert, name));
    if (missing.length === 0) return { ...alert, about };
    const output = missing.map(({ name }) => `%${name}`).join(" ");
    const filled = { ...alert.fields };
    for (const [name, value] of Object.entries(render({ ...rule, output })(eventIn(facts)).fields)) {
      filled[name] = value === null ? null : cut(value);
    }
    return { ...alert, about, fields: filled, output: textOf(parsed.parts, filled) };
  }

  return {
    add(alert, rule, container, now) {
      if (container === undefined || container === "host" || container.details !== undefined) onAlert(alert);
      else {
        const say = (facts: ContainerFacts | undefined) =>
          onAlert(facts === undefined ? alert : complete(alert, rule, facts));
        join.wait(container.fullId, now, say, weightOf(alert));
      }
    },
    known: (facts, settled) => join.known(facts, settled),
    expire: (now) => void join.expire(now),
    finish: () => join.flush(),
    get waiting() {
      return join.waiting;
    },
    counts: () => join.counts(),
  };
}

/** Absent, and what a container's runtime or kubelet tells. */
function isMissing({ fields }: Alert, name: string): boolean {
  return fields[name] === null && /\b(?:container|k8s)\./.test(name);
}

/** Nothing happens in it: it is read for what its thread's container is. */
function eventIn(facts: ContainerFacts): SyscallEvent {
  const event = new SyscallEvent();
  event.thread = new Thread(0, new Process(0, new Descriptors(newBudget(0))));
  event.thread.container = facts;
  return event;
}

function textOf(parts: readonly OutputPart[], fields: Readonly<Record<string, string | null>>): string {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const shown = fields[part.name] ?? ABSENT;
    text += part.width === undefined ? shown : shown.slice(0, part.width).padEnd(part.width);
  }
  return beginning(text, bounds.outputLength);
}
