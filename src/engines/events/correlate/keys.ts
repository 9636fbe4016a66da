/** By what events are joined (`falco/model.ts`, CorrelationKey), as texts. Undefined: the event has no such key, and joins nothing. */
import { hash } from "node:crypto";
import type { SyscallEvent } from "../event.ts";
import type { CorrelationKey } from "../falco/model.ts";
import type { Extract, Value } from "../fields/field.ts";
import type { Thread } from "../state/thread.ts";
import { bounds } from "./bounds.ts";

export type KeyOf<Event> = (event: Event) => string | undefined;

/** Finds how a field is read, by its name as a condition writes it. @throws Error in one sentence where there is none */
export type FieldReader<Event> = (name: string) => Extract<Event>;

/** @throws Error in one sentence where the key names a field that there is not */
export function syscallKey(by: CorrelationKey, fields: FieldReader<SyscallEvent>): KeyOf<SyscallEvent> {
  if (typeof by !== "string") return fieldsKey(by, fields);
  switch (by) {
    case "container":
      return ({ thread }) => (thread === undefined ? undefined : containerOf(thread));
    case "process-tree":
      return ({ thread }) =>
        thread === undefined ? undefined : `${containerOf(thread)} ${treeOf(thread).process.pid}`;
    case "process":
      return ({ thread }) => (thread === undefined ? undefined : String(thread.process.pid));
    case "user":
      return ({ thread }) => (thread === undefined ? undefined : `${containerOf(thread)} ${userOf(thread)}`);
    case "host":
      return () => "";
  }
}

/** Of a source without processes: its fields, or everything together. @throws Error in one sentence, as {@link syscallKey} */
export function plainKey<Event>(by: CorrelationKey, fields: FieldReader<Event>, userField: string): KeyOf<Event> {
  if (typeof by !== "string") return fieldsKey(by, fields);
  if (by === "user") return fieldsKey([userField], fields);
  if (by === "host") return () => "";
  throw new Error(`events of this source have no ${by}`);
}

function fieldsKey<Event>(names: readonly string[], fields: FieldReader<Event>): KeyOf<Event> {
  const readers = names.map((name) => fields(name));
  return (event) => {
    let key = "";
    for (const read of readers) {
      const value = read(event);
      // What is absent is equal to nothing.
      if (value === undefined) return undefined;
      const text = textOf(value);
      key += `${text.length}:${text}`;
    }
    return key;
  };
}

/** A value as a text that is equal where the values are. */
export function textOf(value: Value): string {
  const text = typeof value === "string" ? value : typeof value === "object" ? value.join("\0") : String(value);
  return text.length <= bounds.valueLength ? text : hash("sha256", text);
}

function containerOf({ container }: Thread): string {
  return container === undefined || container === "host" ? "host" : container.id;
}

/** Who logged in, else whom it runs as: `su` and `sudo` make nobody another. */
function userOf({ loginUid, uid }: Thread): string {
  return loginUid === undefined ? `uid ${uid}` : `login ${loginUid}`;
}

/**
 * The root of its tree: the topmost process of the same container, so that what `kubectl exec` started is a tree of its own; on the
 * host the one below the first process.
 */
function treeOf(thread: Thread): Thread {
  let top = thread.leader;
  for (let depth = 0; depth < bounds.treeDepth; depth++) {
    const { parent } = top;
    if (parent === undefined || parent.process.pid <= 1 || containerOf(parent) !== containerOf(thread)) break;
    top = parent.leader;
  }
  return top;
}
