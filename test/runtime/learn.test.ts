/** `runtime learn` and what is made of it, as users run them. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { containerId, Story } from "../../src/engines/events/learn/story.fixture.ts";
import { exec, ip, tuple } from "../../src/engines/events/state/machine.fixture.ts";
import { type Answered, inProcess } from "../in-process.ts";

let folder = "";
const at = (name: string): string => join(folder, name);
const run = (...written: readonly string[]): Promise<Answered> => inProcess(written, { cwd: folder, home: at("home") });
const learn = (...written: readonly string[]): Promise<Answered> => run("runtime", "learn", ...written);

/** A server that runs as a user of its own and asks a database. */
function frames(): Buffer {
  const story = new Story();
  const id = containerId("a");
  story.writer.container({
    ...{ id: id.slice(0, 12), fullId: id, runtime: "containerd" },
    details: {
      ...{ name: "api", image: "shop/api:1", imageId: `sha256:${"1".repeat(64)}`, mounts: [], labels: {} },
      pod: { namespace: "shop", name: "api-0", uid: "u", labels: {}, owner: { kind: "Deployment", name: "api" } },
    },
  });
  story.container(300, id, "/usr/bin/api", { uid: 101, gid: 101, flags: 8 });
  story.open(300, "/etc/api.conf", { layer: "lower" });
  story.open(300, "/var/cache/api/x", { write: true, layer: "upper" });
  story.on(300, "socket", { fd: 4, domain: 2, type: 1, proto: 6, flags: 0 });
  story.on(300, "bind", { res: 0, addr: { kind: "ipv4", address: ip("0.0.0.0"), port: 8080 }, fd: 4 });
  story.on(300, "listen", { res: 0, fd: 4, backlog: 10 });
  story.on(300, "accept4", { fd: 6, tuple: tuple("10.0.0.7", 41000, "10.0.0.2", 8080), flags: 0 });
  story.on(300, "socket", { fd: 5, domain: 2, type: 1, proto: 6, flags: 0 });
  story.on(300, "connect", { res: 0, tuple: tuple("10.0.0.2", 41000, "10.0.0.9", 5432), fd: 5 });
  story.fork(300, 301, 2, id);
  story.on(301, "execve", exec(301, 300, "/tmp/dropped", { uid: 101, gid: 101, flags: 2 }));
  story.used(id, { syscalls: [0, 1, 41, 42, 49, 50, 288], refused: 1n << 21n });
  story.seconds += 7_200;
  story.on(300, "procexit", {});
  story.writer.end();
  return Buffer.concat(story.bytes);
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: shop/api:1
`;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-learn-"));
  const bytes = frames();
  writeFileSync(at("node.frames"), bytes);
  writeFileSync(at("node.frames.gz"), gzipSync(bytes));
  writeFileSync(at("cut.frames"), bytes.subarray(0, bytes.length - 40));
  writeFileSync(at("host.jsonl"), `${JSON.stringify({ event: "openat", pid: 7, args: { name: "/x" } })}\n`);
  writeFileSync(at("api.yaml"), deployment);
  const { code, stderr } = await learn("node.frames", "--hours", "2", "--format", "json", "--output", "learned.json");
  assert.equal(code, 0, stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("a recording is summed up by workload, with what it lacks", async () => {
  const { code, stdout } = await learn("node.frames.gz");
  assert.equal(code, 0);
  const expected = [
    /^shop\/Deployment\/api\/api {2}\(shop\/api:1\)$/m,
    /^ {2}incomplete +2 h, 1 replica, 1 start, 1 stop, 0 lost$/m,
    /watched for 2 h of 24/,
    /system calls +7$/m,
    /capabilities +none; refused: CAP_SYS_ADMIN$/m,
    /users +101:101$/m,
    /executables +\/tmp\/dropped \(not in the image\), \/usr\/bin\/api$/m,
    /volumes +\/var\/cache\/api$/m,
    /listens on +8080\/TCP \(1 connection\)$/m,
    /connects to +10\.0\.0\.9:5432\/TCP$/m,
  ];
  for (const pattern of expected) assert.match(stdout, pattern);
});

test("profiles are made of what was learned", async () => {
  const merge = async (format: string) => (await learn("merge", "learned.json", "--format", format)).stdout;
  const { syscalls } = JSON.parse(await merge("seccomp"));
  assert.ok(syscalls[0].names.includes("accept4") && !syscalls[0].names.includes("ptrace"));
  assert.match(await merge("spo"), /kind: SeccompProfile\nmetadata:\n {2}name: api\n/);
  assert.equal(JSON.parse(await merge("volumes")).volumes[0].path, "/var/cache/api");
  assert.equal(await merge("executables"), "/tmp/dropped\n/usr/bin/api\n");
  assert.equal(await merge("capabilities"), "");
  assert.match(
    await merge("network"),
    /"from":\{"namespace":"shop","workload":"Deployment\/api"\},"to":\{"address":"10.0.0.9"/,
  );
});

test("what is incomplete is said beside a profile", async () => {
  const { stderr } = await learn("merge", "learned.json", "--hours", "24", "--format", "seccomp");
  assert.match(stderr, /shop\/Deployment\/api\/api is incomplete: watched for 2 h of 24/);
});

test("manifests are patched by it, where that is asked for", async () => {
  const careful = await run("workload", "fix", "api.yaml", "--dry-run", "--learned", "learned.json");
  assert.doesNotMatch(careful.stdout, /readOnlyRootFilesystem/);
  assert.match(careful.stderr, /likely: as it was seen to run for 2 h; prove it/);
  const { stdout } = await run("workload", "fix", "api.yaml", "--dry-run", "--unsafe", "--learned", "learned.json");
  for (const line of ["readOnlyRootFilesystem: true", "runAsUser: 101", "mountPath: /var/cache/api"]) {
    assert.ok(stdout.includes(line), `${line}\n${stdout}`);
  }
});

test("a recording that is cut is learned from, is incomplete, and 3", async () => {
  const { code, stdout, stderr } = await learn("cut.frames");
  assert.equal(code, 3);
  assert.match(stderr, /^events\.broken: cut\.frames, byte \d+: the stream ended before its sensor did$/m);
  assert.match(stdout, /1 lost: the rest of a recording that could not be read/);
});

test("nothing learned is 3, and mistakes are 2 and say what to do", async () => {
  assert.equal((await learn("host.jsonl")).code, 3);
  const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
    [["nothing.frames"], /nothing\.frames/],
    [["node.frames", "--format", "yaml"], /format/],
    [["node.frames", "--hours", "some"], /not a number of hours/],
    [["node.frames", "--for", "2h"], /means nothing for a recording/],
    [["merge", "learned.json", "--workload", "web"], /nothing was learned of it \(one of shop\/Deployment\/api\/api\)/],
    [["merge", "api.yaml"], /learned\.broken: api\.yaml: not JSON/],
    [["prove", "learned.json", "--engine", "lxc"], /engine/],
    [["--sensor", "unix:here", "--for", "1s"], /not an absolute path/],
    [["--sensor", at("none"), "--for", "1s"], /no such program/],
  ];
  for (const [words, pattern] of mistakes) {
    const { code, stderr } = await learn(...words);
    assert.match(stderr, pattern);
    assert.ok(code === 2 || code === 3, `${words.join(" ")}: ${code}`);
  }
});

test("what was learned is one file that says all", () => {
  const { kind, workloads } = JSON.parse(readFileSync(at("learned.json"), "utf8"));
  assert.equal(kind, "Learned");
  assert.deepEqual(workloads[0].watched.missing, []);
});
