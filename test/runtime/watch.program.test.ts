/** `runtime watch` as its users run it: alerts at once, rules that change, sensors that end. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../src/core/until.fixture.ts";
import { opens, rule, shop, watching } from "./watch.fixture.ts";

const shadow = rule("Shadow read", "/etc/shadow");

test("an alert is told at once, with its container, and again with its count at the end", async () => {
  const watched = watching(shadow);
  await watched.says(/watches/);
  await watched.tell(...shop, opens("/etc/shadow"));
  const { rule: name, output, hostname, bulkhead } = await watched.alert();
  assert.deepEqual(
    [name, output, hostname, bulkhead.asset, bulkhead.state, bulkhead.count],
    ["Shadow read", "Shadow read (file=/etc/shadow container=api)", "node-1", "node-1/Container/api", "over", 1],
  );
  await watched.tell(opens("/etc/shadow"), opens("/etc/other"));
  const { code, messages } = await watched.end();
  assert.equal((await watched.alert()).bulkhead.count, 2);
  assert.equal(code, 1);
  assert.match(messages, /node-1: 1 alert \(1 high\) · 3 events · .* exit code 1$/s);
  assert.deepEqual(watched.commands().at(-1), "end");
});

test("rules and policy are read anew, hooks follow, and what is broken keeps what was there", async () => {
  const watched = watching(shadow);
  await watched.says(/watches/);
  await watched.tell(...shop, opens("/etc/shadow"));
  assert.equal((await watched.alert()).rule, "Shadow read");
  const mounts = "- rule: Mount\n  desc: d\n  condition: evt.type = mount\n  output: o\n  priority: ERROR\n";
  writeFileSync(join(watched.folder, "rules.yaml"), rule("Gshadow read", "/etc/gshadow") + mounts);
  watched.child.kill("SIGHUP");
  await watched.says(/rules: 2 about system calls, 0 about audit events are in force/);
  assert.match(watched.commands().at(-1) ?? "", /^hooks .*,mount,/);
  // The container is known still: what was seen of processes stays.
  await watched.tell(opens("/etc/shadow"), opens("/etc/gshadow"));
  assert.deepEqual((await watched.alert()).output, "Gshadow read (file=/etc/gshadow container=api)");
  // Without being told.
  writeFileSync(join(watched.folder, "rules.yaml"), "- rule: Broken\n  desc: d\n  condition: no such\n");
  await watched.says(/rules: refused, the old ones stay: rules.yaml:1:/);
  await watched.tell(opens("/etc/gshadow", { pid: 100 }));
  assert.equal((await watched.alert()).rule, "Gshadow read");
  assert.equal((await watched.end()).code, 1);
});

test("a sensor that ends is an alert, another one follows, and what happened meanwhile is unknown", async () => {
  const watched = watching(shadow);
  await watched.says(/watches/);
  await watched.tell(...shop, { fake: "die" });
  const blind = await watched.alert();
  assert.equal(blind.rule, "Detection Blind");
  assert.match(blind.output, /^Detection blind since .*: ended with 3$/);
  await watched.says(/the sensor is there again/);
  assert.match((await watched.alert()).output, /^Detection was blind from .* to /);
  assert.deepEqual(
    watched.commands().map((command) => command.split(" ")[0]),
    ["start", "hooks", "denied", "start", "hooks", "denied"],
  );
  // What the one before knew of processes is over.
  await watched.tell(...shop, opens("/etc/shadow"));
  assert.match((await watched.alert()).output, /container=api/);
  const { messages } = await watched.end();
  assert.match(messages, /\? no sensor was heard once: what happened until one was back is not known/);
});

test("what is lost, and what the host cannot show, leaves unknown that nothing was found", async () => {
  const lossy = watching(shadow);
  await lossy.says(/watches/);
  await lossy.tell(...shop, { lost: { reason: "the ring was full", count: 3 } });
  const { rule: name, bulkhead } = await lossy.alert();
  assert.deepEqual([name, bulkhead.count, bulkhead.state], ["Events Lost", 3, "below"]);
  assert.equal((await lossy.end()).code, 3);
  const blind = watching(shadow);
  await blind.says(/watches/);
  await blind.tell({ fake: "missing", what: "openat2", why: "no tracepoint" });
  await blind.says(/not seen on this host: openat2: no tracepoint/);
  assert.equal((await blind.end()).code, 3);
  const spared = watching(shadow);
  await spared.says(/watches/);
  await spared.tell({ fake: "missing", what: "mount", why: "no tracepoint" });
  await spared.says(/not seen on this host: mount/);
  assert.equal((await spared.end()).code, 0);
});

test("alerts go to a file as well, which another program may move away; nothing in them acts on a terminal", async () => {
  const watched = watching(shadow, "--output", "file:alerts.jsonl", "--output-severity", "high");
  const file = join(watched.folder, "alerts.jsonl");
  await watched.says(/watches/);
  await watched.tell(...shop, opens("/etc/shadow"), { lost: { reason: "full", count: 1 } });
  await watched.alert();
  await watched.alert();
  renameSync(file, `${file}.old`);
  watched.child.kill("SIGHUP");
  await watched.says(/in force/);
  await watched.tell({ process: { pid: 300, path: "/bin/\u001b[2Jx" } }, opens("/etc/shadow", { pid: 300 }));
  assert.ok(!(JSON.stringify(await watched.alert()) as string).includes("\u001b"));
  await watched.end();
  const rulesOf = (path: string) =>
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { rule: string }).rule);
  assert.deepEqual([rulesOf(`${file}.old`), rulesOf(file)], [["Shadow read"], ["Shadow read"]]);
});

test("the policy's responses are decided by the process that has rights, and told by every output", async () => {
  const watched = watching(shadow, "--policy", "policy.yaml", "--journal", "responses.jsonl");
  writeFileSync(
    join(watched.folder, "policy.yaml"),
    `apiVersion: bulkhead/v1
runtime:
  outputs:
    - { to: "file:alerts.jsonl", severity: high }
  respond: dry-run
  responses:
    - { rules: [Shadow read], do: [kill] }
`,
  );
  await watched.says(/runtime.respond is dry-run/);
  await watched.says(/watches/);
  await watched.tell({ process: { pid: 300, path: "/bin/cat" } }, opens("/etc/shadow", { pid: 300 }));
  const rules = [(await watched.alert()).rule, (await watched.alert()).rule].sort();
  assert.deepEqual(rules, ["Response", "Shadow read"]);
  await watched.end();
  const record = JSON.parse(readFileSync(join(watched.folder, "responses.jsonl"), "utf8")) as Record<string, string>;
  assert.deepEqual([record.rule, record.action], ["Shadow read", "kill"]);
  assert.equal(record.outcome, "exempt");
  assert.match(readFileSync(join(watched.folder, "alerts.jsonl"), "utf8"), /^\{[^\n]*"rule":"Shadow read"[^\n]*\n$/);
});

test("it does not begin without a sensor or where words make no sense, and says why", async () => {
  for (const [words, message] of [
    [["--sensor", "none"], /nothing is left to watch \(add --audit\)/],
    [["--sensor", "/nonexistent/sensor"], /no such program \(build it with `make -C sensor`/],
    [["--sensor", "/bin/false"], /runtime.sensor: .*ended with 1/],
    [["--output-form", "xml", "--output", "file:x"], /unknown form/],
  ] as const) {
    const watched = watching(shadow, ...words);
    await watched.says(message);
    assert.equal((await watched.ended()).code, 2, words.join(" "));
  }
});

test("rules run without root's rights, and what they find until they end is told", {
  skip: process.getuid?.() === 0 ? false : "not root",
}, async () => {
  const watched = watching(shadow);
  await watched.says(/watches/);
  const children = execFileSync("ps", ["-o", "pid=,uid=,args=", "--ppid", String(watched.child.pid)], {
    encoding: "utf8",
  });
  const worker = /^\s*(\d+)\s+65534 .*watch-worker$/m.exec(children)?.[1] ?? assert.fail(children);
  assert.match(readFileSync(`/proc/${worker}/status`, "utf8"), /^CapPrm:\t0+$/m);
  process.kill(Number(worker), "SIGKILL");
  await watched.says(/the process that evaluates rules ended by SIGKILL: it is started again/);
  assert.match((await watched.alert()).output, /Detection blind since .*: the process that evaluates rules ended by/);
  assert.match((await watched.alert()).output, /Detection was blind/);
  const starts = () => watched.commands().filter((command) => command.startsWith("hooks")).length;
  await until(() => starts() >= 2);
  await watched.tell(...shop, opens("/etc/shadow"));
  assert.equal((await watched.alert()).rule, "Shadow read");
  const { messages } = await watched.end();
  assert.match(messages, /what was found until then is not in the\s+summary/);
});
