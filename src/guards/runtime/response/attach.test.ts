import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Policy } from "../../../core/policy.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { Alert } from "../../../engines/events/model.ts";
import { attachResponses, type ResponsesOptions } from "./attach.ts";
import { readJournal } from "./journal.ts";
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

const facts: ContainerFacts = {
  id: "a".repeat(12),
  fullId: "a".repeat(64),
  runtime: "podman",
  details: { name: "api", image: "", mounts: [], labels: {} },
};

const on: Policy = {
  ...defaultPolicy,
  origin: { kind: "trusted", name: "policy", loosened: [] },
  runtime: { ...defaultPolicy.runtime, respond: "on", responses: [{ tags: ["T1059"], do: ["kill"] }] },
};

function attached(t: TestContext, more: Partial<ResponsesOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-attach-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const journal = join(folder, "log", "responses.jsonl");
  const events: string[] = [];
  const told: string[] = [];
  const alerts: Alert[] = [];
  const responses = attachResponses({
    policy: on,
    node: "node-1",
    hostProcesses: false,
    own: { containers: [], pids: [] },
    tell: async (command) => void told.push(command),
    journal,
    onEvent: (text) => void events.push(text),
    onAlert: (one) => void alerts.push(one),
    ...more,
  });
  return { responses, journal, folder, events, told, alerts };
}

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

test("a line of the other process is carried out by what this side knows of the container", async (t) => {
  const { responses, journal, told, events, alerts } = attached(t);
  responses.known(facts);
  assert.equal(responses.heard(writeResponseRequest(responseRequestOf(alert))), true);
  assert.equal(responses.heard('{"rule":"Reverse shell"}'), false);
  await responses.close();
  assert.deepEqual(told, ["kill 4711 before:1700000000000000001 9"]);
  assert.deepEqual(events, [
    "node-1: a response that was asked for in no form that there is",
    "response done: kill process 4711 (sh) of node-1/Container/api, rule Reverse shell",
  ]);
  assert.equal(alerts[0]?.output, events[1]);
  assert.deepEqual([alerts[0]?.rule, alerts[0]?.severity, alerts[0]?.about], ["Response", "low", { host: "node-1" }]);
  assert.equal(alerts[0]?.fields["response.id"], readJournal(journal).records[0]?.id);
});

test("a container that begins with the same characters is another one", async (t) => {
  const { responses, told } = attached(t);
  responses.known({ ...facts, fullId: `${"a".repeat(12)}${"b".repeat(52)}` });
  responses.respond(responseRequestOf(alert));
  await responses.close();
  assert.deepEqual(told, []);
});

test("without responses no record is made; a policy that responds later makes one, or stays what it was", async (t) => {
  const { responses, journal, folder, events, told } = attached(t, { policy: defaultPolicy });
  assert.ok(!existsSync(journal));
  writeFileSync(join(folder, "log"), "in the way");
  assert.throws(() => responses.adopt(on), /record of responses cannot be written/);
  responses.known(facts);
  responses.respond(responseRequestOf(alert));
  rmSync(join(folder, "log"));
  responses.adopt(on);
  responses.respond(responseRequestOf(alert));
  await responses.close();
  assert.equal(told.length, 1);
  assert.equal(readJournal(journal).records.length, 1);
  assert.deepEqual(events.length, 1);
});

test("what cannot work as the policy has it is said at the start", (t) => {
  const responses = [{ tags: ["T1059"], do: ["kill", "quarantine", "protect"] as const }];
  const { events } = attached(t, { policy: { ...on, runtime: { ...on.runtime, responses } } });
  assert.deepEqual(events, ["protect will fail: /proc is not the host's", "quarantine will fail: no cluster is known"]);
});
