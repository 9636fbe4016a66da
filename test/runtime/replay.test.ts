/** `runtime replay` and `runtime rules`, as their users run them. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Answered, inProcess } from "../in-process.ts";

let folder = "";
const run = (...written: readonly string[]): Promise<Answered> =>
  inProcess(["runtime", ...written], { cwd: folder, home: join(folder, "home") });

const id = "c".repeat(64);
const lines = (...objects: readonly object[]): string => objects.map((one) => `${JSON.stringify(one)}\n`).join("");

const host = [
  { machine: { hostname: "node-1" } },
  { process: { pid: 100, path: "/usr/bin/containerd-shim" } },
  { process: { pid: 200, parent: 100, path: "/usr/bin/node", args: ["server.js"], container: id } },
];
const opens = (path: string, more: object = {}) => ({
  event: "openat",
  pid: 200,
  args: { name: path, flags: "O_RDONLY" },
  ...more,
});
const shop = {
  container: { id, name: "api", image: "registry.example.com/shop/api:2", imageId: `sha256:${"3".repeat(64)}` },
};

const rule = (name: string, condition: string, more = "") => `- rule: ${name}
  desc: what it is about
  condition: ${condition}
  output: ${name} (file=%fd.name container=%container.name)
  priority: ERROR
${more}`;

const files: Readonly<Record<string, string | Buffer>> = {
  "rules.yaml":
    rule("Shadow read", "evt.type in (open, openat, openat2) and fd.name = /etc/shadow", "  tags: [T1003.008]\n") +
    rule("Everything opened", "evt.type = openat"),
  "shadow.jsonl": lines(...host, shop, opens("/etc/shadow"), opens("/etc/shadow", { time: "+4s" }), opens("/tmp/a")),
  "quiet.jsonl": lines(...host, shop, { event: "close", pid: 200, args: { fd: 3 } }),
  "lossy.jsonl": lines(...host, { lost: { reason: "the kernel's buffer was full", count: 7 } }),
  "late.jsonl": lines(...host, opens("/etc/shadow"), shop, opens("/tmp/a")),
  "shadow.jsonl.gz": gzipSync(lines(...host, shop, opens("/etc/shadow"))),
  "broken.scap": Buffer.from([0x0a, 0x0d, 0x0d, 0x0a, 1, 2]),
  "broken.yaml": rule("Broken", "evt.type = openat and nosuchmacro"),
  "nothing.txt": "hello\n",
  "exception.yaml": `apiVersion: bulkhead/v1
exceptions:
  - id: Shadow read
    asset: "*/Container/api"
    reason: its job
    owner: platform-team
    expires: 2026-12-31
`,
  "join.yaml": `- rule: Download then run
  desc: d
  condition: evt.type = execve and proc.exepath startswith /tmp/
  output: Downloaded program started (cmd=%proc.cmdline)
  priority: CRITICAL
  bulkhead:
    sequence:
      after: [evt.type = execve and proc.name = curl]
      within: 30s
      by: process-tree
- rule: Many files
  desc: d
  condition: evt.type = openat
  output: Many files opened
  priority: ERROR
  bulkhead:
    threshold: { count: 3, within: 10s, by: process, distinct: fd.name }
`,
  "tests.yaml": `rules: [join.yaml]
tests:
  - name: a download that is run
    events:
      - process: { pid: 50, path: /bin/sh }
      - process: { pid: 51, parent: 50, path: /bin/sh }
      - { event: execve, pid: 51, args: { exe: /usr/bin/curl, args: [-o, /tmp/x] } }
      - process: { pid: 52, parent: 50, path: /bin/sh }
      - { event: execve, pid: 52, args: { exe: /tmp/x, args: [] } }
    fires: { Download then run: 1 }
    silent: others
  - name: too late
    events:
      - process: { pid: 50, path: /bin/sh }
      - { event: execve, pid: 50, args: { exe: /usr/bin/curl, args: [] } }
      - { event: execve, pid: 50, time: +31s, args: { exe: /tmp/x, args: [] } }
    silent: [Download then run]
  - name: three different files
    events:
      - { event: openat, pid: 50, args: { name: /a } }
      - { event: openat, pid: 50, args: { name: /a } }
      - { event: openat, pid: 50, args: { name: /b } }
      - { event: openat, pid: 50, args: { name: /c } }
    fires: { Many files: 1 }
`,
  "failing.yaml": `rules: [join.yaml]
tests:
  - name: what does not hold
    events: [{ event: openat, pid: 50, args: { name: /a } }]
    fires: [Many files]
