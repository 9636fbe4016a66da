/** The audit log of an API server, and alerts of other detectors, as the command replays them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { inProcess } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-audit-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer | readonly object[]): string {
  const isLines = typeof content !== "string" && !Buffer.isBuffer(content);
  writeFileSync(join(folder, name), isLines ? content.map((each) => `${JSON.stringify(each)}\n`).join("") : content);
  return name;
}

const rules = write(
  "rules.yaml",
  `
- rule: Program in a pod
  desc: A program was started in a container
  condition: evt.type in (execve, execveat) and container.id != host and proc.name != containerd-shim
  output: program (command=%proc.cmdline)
  priority: ERROR
- rule: Exec into a pod
  desc: Somebody opened a session in a container
  condition: ka.target.resource = pods and ka.target.subresource = exec and ka.stage = ResponseStarted
  output: exec (user=%ka.user.name command=%ka.uri.param[command])
  priority: NOTICE
  source: k8s_audit
- rule: Privileged pod
  desc: A pod with a privileged container was made
  condition: ka.verb = create and ka.target.resource = pods and ka.req.pod.containers.privileged intersects (true)
  output: privileged (pod=%ka.resp.name images=%ka.req.pod.containers.image)
  priority: WARNING
  source: k8s_audit
- rule: Secret in a config map
  desc: A config map holds a key
  condition: ka.target.resource = configmaps and ka.req.configmap.obj contains "aws_secret_access_key"
  output: secret (map=%ka.req.configmap.name)
  priority: WARNING
  source: k8s_audit
- rule: Cluster admin
  desc: Somebody was bound to cluster-admin
  condition: ka.target.resource = clusterrolebindings and ka.req.binding.role = cluster-admin
  output: admin (subjects=%ka.req.binding.subjects)
  priority: CRITICAL
  source: k8s_audit
`,
);

function audit(changes: object): object {
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    auditID: "a-1",
    stage: "ResponseComplete",
    verb: "create",
    user: { username: "alice@example.com" },
    objectRef: { resource: "pods", namespace: "shop", name: "api-7f9c" },
    responseStatus: { code: 201 },
    requestReceivedTimestamp: "2026-03-01T12:00:00.500000Z",
    stageTimestamp: "2026-03-01T12:00:00.600000Z",
    ...changes,
  };
}

function exec(user: string, auditID: string, command = "command=bash&command=-i"): object {
  return audit({
    auditID,
    stage: "ResponseStarted",
    verb: "get",
    user: { username: user },
    requestURI: `/api/v1/namespaces/shop/pods/api-7f9c/exec?${command}&container=api&tty=true`,
    objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "api-7f9c" },
    responseStatus: { code: 101 },
  });
}

const pod = { namespace: "shop", name: "api-7f9c", uid: "u-1" };

/** A shell that kubectl exec started, and what came of it: a child, and one that left the session and its parents. */
const calls = write("calls.jsonl", [
  { container: { id: "abc123", runtime: "containerd", name: "api", image: "api:2", pod } },
  { process: { pid: 10, path: "/usr/bin/containerd-shim" } },
  { process: { pid: 11, parent: 10, vpid: 1, path: "/usr/bin/node", container: "abc123" } },
  { process: { pid: 20, parent: 10, vpid: 20, path: "/usr/bin/runc", args: ["init"], container: "abc123" } },
  { event: "execve", pid: 20, time: "2026-03-01T12:00:01Z", args: { exe: "bash", args: ["-i"] } },
  { event: "clone", pid: 21, args: { res: 0, ptid: 20, vtid: 21, vpid: 21 } },
  { event: "execve", pid: 21, time: "+1s", args: { exe: "cat", args: ["/etc/shadow"], ptid: 20 } },
  { event: "clone", pid: 22, args: { res: 0, ptid: 20, vtid: 22, vpid: 22 } },
  { event: "clone", pid: 23, args: { res: 0, ptid: 22, vtid: 23, vpid: 23 } },
  { event: "procexit", pid: 22, args: { status: 0, ret: 0, sig: 0, core: 0, reaper_tid: 11 } },
  { event: "setsid", pid: 23 },
  { event: "execve", pid: 23, time: "+1s", args: { exe: "nc", args: ["-e", "sh"], ptid: 11 } },
  { event: "execve", pid: 11, time: "+1s", args: { exe: "node", args: ["server.js"], ptid: 10 } },
]);

interface Finding {
  readonly detail: string;
  readonly subject: string;
  readonly evidence: Readonly<Record<string, string>>;
}

interface Replayed {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  readonly gaps: readonly string[];
}

