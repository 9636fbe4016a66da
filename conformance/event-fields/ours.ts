/** What Bulkhead shows of a capture's events, in the peer's form. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CaptureReader } from "../../src/engines/events/capture/read.ts";
import { typeName } from "../../src/engines/events/fields/evt.ts";
import { shownValue } from "../../src/engines/events/fields/shown.ts";
import { fieldsOf } from "../../src/engines/events/fields/sources.ts";
import { Machine } from "../../src/engines/events/state/machine.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { eventType } from "../../src/engines/events/types/table.ts";
import type { ShownCapture, ShownEvent } from "./peer.ts";

/** Parameters that events of many kinds have, and each ancestor that captures tell of. */
const WITH_ARGUMENTS = [
  ...["fd", "name", "res", "flags", "mode", "dirfd", "path", "addr", "tuple", "exe", "args", "tid", "ptid", "comm"].map(
    (name) => `evt.arg.${name}`,
  ),
  ...["name", "fd", "res", "flags", "size"].map((name) => `evt.rawarg.${name}`),
  ...["proc.aname", "proc.aexe", "proc.aexepath", "proc.acmdline", "proc.apid"].flatMap((name) =>
    [0, 1, 2, 3].map((index) => `${name}[${index}]`),
  ),
  ...["proc.args[0]", "proc.env[PATH]", "fd.types[0]", "fd.types[1]", "thread.cgroup.memory", "evt.type.is.open"],
];

/** Every field of system calls, as a rule would name it. */
export function comparedFields(): readonly string[] {
  const bare = fieldsOf("syscall").all.filter(({ argument }) => argument?.presence !== "required");
  return [...bare.map(({ name }) => name), ...WITH_ARGUMENTS];
}

export function shownByUs(capture: string, fields: readonly string[]): ShownCapture {
  const show = fields.map((text) => {
    const found = fieldsOf("syscall").find(text);
    if ("problem" in found) throw new Error(`${text}: ${found.problem}`);
    const extract = found.field.bind(found.argument);
    return { text, field: found.field, extract };
  });
  const events: ShownEvent[] = [];
  const machine = new Machine((event) => {
    const values = show.map(({ text, field, extract }): [string, string] => {
      const value = extract(event);
      return [text, value === undefined ? "<NA>" : shownValue(field, value)];
    });
    const name = event.code === codes.generic ? "syscall" : (eventType(event.code)?.name ?? typeName(event));
    if (event.code % 2 === 1) {
      events.push({ key: `${event.seconds}.${event.nanoseconds} ${event.tid} ${name}`, values: new Map(values) });
    }
  });
  const reader = new CaptureReader(capture, machine);
  const bytes = readFileSync(capture);
  reader.push(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  reader.end();
  return { fields, events };
}
