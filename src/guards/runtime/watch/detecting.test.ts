import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { auditEventOf } from "../../../engines/events/audit/audit.fixture.ts";
import { EventLines } from "../../../engines/events/lines/read.ts";
import { checkedRules } from "../../../scan/runtime-rules.ts";
import { createDetecting, type Detecting } from "./detecting.ts";
import { missingGap } from "./missing.ts";
import type { LiveAlert } from "./model.ts";

const rules = `
- rule: Program in a pod
  desc: d
  condition: evt.type = execve and proc.name = cat
  output: program (command=%proc.cmdline container=%container.name)
  priority: ERROR
`;

const watched = (text = rules) => ({
  rules: checkedRules([{ name: "r.yaml", text }]),
  policy: defaultPolicy,
  matching: "first" as const,
});

/** 2026-03-01T12:00:00Z. */
const NOON = 1_772_366_400_000;

function begun() {
  const told: LiveAlert[] = [];
  const clock = { now: NOON };
  const detecting = createDetecting({
    watched: watched(),
    now: () => new Date(clock.now),
    onAlert: (alert) => told.push(alert),
  });
  return { detecting, told, clock };
}

function feed(detecting: Detecting, lines: readonly object[]): void {
  const reader = new EventLines(detecting.begin());
  for (const line of lines) reader.read(line, "test");
}

const pod = { namespace: "shop", name: "api-7f9c", uid: "u-1" };
const session = [
  { machine: { hostname: "node-1" } },
  { container: { id: "abc123", runtime: "containerd", name: "api", image: "api:2", pod } },
  { process: { pid: 10, path: "/usr/bin/containerd-shim" } },
  { process: { pid: 11, parent: 10, vpid: 1, path: "/usr/bin/node", container: "abc123" } },
  { process: { pid: 20, parent: 10, vpid: 20, path: "/usr/bin/runc", args: ["init"], container: "abc123" } },
  {
    ...{ event: "execve", pid: 20, time: "2026-03-01T12:00:01Z" },
    args: { exe: "cat", comm: "cat", args: ["/etc/shadow"], trusted_exepath: "/bin/cat" },
  },
];

const exec = auditEventOf({
  ...{ auditID: "a-1", stage: "ResponseStarted", verb: "get", user: { username: "alice@example.com" } },
  requestURI: "/api/v1/namespaces/shop/pods/api-7f9c/exec?command=cat&command=%2Fetc%2Fshadow&container=api",
  objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "api-7f9c" },
  ...{ responseStatus: { code: 101 }, requestReceivedTimestamp: "2026-03-01T12:00:00.500000Z" },
});

const usersOf = ({ alert }: LiveAlert) => (alert.kubernetesUsers ?? []).map(({ name }) => name);

test("an alert is told at once, and again with its user when the API server tells of the request", () => {
  const { detecting, told, clock } = begun();
  feed(detecting, session);
  assert.deepEqual([told.length, told.map(usersOf), told[0]?.again], [1, [[]], false]);
  detecting.audits.event(exec);
  assert.deepEqual([told.length, usersOf(told[1] as LiveAlert), told[1]?.again], [2, ["alice@example.com"], true]);
  clock.now += 120_000;
  detecting.tick();
  assert.equal(told.length, 2);
  const [stream] = detecting.finish();
  assert.deepEqual(
    stream?.alerts.map(({ kubernetesUsers }) => kubernetesUsers?.[0]?.name),
    ["alice@example.com"],
  );
});

test("what is over within the window is told with its count, without an event that says so", () => {
  const { detecting, told, clock } = begun();
  feed(detecting, [...session, { ...(session.at(-1) as object), time: "+1s" }]);
  assert.equal(told.length, 1);
  detecting.tick();
  assert.equal(told.length, 1);
  clock.now += 120_000;
  detecting.tick();
  assert.deepEqual(
    told.map(({ alert, again }) => [alert.count, again]),
    [
      [1, false],
      [2, true],
    ],
  );
});

test("other rules see the next event, with all that is known of processes", () => {
  const { detecting, told } = begun();
  const lines = new EventLines(detecting.begin());
  for (const line of session.slice(0, -1)) lines.read(line, "test");
  detecting.replace(watched(rules.replace("Program in a pod", "Another")));
  lines.read(session.at(-1), "test");
  assert.deepEqual(
    told.map(({ alert }) => [alert.rule, alert.about.container?.name]),
    [["Another", "api"]],
  );
  assert.deepEqual(detecting.rules(), { syscall: 1, k8s_audit: 0 });
});

test("no sensor, and no rule, is no pass", () => {
  const { detecting, told } = begun();
  feed(detecting, session.slice(0, 1));
  detecting.end("ended with 3");
  detecting.end("cannot be started");
  assert.deepEqual(
    told.map(({ alert }) => [alert.rule, alert.about.host, alert.severity]),
    [["Detection Blind", "node-1", "high"]],
  );
  feed(detecting, session.slice(0, 1));
  assert.match(told[1]?.alert.output ?? "", /^Detection was blind from 2026-03-01T12:00:00Z to /);
  assert.deepEqual(
    detecting.finish().flatMap(({ gaps }) => gaps.map(({ code }) => code)),
    ["events.blind"],
  );
  const none = createDetecting({ watched: watched(""), now: () => new Date(NOON), onAlert: () => assert.fail() });
  none.begin();
  assert.deepEqual(
    none.finish().flatMap(({ gaps }) => gaps.map(({ code }) => code)),
    ["events.no-rules"],
  );
});

test("what a host cannot show matters where a rule needs it, and where nobody can say who does", () => {
  const code = (what: string) => missingGap(what, "why", ["openat", "io_uring"])?.code;
  assert.deepEqual(["openat", "io_uring", "32-bit calls", "mount", "capabilities"].map(code), [
    ...["events.not-seen", "events.not-seen", "events.not-seen"],
    ...[undefined, undefined],
  ]);
});
