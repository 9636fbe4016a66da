import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert } from "../../../engines/events/model.ts";
import { readResponseRequest, responseRequestOf, writeResponseRequest } from "./request.ts";

const alert: Alert = {
  rule: "Reverse shell",
  detector: "bulkhead",
  priority: "CRITICAL",
  severity: "critical",
  source: "syscall",
  tags: ["T1059"],
  output: "a shell",
  fields: {},
  count: 1,
  first: 1_700_000_000_000_000_001n,
  last: 1_700_000_000_000_000_001n,
  about: { host: "node-1", container: { id: "a".repeat(64) } },
  subject: "sh",
  process: { pid: 4711, name: "sh", path: "/bin/sh", commandLine: "sh -i", ancestors: [] },
};

test("an alert becomes a line, and the line the same request again", () => {
  const request = responseRequestOf(alert);
  const line = writeResponseRequest(request);
  assert.ok(!line.includes("\n"));
  assert.deepEqual(readResponseRequest(line), request);
  assert.deepEqual(request, {
    rule: "Reverse shell",
    priority: "CRITICAL",
    tags: ["T1059"],
    time: 1_700_000_000_000_000_001n,
    container: "a".repeat(64),
    process: { pid: 4711, name: "sh", path: "/bin/sh" },
  });
});

test("what is no such line is refused: nothing in it is guessed at", () => {
  const good = JSON.parse(writeResponseRequest(responseRequestOf(alert)));
  const bad: object[] = [
    { rule: 1 },
    { rule: "x".repeat(5_000) },
    { priority: "WORST" },
    { tags: "T1059" },
    { tags: [1] },
    { tags: Array.from({ length: 101 }, () => "t") },
    { time: 5 },
    { time: "-1" },
    { time: "1".repeat(21) },
    { container: "../../etc" },
    { container: "a\nb" },
    { process: 4711 },
    { process: { pid: 1, name: "init" } },
    { process: { pid: -9, name: "all" } },
    { process: { pid: 4_294_967_297, name: "sh" } },
    { process: { pid: "4711 before:0 9", name: "sh" } },
    { process: { pid: 4711 } },
    { process: { pid: 4711, name: "sh", path: 1 } },
  ];
  for (const change of bad)
    assert.equal(readResponseRequest(JSON.stringify({ ...good, ...change })), undefined, JSON.stringify(change));
  for (const line of ["", "null", "[]", "{", "{}"]) assert.equal(readResponseRequest(line), undefined, line);
});
