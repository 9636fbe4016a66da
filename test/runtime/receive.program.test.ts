/** `runtime receive` as its users run it: what an API server posts becomes alerts, at once. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { program } from "../bulkhead.ts";
import { inherited } from "../environment.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-receive-"));
after(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, "rules.yaml"),
  `
- rule: Exec into a pod
  desc: Somebody opened a session in a container
  condition: ka.target.subresource = exec
  output: exec (user=%ka.user.name)
  priority: ERROR
  source: k8s_audit
`,
);

function exec(username: string, auditID: string): object {
  return {
    kind: "Event",
    auditID,
    stage: "ResponseStarted",
    stageTimestamp: "2026-03-01T12:00:00Z",
    user: { username },
    objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "api" },
  };
}

function start(...words: readonly string[]) {
  const written = ["runtime", "receive", "--port", "0", "--rules", "rules.yaml", ...words];
  const child = spawn(process.execPath, [program, ...written], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: join(folder, "home"), ...inherited },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const alerts = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const messages = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  after(() => child.kill("SIGKILL"));
  return { child, ended, alerts, messages };
}

test("each alert is a line at once, events are recorded, and the end says what there was", async () => {
  const token = `${process.pid}`.repeat(8);
  writeFileSync(join(folder, "token"), `${token}\n`);
  const { child, ended, alerts, messages } = start("--record", "events.log", "--token-file", "token");
  const { value: started } = await messages.next();
  const [, port] = /receives audit events on port (\d+), 1 rule$/.exec(String(started)) ?? assert.fail(String(started));
  const post = async (items: readonly object[], given = token) => {
    const body = JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items });
    const headers = { "content-type": "application/json", authorization: `Bearer ${given}` };
    return (await fetch(`http://127.0.0.1:${port}/audit`, { method: "POST", headers, body })).status;
  };
  assert.equal(await post([exec("mallory", "a-0")], "another"), 401);
  assert.equal(await post([exec("alice\u001b[2J", "a-1"), { kind: "Event" }]), 200);
  const { value: line } = await alerts.next();
  assert.ok(!(line as string).includes("\u001b"));
  const alert = JSON.parse(line as string) as { rule: string; output: string; bulkhead: { state: string } };
  assert.deepEqual(
    [alert.rule, alert.output, alert.bulkhead.state],
    ["Exec into a pod", "exec (user=alice\\u001b[2J)", "over"],
  );
  assert.match(String((await messages.next()).value), /1 event lost: not an audit event: no auditID/);
  child.kill("SIGTERM");
  const last: string[] = [];
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) last.push(next.value);
  assert.match(last.at(-1) ?? "", /1 event, 1 lost, 0 lines not written$/);
  assert.deepEqual((await ended)[0], 0);
  const recorded = readFileSync(join(folder, "events.log"), "utf8").trim().split("\n");
  assert.deepEqual(
    recorded.map((each) => JSON.parse(each)),
    [exec("alice\u001b[2J", "a-1")],
  );
});

test("it does not begin where anyone could post, or where what it is told makes no sense", async () => {
  for (const [words, message] of [
    [["--host", "0.0.0.0"], /audit events beyond loopback need TLS/],
    [["--certificate", "tls.crt"], /a certificate needs its key/],
    [["--format", "html"], /unknown format/],
    [["--path", "audit"], /not a path/],
    [["--token-file", "nope"], /no such file/],
  ] as const) {
    const { ended, messages } = start(...words);
    const { value } = await messages.next();
    assert.match(String(value), message);
    assert.equal((await ended)[0], 2, words.join(" "));
  }
});
