/** Fields of every event, whatever source it is of. */
import type { EventSource } from "../model.ts";
import type { Extract, Field, FieldScope, FieldType, Value } from "./field.ts";
import { byteString } from "./shown.ts";
import {
  clock,
  clockSeconds,
  dateAndClock,
  dateAndSeconds,
  iso8601,
  nanosecondsInSecond,
  padded,
  type Timed,
  timeOf,
} from "./time.ts";

/** What every event has. */
export interface Numbered extends Timed {
  /** Counted from 1 in its stream. */
  readonly number: number;
  readonly stamp: number;
}

/** What the source tells beyond its events; each absent where nothing does. */
export interface SourceOf<Event> {
  readonly source: EventSource;
  readonly plugin?: string;
  hostname(event: Event): string | undefined;
  /** When the stream's first event happened, in nanoseconds since 1970. */
  firstTime(event: Event): bigint | undefined;
}

const showPadded = (value: Value): string => padded(value as number | bigint);

/** `evt.num`, `evt.time…`, `evt.source`, `evt.hostname`… for one source. */
export function anySourceFields<Event extends Numbered>(of: SourceOf<Event>): Field<Event>[] {
  const field = (
    name: string,
    type: FieldType,
    scope: FieldScope,
    description: string,
    extract: Extract<Event>,
    more: Partial<Field<Event>> = {},
  ): Field<Event> => ({ name, source: "any", type, scope, description, bind: () => extract, ...more });
  const sinceFirst = (event: Event): bigint | undefined => {
    const first = of.firstTime(event);
    return first === undefined ? undefined : timeOf(event) - first;
  };
  const relative =
    (read: (since: bigint) => bigint): Extract<Event> =>
    (event) => {
      const since = sinceFirst(event);
      return since === undefined ? undefined : read(since);
    };
  const source = byteString(of.source);
  return [
    field("evt.num", "number", "event", "Number of the event in its stream, from 1", (event) => event.number),
    field("evt.time", "text", "event", "Time of day with nanoseconds, UTC: `14:03:22.000000001`", clock),
    field("evt.time.s", "text", "event", "Time of day, UTC: `14:03:22`", clockSeconds),
    field("evt.time.iso8601", "text", "event", "Date and time, UTC: `2026-11-28T14:03:22.000000001+0000`", iso8601),
    field("evt.datetime", "text", "event", "Date and time, UTC: `2026-11-28 14:03:22.000000001`", dateAndClock),
    field("evt.datetime.s", "text", "event", "Date and time, UTC: `2026-11-28 14:03:22`", dateAndSeconds),
    field("evt.outputtime", "text", "event", "Time as outputs begin with it: `evt.time`", clock, { outputOnly: true }),
    field("evt.rawtime", "big", "event", "Nanoseconds since 1970", timeOf),
    field("evt.rawtime.s", "number", "event", "Whole seconds since 1970", (event) => event.seconds),
    field("evt.rawtime.ns", "number", "event", "Nanoseconds in the second", (event) => event.nanoseconds, {
      show: showPadded,
    }),
    field("evt.reltime", "big", "event", "Nanoseconds since the first event", sinceFirst, { show: showPadded }),
    field(
      "evt.reltime.s",
      "big",
      "event",
      "Whole seconds since the first event",
      relative((since) => since / nanosecondsInSecond),
    ),
    field(
      "evt.reltime.ns",
      "big",
      "event",
      "Nanoseconds since the first event in the last of the seconds",
      relative((since) => since % nanosecondsInSecond),
      {
        show: showPadded,
      },
    ),
    deltaField("evt.deltatime", "Nanoseconds since the event for which it was asked before", (delta) => delta),
    deltaField("evt.deltatime.s", "Whole seconds of `evt.deltatime`", (delta) => delta / nanosecondsInSecond),
    deltaField(
      "evt.deltatime.ns",
      "Nanoseconds of `evt.deltatime` in the last of the seconds",
      (delta) => delta % nanosecondsInSecond,
      { show: showPadded },
    ),
    field("evt.source", "text", "constant", "Source of the event: `syscall`, `k8s_audit`", () => source),
    field("evt.hostname", "text", "event", "Name of the host", (event) => of.hostname(event)),
    field(
      "evt.pluginname",
      "text",
      "constant",
      "Falco's plugin that tells such events; absent for system calls",
      () => of.plugin,
    ),
    field("evt.plugininfo", "text", "constant", "Summary by Falco's plugin: never there", () => undefined),
  ];
}

/** From the event before, as far as this field was asked: each place in a rule remembers for itself. */
function deltaField<Event extends Numbered>(
  name: string,
  description: string,
  read: (delta: bigint) => bigint,
  more: Partial<Field<Event>> = {},
): Field<Event> {
  return {
    name,
    source: "any",
    type: "big",
    scope: "event",
    description,
    bind() {
      let stamp = -1;
      let last: bigint | undefined;
      let delta = 0n;
      return (event) => {
        if (event.stamp !== stamp) {
          const now = timeOf(event);
          delta = last === undefined ? 0n : now - last;
          last = now;
          stamp = event.stamp;
        }
        return read(delta);
      };
    },
    ...more,
  };
}
