/** An alert of a match, made while the event is in hand. */
import { beginning } from "../beginning.ts";
import type { Step } from "../correlate/sequence.ts";
import type { CompiledRule } from "../falco/model.ts";
import type { Alert, AlertProcess, AlertSubject, ContainerSession } from "../model.ts";
import { severityOfPriority } from "../severity.ts";
import { cut } from "./about.ts";
import { bounds } from "./bounds.ts";
import { subjectOf } from "./subject.ts";

/** When it happened: seconds since 1970, and nanoseconds of that second. */
interface Timed {
  readonly seconds: number;
  readonly nanoseconds: number;
}

interface AlertMore {
  readonly process?: AlertProcess | undefined;
  /** What came before in a sequence. */
  readonly after?: readonly Step[] | undefined;
  readonly session?: ContainerSession | undefined;
}

export function alertOf<Event extends Timed>(
  rule: CompiledRule<Event>,
  event: Event,
  about: AlertSubject,
  { process, after = [], session }: AlertMore,
): Alert {
  const rendered = rule.render(event);
  const fields = shortened(rendered.fields);
  const time = BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds);
  const { extension, place, description } = rule;
  return {
    rule: rule.name,
    detector: "bulkhead",
    priority: rule.priority,
    severity: extension?.severity ?? severityOfPriority(rule.priority),
    source: rule.source,
    tags: [...new Set([...rule.tags, ...(extension?.attack ?? [])])],
    output: beginning(rendered.text, bounds.outputLength),
    fields,
    count: 1,
    first: time,
    last: time,
    about,
    subject: subjectOf(fields, process?.commandLine),
    ...(description === "" ? {} : { description }),
    ...(extension?.why === undefined ? {} : { why: extension.why }),
    ...(extension?.fix === undefined ? {} : { fix: extension.fix }),
    ...(after.length === 0 ? {} : { after: after.map(({ time: at, text }) => `${clock(at)} ${text}`) }),
    ...(process === undefined ? {} : { process }),
    ...(session === undefined ? {} : { session }),
    place,
  };
}

function shortened(fields: Readonly<Record<string, string | null>>): Record<string, string | null> {
  const short: Record<string, string | null> = {};
  for (const name in fields) {
    const value = fields[name] ?? null;
    short[name] = value === null ? null : cut(value);
  }
  return short;
}

/** `14:03:20.123`, UTC. @param time - milliseconds since 1970 */
function clock(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(11, 23);
}
