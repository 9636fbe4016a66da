/**
 * What real programs do is learned by the real sensor, and proven: nginx, redis and a Python program of Debian's packages run in
 * containers of podman and runc, are restarted under the profiles that come of it, and work; a call that nobody learned is
 * refused. `ONLY=redis` runs some of them.
 */
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Learned, LearnedWorkload } from "../../../src/engines/events/learn/model.ts";
import { cannotSense } from "./sensor.ts";

const PROGRAM = join(import.meta.dirname, "../../../bin/bulkhead.js");
const IMAGE = "localhost/bulkhead-live/learned:13";
const CACHE = join(tmpdir(), "bulkhead-live-cache");
const PACKAGES = "nginx-light,redis-server,python3";

/** One that runs in a container, and what is asked of it as a user would. */
interface Case {
  readonly name: string;
  readonly port: number;
  readonly command: readonly string[];
  /** What a user sends, and what has to come back. */
  readonly asks: string;
  readonly hears: RegExp;
  readonly volumes: readonly string[];
  readonly executables: RegExp;
}

/** Asks a port of the host by a name, keeps a file, and answers on a port of its own. */
const script = (host: string, port: number): string =>
  [
    "import http.server, os, urllib.request",
    "class Handler(http.server.BaseHTTPRequestHandler):",
    "  def do_GET(self):",
    `    body = urllib.request.urlopen('http://${host}:${port}/').read()`,
    "    open('/var/tmp/count', 'a').write('x')",
    "    self.send_response(200); self.end_headers(); self.wfile.write(body)",
    "import signal, sys",
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))",
    "http.server.HTTPServer(('', 8000), Handler).serve_forever()",
  ].join("\n");

function casesOf(host: string, port: number): readonly Case[] {
  const http = { asks: "GET / HTTP/1.0\r\n\r\n", hears: /200 OK/ };
  return [
    {
      ...{ name: "nginx", port: 80, command: ["nginx", "-g", "daemon off;"], ...http },
      volumes: ["/run", "/var/lib/nginx", "/var/log/nginx"],
      executables: /^\/usr\/sbin\/nginx$/,
    },
    {
      ...{ name: "redis", port: 6379, asks: "SET a 1\r\n", hears: /\+OK/ },
      command: [
        "redis-server",
        "--save",
        "1",
        "1",
        "--dir",
        "/var/lib/redis",
        "--bind",
        "0.0.0.0",
        "--protected-mode",
        "no",
      ],
      volumes: ["/var/lib/redis"],
      executables: /^\/usr\/bin\/redis-(?:server|check-rdb)$/,
    },
    {
      ...{ name: "python", port: 8000, command: ["python3", "-c", script(host, port)], ...http },
      volumes: ["/var/tmp"],
      executables: /^\/usr\/bin\/python3\.\d+$/,
    },
  ];
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function run(program: string, words: readonly string[]): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const env = { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" };
  execFile(program, [...words], { env, maxBuffer: 64 * 1024 * 1024 }, (error, out, said) =>
    resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, error: said }),
  );
  return await promise;
}

async function podman(...words: readonly string[]): Promise<string> {
  const { code, out, error } = await run("podman", ["--runtime", "runc", ...words]);
  assert.equal(code, 0, `podman ${words[0]}: ${error}`);
  return out.trim();
}

async function bulkhead(...words: readonly string[]): Promise<Ran> {
  return await run(process.execPath, [PROGRAM, ...words]);
}