async function replay(...words: readonly string[]): Promise<Replayed> {
  const home = join(folder, "home");
  const run = await inProcess(["runtime", "replay", ...words, "--rules", rules, "--format", "json"], {
    cwd: folder,
    home,
  });
  assert.notEqual(run.stdout, "", run.stderr);
  const { evaluations } = JSON.parse(run.stdout) as {
    evaluations: { findings: Finding[]; gaps: { code: string; reason: string }[] }[];
  };
  return {
    code: run.code,
    findings: evaluations.flatMap(({ findings }) => findings),
    gaps: evaluations.flatMap(({ gaps }) => gaps.map(({ code, reason }) => `${code} ${reason}`)),
  };
}

function usersOf({ findings }: Replayed): Record<string, string | undefined> {
  const programs = findings.filter(({ detail }) => detail.startsWith("program"));
  return Object.fromEntries(programs.map(({ evidence }) => [evidence.command, evidence["kubernetes user"]]));
}

describe("replayed beside the audit log", { concurrency: 2 }, () => {
  test("what came of kubectl exec names the Kubernetes user, also once it left its parents", async () => {
    const log = write("audit.log", [exec("alice@example.com", "a-1")]);
    const expected = {
      "bash -i": "alice@example.com (pods/exec)",
      "cat /etc/shadow": "alice@example.com (pods/exec)",
      "nc -e sh": "alice@example.com (pods/exec)",
      "node server.js": undefined,
    };
    for (const files of [
      [calls, log],
      [log, calls],
    ]) {
      const replayed = await replay(...files);
      assert.deepEqual(usersOf(replayed), expected);
      assert.equal(replayed.code, 1);
    }
  });

  test("two who may have are both named, and one who asked for something else is not", async () => {
    const log = write("two.log", [
      exec("alice@example.com", "a-1"),
      exec("bob@example.com", "a-2"),
      exec("carol@example.com", "a-3", "command=sh"),
    ]);
    const users = usersOf(await replay(calls, log))["bash -i"];
    assert.match(users ?? "", /alice@example\.com \(pods\/exec\).*bob@example\.com \(pods\/exec\)/);
    assert.doesNotMatch(users ?? "", /carol/);
  });
});

test("rules find what an audit log tells, gzipped or not, and say what of it is missing", async () => {
  const events = [
    exec("alice@example.com", "a-1"),
    audit({
      requestObject: { spec: { containers: [{ image: "miner:1", securityContext: { privileged: true } }] } },
      responseObject: { metadata: { name: "evil" } },
    }),
    audit({
      objectRef: { resource: "configmaps", namespace: "shop", name: "settings" },
      requestObject: { data: { env: "aws_secret_access_key=x" } },
    }),
    audit({
      objectRef: { resource: "clusterrolebindings", name: "b" },
      requestObject: { subjects: [{ kind: "User", name: "mallory" }], roleRef: { name: "cluster-admin" } },
    }),
    audit({
      objectRef: { resource: "configmaps", namespace: "shop", name: "harmless" },
      requestObject: { data: { a: "b" } },
    }),
  ];
  const text = events.map((each) => JSON.stringify(each)).join("\n");
  const list = JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items: events }, undefined, 2);
  for (const log of [write("all.log.gz", gzipSync(text)), write("list.json", list)]) {
    const { findings, code, gaps } = await replay(log);
    assert.deepEqual(
      findings.map(({ detail }) => detail).sort(),
      [
        'admin (subjects=({"kind":"User","name":"mallory"}))',
        "exec (user=alice@example.com command=bash)",
        "privileged (pod=evil images=(miner:1))",
        "secret (map=settings)",
      ],
      log,
    );
    assert.equal(code, 1);
    assert.deepEqual(gaps, []);
  }
  const cut = await replay(write("cut.log", `${JSON.stringify(audit({}))}\n${text.slice(0, 200)}`));
  assert.equal(cut.code, 3);
  assert.match(cut.gaps.join(), /events\.lost 1 event lost: not (?:JSON|readable)/);
});

test("alerts of another detector are findings, and what it did not see is unknown", async () => {
  const falco = {
    rule: "Terminal shell in container",
    priority: "Error",
    output: "12:00:00.000000000: Error A shell \u001b[31m",
    output_fields: {
      "container.id": "34df34df34df",
      "k8s.ns.name": "shop",
      "k8s.pod.name": "api-7f9c",
      "proc.cmdline": "bash\u001b]0;x\u0007",
    },
    time: "2026-03-01T12:00:00.000000000Z",
    hostname: "node-1",
  };
  const drop = { ...falco, rule: "Falco internal: syscall event drop", output_fields: { n_drops: 7 } };
  const { findings, gaps, code } = await replay(write("falco.json", [falco, drop]));
  assert.deepEqual(
    findings.map(({ detail }) => detail),
    ["A shell \\u001b[31m"],
  );
  assert.equal(code, 1);
  assert.match(gaps.join(), /7 events lost: dropped by Falco/);
});
