/** What an attacker's processes are called is text in every form that alerts are shown in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nastyText } from "../hostile.fixture.ts";
import { alertJson, alertSlack, alertSyslog } from "./lines.ts";
import { renderAlerts } from "./text.ts";
import { hostileAlert, sampleAlert, sampleAlerts } from "./view.fixture.ts";

const shown = { columns: 100, color: false, all: false };
// biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

test("an alert says when, how bad, what, where, who and how often", () => {
  assert.equal(
    renderAlerts(sampleAlerts, shown),
    `2026-03-01

14:03:22 low         Terminal shell in container · shop/Deployment/api (pod api-7f9c, container
  api, sha256:333333333333…)
  sh ← node ← containerd-shim · user root · cmd: sh -c "curl 169.254.169.254"
  A shell was spawned in a container | process=sh
  after 14:03:20.000 curl -o /tmp/x https://example.com
  by Kubernetes user alice@example.com (pods/exec 14:03:21)
  rule: rules/falco_rules.yaml:120 · T1059.004 · 3 times in 10 s

? 2 events lost: the kernel's buffer was full
2 rules are optional and were not loaded
✗ capture.scap: 1 alert (1 low) · 1200 events, 340 evaluated · policy: built-in defaults · exit
  code 1
`,
  );
});

test("of many the worst are shown, in their order, and the others are counted", () => {
  const many = Array.from({ length: 60 }, (_, at) => ({
    ...sampleAlert,
    rule: `Rule ${at}`,
    severity: at < 55 ? ("low" as const) : ("critical" as const),
  }));
  const text = renderAlerts({ ...sampleAlerts, alerts: many }, shown);
  assert.match(text, /critical {4}Rule 59 /);
  assert.match(text, /… 10 more alerts, none worse \(--all\)/);
  assert.match(renderAlerts({ ...sampleAlerts, alerts: many }, { ...shown, all: true }), /Rule 54 /);
});

test("what is excepted or in the baseline is shown with --all, and counted without", () => {
  const alerts = [{ ...sampleAlert, state: "excepted" as const }];
  assert.doesNotMatch(renderAlerts({ ...sampleAlerts, alerts }, shown), /14:03:22/);
  assert.match(renderAlerts({ ...sampleAlerts, alerts }, shown), /1 excepted or in the baseline/);
  assert.match(renderAlerts({ ...sampleAlerts, alerts }, { ...shown, all: true }), /\(excepted\)/);
});

test("terminals: no control character, and no line of an attacker's own", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      const text = renderAlerts({ ...sampleAlerts, alerts: [hostileAlert(more)], gaps: [more] }, shown);
      assert.doesNotMatch(text, STEERS);
      assert.doesNotMatch(text, /^\s*(?:::|##\[|%0A)/m);
    }),
  );
});

test("JSON lines: one line, nothing that steers a terminal, and the same texts to whoever parses it", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      const alert = hostileAlert(more);
      const line = alertJson(alert);
      assert.doesNotMatch(line, STEERS);
      assert.doesNotMatch(line, /\n/);
      const parsed = JSON.parse(line);
      assert.equal(parsed.output, alert.output);
      assert.deepEqual(parsed.output_fields, alert.fields);
      assert.equal(parsed.bulkhead.process.commandLine, alert.process?.commandLine);
    }),
  );
});

/** Reads a message back as RFC 5424, sections 6 and 6.3, says it is written. */
const SYSLOG =
  /^<(\d{1,3})>1 (-|[0-9T:.Z-]+) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[([!-~]+)((?: [a-zA-Z]+="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff(.*)$/;

test("syslog: one message of RFC 5424, whose structure no text changes", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      const message = alertSyslog(hostileAlert(more));
      assert.doesNotMatch(message.replace(/\ufeff/, ""), STEERS);
      const parts = SYSLOG.exec(message);
      assert.ok(parts !== null, message);
      assert.equal(parts[1], "85");
      assert.equal(parts[7], "alert@32473");
      const names = [...(parts[8] ?? "").matchAll(/ ([a-zA-Z]+)="(?:[^"\\\]]|\\.)*"/g)].map(([, name]) => name);
      assert.deepEqual(names.slice(0, 4), ["rule", "severity", "asset", "count"]);
      assert.equal(names.length, 13);
    }),
  );
  assert.match(alertSyslog(sampleAlert), /^<85>1 2026-03-01T14:03:22\.123456Z node-1 bulkhead 42 alert \[/);
});

test("webhooks of chats: one object with a text, in which nothing is a link, a mention, markup or a line of its own", () => {
  fc.assert(
    fc.property(nastyText, (more) => {
      const body = alertSlack(hostileAlert(more));
      assert.doesNotMatch(body, STEERS);
      const { text, ...rest } = JSON.parse(body) as { text: string };
      assert.deepEqual(rest, {});
      assert.equal(text.split("\n").length, 4);
      assert.doesNotMatch(text, /[<>]|&(?!amp;|lt;|gt;)/);
      assert.doesNotMatch(text, /[*_~`|](?!\u200b)|@(?=\w)|:\/\/|\]\(/);
    }),
  );
});