/** Sends a text once somebody listens, and gives back what comes. */
async function ask(address: string, port: number, text: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      const socket = connect({ host: address, port });
      await once(socket, "connect");
      let heard = "";
      socket.setEncoding("latin1").on("data", (part: string) => {
        heard += part;
        socket.end();
      });
      socket.write(text);
      await once(socket, "close");
      return heard;
    } catch (error) {
      if (tries >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** @returns whether it was not there before */
async function makeImage(): Promise<boolean> {
  if ((await run("podman", ["image", "exists", IMAGE])).code === 0) return false;
  const tar = join(CACHE, "learned.tar");
  if (!existsSync(tar)) {
    mkdirSync(CACHE, { recursive: true });
    const made = await run("mmdebstrap", ["--variant=minbase", `--include=${PACKAGES}`, "trixie", `${tar}.part`]);
    assert.equal(made.code, 0, made.error);
    renameSync(`${tar}.part`, tar);
  }
  await podman("import", tar, IMAGE);
  return true;
}

const tools = ["podman", "runc", "mmdebstrap"].find((name) => spawnSync(name, ["--version"]).status !== 0);
const missing = cannotSense() ?? (tools === undefined ? undefined : `${tools} is not installed`);
const only = new RegExp(process.env.ONLY ?? "");
const names = ["nginx", "redis", "python"].filter((name) => only.test(name));

describe("learning of real programs", { skip: missing ?? false }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-learn-live-"));
  const file = join(folder, "learned.json");
  const backend = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.0 200 OK\r\n\r\nhello");
  });
  let cases: readonly Case[] = [];
  let learned: Learned;
  let imported = false;
  let gateway = "";
  let backendPort = 0;

  before(async () => {
    imported = await makeImage();
    gateway = await podman("network", "inspect", "podman", "--format", "{{(index .Subnets 0).Gateway}}");
    backend.listen(0, "0.0.0.0");
    await once(backend, "listening");
    backendPort = (backend.address() as { port: number }).port;
    cases = casesOf(gateway, backendPort).filter(({ name }) => names.includes(name));
    const learning = spawn(process.execPath, [
      ...[PROGRAM, "runtime", "learn", "--hours", "0", "--format", "json", "--output", file],
    ]);
    const ended = once(learning, "close");
    let said = "";
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    learning.stderr.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      if (said.includes("learns until")) begin();
    });
    await Promise.race([begun, ended]);
    try {
      for (const each of cases) await exercise(each, []);
    } finally {
      learning.kill("SIGTERM");
    }
    const [code] = await ended;
    assert.equal(code, 0, said);
    learned = JSON.parse(readFileSync(file, "utf8"));
  });
  after(async () => {
    backend.close();
    for (const name of names) await run("podman", ["rm", "--force", "--time=0", `bulkhead-learn-${name}`]);
    if (imported) await run("podman", ["rmi", "--force", IMAGE]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Started, asked three times, and ended as an orchestrator does. */
  async function exercise({ name, command, port, asks, hears }: Case, options: readonly string[]): Promise<void> {
    const container = `bulkhead-learn-${name}`;
    await podman("run", "--detach", `--name=${container}`, ...options, IMAGE, ...command);
    try {
      const address = await podman("inspect", "--format", "{{.NetworkSettings.IPAddress}}", container);
      for (let count = 0; count < 3; count++) assert.match(await ask(address, port, asks), hears);
      // What redis saves after a second is saved at its end at the latest.
      await podman("stop", "--time=10", container);
    } finally {
      await run("podman", ["rm", "--force", "--time=0", container]);
    }
  }

  function workloadOf(name: string): LearnedWorkload {
    const found = learned.workloads.find(({ of }) => of.container === `bulkhead-learn-${name}`);
    assert.ok(found, `nothing of ${name}: ${learned.workloads.map(({ of }) => of.container).join(", ")}`);
    return found;
  }

  for (const name of names) {
    describe(name, () => {
      it("was seen from its start to its end, without a loss", () => {
        const { watched, syscalls = [], cut } = workloadOf(name);
        assert.deepEqual([watched.missing, watched.lost, cut], [[], {}, {}]);
        assert.ok(syscalls.includes("openat") && !syscalls.includes("mount") && !syscalls.includes("pivot_root"));
      });

      it("its programs, files and ports are those that it has", async () => {
        const { executables, opened, listening } = workloadOf(name);
        const own = cases.find((each) => each.name === name) as Case;
        assert.deepEqual(
          executables.filter(({ path }) => !own.executables.test(path)),
          [],
        );
        assert.ok(opened.some(({ path, layer }) => path.endsWith("/libc.so.6") && layer === "lower"));
        assert.deepEqual(
          listening.filter(({ count }) => count > 0),
          [{ protocol: "TCP", port: own.port, count: 3 }],
        );
      });

      it("the network advice is the connections that were made", async () => {
        const words = [
          "runtime",
          "learn",
          "merge",
          file,
          "--workload",
          `bulkhead-learn-${name}`,
          "--format",
          "network",
        ];
        const { code, out, error } = await bulkhead(...words);
        assert.equal(code, 0, error);
        const own = cases.find((each) => each.name === name) as Case;
        const self = { name: `bulkhead-learn-${name}` };
        const lines = out
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
          .map(({ from, to, protocol, port, count }) => ({ from, to, protocol, port, count }));
        assert.deepEqual(lines, [
          { from: { address: gateway }, to: self, protocol: "TCP", port: own.port, count: 3 },
          ...(name === "python"
            ? [{ from: self, to: { address: gateway }, protocol: "TCP", port: backendPort, count: 3 }]
            : []),
        ]);
      });

      it("it needs volumes where it writes", async () => {
        const words = [
          "runtime",
          "learn",
          "merge",
          file,
          "--workload",
          `bulkhead-learn-${name}`,
          "--format",
          "volumes",
        ];
        const { volumes, impossible } = JSON.parse((await bulkhead(...words)).out);
        const own = cases.find((each) => each.name === name) as Case;
        assert.deepEqual([volumes.map(({ path }: { path: string }) => path), impossible], [own.volumes, []]);
      });

      it("is restarted under its profile, works, and a call that nobody learned is refused", async () => {
        const own = cases.find((each) => each.name === name) as Case;
        const proof = join(folder, `${name}.json`);
        const { code, error } = await bulkhead(
          ...["runtime", "learn", "prove", file, "--workload", `bulkhead-learn-${name}`, "--engine-runtime", "runc"],
          ...["--seconds", "3", "--output", proof, "--", ...own.command],
        );
        assert.equal(code, 0, error);
        const { proven } = (JSON.parse(readFileSync(proof, "utf8")) as Learned).workloads.find(
          ({ of }) => of.container === `bulkhead-learn-${name}`,
        ) as LearnedWorkload;
        assert.deepEqual([proven?.volumes, proven?.refused !== ""], [own.volumes, true]);
      });

      it("answers its users under its profile", async () => {
        const own = cases.find((each) => each.name === name) as Case;
        const profile = join(folder, `${name}.seccomp.json`);
        const container = `bulkhead-learn-${name}`;
        const made = await bulkhead(
          ...["runtime", "learn", "merge", file, "--workload", container, "--format", "seccomp", "--output", profile],
        );
        assert.equal(made.code, 0, made.error);
        const { capabilities } = workloadOf(name);
        await exercise(own, [
          ...[`--security-opt=seccomp=${profile}`, "--cap-drop=ALL", "--read-only", "--read-only-tmpfs=false"],
          ...(capabilities?.used ?? []).map((each) => `--cap-add=${each.slice(4)}`),
          ...own.volumes.map((path) => `--tmpfs=${path}:rw,mode=1777`),
        ]);
      });
    });
  }
});