`,
};

before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-runtime-"));
  mkdirSync(join(folder, "home"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const now = ["--now", "2026-03-01T00:00:00Z", "--quiet"];

test("an attack in a container is told with who did it, and is the exit code", async () => {
  const { stdout, code, stderr } = await run("replay", "shadow.jsonl", "--rules", "rules.yaml", ...now);
  assert.equal(stderr, "");
  assert.match(
    stdout,
    /^00:00:\d\d high {8}Shadow read · node-1\/Container\/api \(container api, sha256:333333333333…\)$/m,
  );
  assert.match(stdout, /^ {2}node ← containerd-shim · user root · cmd: \/usr\/bin\/node server\.js$/m);
  assert.match(stdout, /rule: rules\.yaml:1 · T1003\.008 · 2 times in 4 s$/m);
  assert.match(stdout, /2 alerts \(2 high\) · 3 events/);
  assert.equal(code, 1);
});

test("the first rule that matches is reported, and with --all-matching every one", async () => {
  const names = async (...more: string[]) => {
    const { stdout } = await run(
      "replay",
      "shadow.jsonl",
      "--rules",
      "rules.yaml",
      "--format",
      "alerts",
      ...more,
      ...now,
    );
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(({ rule: name, bulkhead: { count } }) => `${name} ${count}`);
  };
  assert.deepEqual(await names(), ["Shadow read 2", "Everything opened 1"]);
  assert.deepEqual(await names("--all-matching"), ["Shadow read 2", "Everything opened 2", "Everything opened 1"]);
});

test("nothing found passes; events that were lost, and a capture that is broken, are unknown", async () => {
  const quiet = await run("replay", "quiet.jsonl", "--rules", "rules.yaml", ...now);
  assert.deepEqual([quiet.code, /no alerts/.test(quiet.stdout)], [0, true]);
  const lossy = await run("replay", "lossy.jsonl", "--rules", "rules.yaml", ...now);
  assert.match(lossy.stdout, /^\? 7 events lost: the kernel's buffer was full$/m);
  assert.equal(lossy.code, 3);
  const broken = await run("replay", "broken.scap", "--rules", "rules.yaml", ...now);
  assert.match(broken.stdout, /^\? broken\.scap/m);
  assert.equal(broken.code, 3);
  const foreign = await run("replay", "nothing.txt", "--rules", "rules.yaml", ...now);
  assert.equal(foreign.code, 3);
  assert.equal((await run("replay", "absent.scap", "--rules", "rules.yaml", ...now)).code, 2);
});

test("rules with an error are not run, in whole or in part", async () => {
  const { code, stderr } = await run(
    "replay",
    "shadow.jsonl",
    "--rules",
    "rules.yaml",
    "--rules",
    "broken.yaml",
    ...now,
  );
  assert.equal(code, 2);
  assert.match(stderr, /broken\.yaml:3:\d+: error LOAD_ERR_/);
  assert.match(stderr, /rules\.invalid: broken\.yaml: 1 error in the rules/);
});

test("a container that becomes known after its alert is named in it", async () => {
  const { stdout } = await run("replay", "late.jsonl", "--rules", "rules.yaml", "--format", "alerts", ...now);
  const [alert] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(alert.output, "Shadow read (file=/etc/shadow container=api)");
  assert.equal(alert.bulkhead.asset, "node-1/Container/api");
});

test("gzipped events are read as they are", async () => {
  const { stdout, code } = await run("replay", "shadow.jsonl.gz", "--rules", "rules.yaml", ...now);
  assert.match(stdout, /1 alert \(1 high\)/);
  assert.equal(code, 1);
});

test("an exception names a rule and is told; the report is the same in every form", async () => {
  const excepted = await run("replay", "shadow.jsonl", "--rules", "rules.yaml", "--policy", "exception.yaml", ...now);
  assert.match(excepted.stdout, /1 excepted or in the baseline/);
  const { stdout } = await run("replay", "shadow.jsonl", "--rules", "rules.yaml", "--format", "json", ...now);
  const { evaluations, relations } = JSON.parse(stdout);
  const failed = evaluations.find(({ verdict }: { verdict: string }) => verdict === "fail");
  assert.deepEqual(
    [failed.check, failed.asset.name, failed.asset.lineage],
    ["runtime/detection", "node-1/Container/api", "host:node-1/Container/api"],
  );
  assert.equal(relations[0].to.id, `sha256:${"3".repeat(64)}`);
});

test("a baseline knows an attack by what was done, not by when", async () => {
  const known = join(folder, "known.json");
  await run("replay", "shadow.jsonl", "--rules", "rules.yaml", "--write-baseline", known, ...now);
  const again = await run("replay", "shadow.jsonl.gz", "--rules", "rules.yaml", "--baseline", known, ...now);
  assert.equal(again.code, 0, again.stdout);
  assert.match(again.stdout, /1 excepted or in the baseline/);
});

test("sequences and thresholds hold in tests of rules, and a test that does not hold is told", async () => {
  const held = await run("rules", "test", "tests.yaml");
  assert.equal(held.stdout, "✓ 3 tests: 3 passed, 0 failed · exit code 0\n");
  const failing = await run("rules", "test", "failing.yaml", "tests.yaml");
  assert.match(
    failing.stdout,
    /^✗ what does not hold \(failing\.yaml:3\)\n {4}Many files fired 0 times, expected at least once$/m,
  );
  assert.equal(failing.code, 1);
});

test("rules are checked, listed, explained and compared", async () => {
  const checked = await run("rules", "check", "broken.yaml");
  assert.match(
    checked.stdout,
    /^broken\.yaml:3:\d+: error LOAD_ERR_VALIDATE: Undefined macro 'nosuchmacro' used in filter\.$/m,
  );
  assert.match(checked.stdout, /^ {4,}\^$/m);
  assert.equal(checked.code, 1);
  writeFileSync(join(folder, "other.yaml"), rule("Shadow read", "evt.type = openat and fd.name = /etc/shadow"));
  const compared = await run("rules", "check", "rules.yaml", "--against", "other.yaml");
  assert.match(compared.stdout, /^~ Shadow read\n {4}condition$/m);
  assert.match(compared.stdout, /^\+ Everything opened$/m);
  assert.equal(compared.code, 0);
  const listed = await run("rules", "list", "rules.yaml", "--events");
  assert.match(listed.stdout, /^ {4}2 {2}openat$/m);
  const explained = await run("rules", "explain", "shadow", "rules.yaml");
  assert.match(explained.stdout, /^ {2}evt\.type in \(open, openat, openat2\) and fd\.name = \/etc\/shadow$/m);
  assert.equal((await run("rules", "explain", "shadwo reed", "rules.yaml")).code, 2);
});

test("who ran kubectl exec is named, from the audit log, and each who may have", async () => {
  const asked = (user: string, auditID: string) => ({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    auditID,
    stage: "ResponseStarted",
    verb: "create",
    user: { username: user },
    requestURI: "/api/v1/namespaces/shop/pods/api-7f9c/exec?command=bash&container=api",
    objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "api-7f9c" },
    responseStatus: { code: 101 },
    requestReceivedTimestamp: "2026-01-31T11:59:59.500000Z",
    stageTimestamp: "2026-01-31T11:59:59.600000Z",
  });
  writeFileSync(join(folder, "audit.log"), lines(asked("alice@example.com", "1")));
  writeFileSync(join(folder, "two.log"), lines(asked("alice@example.com", "1"), asked("bob@example.com", "2")));
  const pod = { namespace: "shop", name: "api-7f9c", uid: "u-1" };
  const session = lines(
    { machine: { hostname: "node-1" } },
    { container: { id, name: "api", image: "registry.example.com/shop/api:2", pod } },
    { process: { pid: 100, path: "/usr/bin/containerd-shim" } },
    { process: { pid: 300, parent: 100, path: "/usr/bin/runc", args: ["init"], container: id, vpid: 40 } },
    { event: "execve", pid: 300, time: "2026-01-31T12:00:00Z", args: { exe: "bash", filename: "/bin/bash", args: [] } },
    { event: "openat", pid: 300, time: "+1s", args: { name: "/etc/shadow", flags: "O_RDONLY" } },
  );
  writeFileSync(join(folder, "session.jsonl"), session);
  const named = async (log: string) => {
    const { stdout } = await run("replay", "session.jsonl", "--audit", log, "--rules", "rules.yaml", ...now);
    return stdout.match(/^ {2}(?:or )?by Kubernetes user .*$/gm);
  };
  assert.deepEqual(await named("audit.log"), ["  by Kubernetes user alice@example.com (pods/exec 11:59:59)"]);
  assert.deepEqual(await named("two.log"), [
    "  by Kubernetes user alice@example.com (pods/exec 11:59:59)",
    "  or by Kubernetes user bob@example.com (pods/exec 11:59:59)",
  ]);
});

test("alerts of another detector are findings, and never a pass by themselves", async () => {
  const alert = (priority: string) => ({
    time: "2026-01-31T12:00:00Z",
    rule: "Terminal shell in container",
    priority,
    source: "syscall",
    output: "A shell was spawned",
    output_fields: { "container.id": "cccccccccccc", "proc.cmdline": "bash" },
    hostname: "node-1",
    tags: ["T1059"],
  });
  writeFileSync(join(folder, "falco.json"), lines(alert("Critical")));
  writeFileSync(join(folder, "low.json"), lines(alert("Notice")));
  const critical = await run("replay", "falco.json", "--rules", "rules.yaml", ...now);
  assert.match(critical.stdout, /critical {4}Terminal shell in container · node-1\/Container\/cccccccccccc/);
  assert.match(critical.stdout, /detector: falco/);
  assert.equal(critical.code, 1);
  assert.equal((await run("replay", "low.json", "--rules", "rules.yaml", ...now)).code, 3);
});
