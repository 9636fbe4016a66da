import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCondition } from "../parse.ts";
import { unknownEventType } from "./event-names.ts";
import { type EventTypes, oneType } from "./event-types.ts";

const types: EventTypes = {
  codes: [1],
  live: [1],
  codesOf: (name) => (name === "open" ? [1] : []),
  nameOf: () => "open",
};
const messageOf = (text: string) => unknownEventType(parseCondition(text), types)?.message;

test("types of events are known by name, wherever a condition names them", () => {
  assert.equal(messageOf("evt.type=open and not evt.type in (open)"), undefined);
  assert.equal(messageOf("proc.name=x or not (evt.type in (open, opn))"), "unknown event type opn");
  assert.equal(messageOf("evt.type != opn"), "unknown event type opn");
  assert.equal(messageOf("evt.type startswith op and evt.type exists and proc.name=opn"), undefined);
  assert.deepEqual(unknownEventType(parseCondition("a and evt.type=opn"), types)?.at, 6);
  assert.equal(unknownEventType(parseCondition("evt.type=opn"), oneType), undefined);
});
