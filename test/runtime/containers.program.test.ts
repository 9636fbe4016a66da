/** A container of a real podman: its socket and its files tell the same of it, and one that starts is told of. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { podmanSource } from "../../src/collect/runtime/containers/engine-source.ts";
import { hostFiles } from "../../src/collect/runtime/containers/host-files.ts";
import { storageFiles } from "../../src/collect/runtime/containers/storage-files.ts";
import { watchContainers } from "../../src/collect/runtime/containers/watch.ts";
import type { ContainerFacts } from "../../src/engines/events/containers/model.ts";
import { containerOfPath } from "../../src/engines/events/state/cgroups.ts";

const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/sbin");
const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
const podman = find("podman");
const runtime = find("runc") ?? find("crun");
const busybox = find("busybox");
const skip =
  process.getuid?.() !== 0
    ? "only root starts containers of its own storage"
    : podman === undefined || runtime === undefined
      ? "podman, or runc and crun, are not installed"
      : busybox === undefined && "busybox is not installed";

describe("containers of podman", { skip }, () => {
  const { signal } = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-podman-"));
  const at = (name: string) => join(folder, name);
  const engine = [
    ...["--root", at("storage"), "--runroot", at("run"), "--tmpdir", at("tmp"), "--storage-driver", "vfs"],
    ...["--runtime", runtime ?? ""],
  ];
  const env = { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" };
  const run = (...words: string[]) =>
    execFileSync(podman ?? "", [...engine, ...words], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  let service: ChildProcess;
  let started: string;

  const start = (name: string, ...words: string[]) =>
    run("run", "--detach", "--name", name, "--network", "none", ...words, "shop/api:2.0")
      .split("\n")
      .at(-1) ?? "";

  before(async () => {
    mkdirSync(at("fs/bin"), { recursive: true });
    execFileSync("cp", ["--dereference", busybox ?? "", at("fs/bin/sleep")]);
    // Where it is not a static one.
    const linked = execFileSync("sh", ["-c", `ldd ${busybox} 2>/dev/null || true`], { encoding: "utf8" });
    for (const [library] of linked.matchAll(/\/[^ ]+\.so[^ ]*/g)) {
      execFileSync("cp", ["--dereference", "--parents", library, at("fs")]);
    }
    execFileSync("tar", ["-C", at("fs"), "-cf", at("fs.tar"), "."]);
    run("import", "--change", 'CMD ["/bin/sleep","600"]', "--change", "LABEL tier=front", at("fs.tar"), "shop/api:2.0");
    service = spawn(podman ?? "", [...engine, "system", "service", "--time", "0", `unix://${at("s.sock")}`], {
      env,
      stdio: "ignore",
    });
    started = start("api", "--pid", "host", "--volume", `${folder}:/data:ro`, "--health-cmd", "test -e /bin/sleep");
    while (!existsSync(at("s.sock"))) {
      assert.equal(service.exitCode, null, "podman's service ended");
      await setTimeout(20);
    }
  });

  after(async () => {
    run("rm", "--all", "--force", "--time", "0");
    service.kill();
    if (service.exitCode === null) await once(service, "exit");
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });

  const socket = () => podmanSource(at("s.sock"), "podman", 20_000);
  const files = () => storageFiles(hostFiles("/"), at("storage"));
  const plain = (facts: ContainerFacts | undefined) =>
    JSON.parse(JSON.stringify(facts ?? null, (_, value) => (typeof value === "bigint" ? String(value) : value)));

  test("its socket and its files tell the same", async (t) => {
    const [bySocket, byFiles] = [socket(), files()];
    t.after(() => bySocket.close());
    const told = await bySocket.find(started, signal);
    assert.deepEqual(plain(await byFiles.find(started.slice(0, 12), signal)), plain(told));
    assert.equal(told?.fullId, started);
    const { details } = told ?? {};
    assert.equal(details?.name, "api");
    assert.equal(details?.image, "localhost/shop/api:2.0");
    assert.match(details?.imageId ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.match(details?.imageDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual({ ...details?.labels }, { tier: "front" });
    assert.equal(details?.hostPid, true);
    assert.equal(details?.hostNetwork, false);
    assert.equal(details?.privileged, false);
    assert.equal(details?.healthProbe, "/bin/sh -c test -e /bin/sleep");
    const [mount] = details?.mounts ?? [];
    assert.deepEqual([mount?.source, mount?.destination, mount?.writable], [folder, "/data", false]);
  });

  test("the id is the one that the cgroup of its process names", () => {
    const pid = run("inspect", "api", "--format", "{{.State.Pid}}");
    const paths = readFileSync(`/proc/${pid}/cgroup`, "utf8")
      .split("\n")
      .map((line) => line.split(":").at(-1) ?? "");
    const named = paths.map(containerOfPath).find((facts) => facts !== undefined);
    assert.deepEqual([named?.fullId, named?.runtime], [started, "podman"]);
  });

  test("one that starts is told of, by events and by files, and a privileged one as such", async (t) => {
    for (const source of [socket(), files()]) {
      const told = new Map<string, ContainerFacts>();
      const watch = watchContainers({ sources: [source], onFacts: (facts) => void told.set(facts.fullId, facts) });
      t.after(() => watch.close());
      await watch.begun;
      assert.deepEqual([...told.keys()].includes(started), true);
      // Until it is followed, whoever starts is not told of: another does.
      let late = "";
      for (let each = 0; !told.has(late); each++) {
        if (each > 0) run("rm", "--force", "--time", "0", `late-${each}`);
        late = start(`late-${each + 1}`, "--privileged");
        for (let wait = 0; wait < 100 && !told.has(late); wait++) await setTimeout(50);
      }
      while (told.get(late)?.details?.privileged === undefined) await setTimeout(20);
      assert.equal(told.get(late)?.details?.privileged, true);
      await watch.close();
      run("rm", "--force", "--all", "--time", "0", "--filter", "name=late");
    }
  });
});
