import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds } from "./bounds.ts";
import { subjectOf } from "./subject.ts";

test("a subject is the command line and what it was done to", () => {
  const fields = { "evt.type": "openat", "proc.pid": "42", "user.name": "root", "fd.name": "/etc/shadow" };
  assert.equal(subjectOf(fields, "python3 a.py"), "python3 a.py → /etc/shadow");
  assert.equal(subjectOf(fields, "cat /etc/shadow"), "cat /etc/shadow");
  assert.equal(subjectOf({ "ka.user.name": "alice", "ka.target.name": "web" }), "alice web");
});

test("times, process ids and the ports of clients are no part of it", () => {
  const one = { "evt.time": "14:03:22", "fd.name": "10.0.0.1:50312->10.0.0.2:443", "fd.cport": "50312" };
  const other = { "evt.time": "14:03:29", "fd.name": "10.0.0.1:50999->10.0.0.2:443", "fd.cport": "50999" };
  assert.equal(subjectOf(one, "cat /proc/41/environ"), subjectOf(other, "cat /proc/977/environ"));
  assert.notEqual(subjectOf(one, "curl"), subjectOf({ ...one, "fd.name": "10.0.0.1:50312->10.0.0.2:444" }, "curl"));
});

test("what is cut off still tells a subject from another", () => {
  const long = "a".repeat(bounds.fieldLength);
  assert.notEqual(subjectOf({}, `${long} one`), subjectOf({}, `${long} two`));
  assert.ok(subjectOf({}, `${long} one`).length < bounds.fieldLength + 32);
});
