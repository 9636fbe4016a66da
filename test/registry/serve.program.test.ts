/** `registry serve` and `status` as a user runs them: an engine that takes tokens of the guard alone, and a client that is real. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { until } from "../../src/core/until.fixture.ts";
import { fixtureImage, tarOf, writeLayout } from "../../src/engines/oci/image.fixture.ts";
import { selfSigned } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { program } from "../bulkhead.ts";
import { compiled } from "../environment.ts";
import { freePort } from "../free-ports.ts";
import { inProcess } from "../in-process.ts";
import { findProgram } from "./client-programs.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { makeKeys } from "./served-guard.ts";

const engineProgram = findDockerRegistry();
const skopeo = findProgram("skopeo");
const certificate = selfSigned();
const skip =
  (engineProgram === undefined && "docker-registry is not installed") ||
  (skopeo === undefined && "skopeo is not installed") ||
  (certificate === undefined && "openssl is not installed");

interface Guard {
  readonly host: string;
  readonly statusPort: number;
  readonly said: readonly string[];
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

async function startGuard(folder: string, port: number, words: readonly string[]): Promise<Guard> {
  const ports = ["--host", "127.0.0.1", "--port", String(port), "--status-host", "127.0.0.1", "--status-port", "0"];
  const child: ChildProcess = spawn(process.execPath, [program, "registry", "serve", ...ports, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, TMPDIR: process.env.TMPDIR ?? "/tmp", ...compiled },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const exited = once(child, "exit") as Promise<[number | null]>;
  const said: string[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  assert.ok(child.stderr !== null);
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    if (/serves https:/.test(line)) resolve(line);
  });
  const ended = exited.then(([code]) => {
    process.off("exit", onExit);
    throw new Error(`registry serve ended with ${code}:\n${said.join("\n")}`);
  });
  ended.catch(() => undefined);
  const line = await Promise.race([promise, ended]);
  return {
    host: `127.0.0.1:${port}`,
    statusPort: Number(/metrics on (\d+)/.exec(line)?.[1]),
    said,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
  };
}

/** Asks until it is answered as wanted; each answer comes in its own time. */
async function askUntil<Answer>(ask: () => Promise<Answer>, isWanted: (answer: Answer) => boolean): Promise<Answer> {
  let answer: Answer | undefined;
  await until(async () => {
    answer = await ask();
    return isWanted(answer);
  });
  return answer as Answer;
}

describe("the registry guard from the command line", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-registry-serve-"));
  const at = (name: string) => join(folder, name);
  let engine: DockerRegistry;
  let guard: Guard;
  let words: readonly string[];
  const run = (...arguments_: readonly string[]) => inProcess(arguments_, { cwd: folder, home: folder });

  /** @returns what it printed, or its error */
  async function copy(...arguments_: readonly string[]): Promise<string> {
    try {
      const { stdout, stderr } = await promisify(execFile)(skopeo ?? "", arguments_, { cwd: folder });
      return stdout + stderr;
    } catch (error) {
      return (error as { readonly stderr: string }).stderr;
    }
  }

  const login = ["--tls-verify=false", "--authfile", at("auth.json")];
  const push = (image: string) =>
    copy(
      "copy",
      "--dest-tls-verify=false",
      "--dest-authfile",
      at("auth.json"),
      "oci:image",
      `docker://${guard.host}/${image}`,
    );
  const pull = (image: string) => copy("inspect", "--raw", ...login, `docker://${guard.host}/${image}`);

  async function status(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(`http://127.0.0.1:${guard.statusPort}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  before(async () => {
    const port = await freePort();
    makeKeys(folder);
    const added = await run("registry", "account", "add", "alice", "--accounts", "accounts.json");
    const password = /shown once\): (\S+)/.exec(added.stdout)?.[1] ?? "";
    mkdirSync(at("engine"));
    engine = await startDockerRegistry(engineProgram ?? "", at("engine"), {
      realm: `https://127.0.0.1:${port}/token`,
      service: "engine",
      issuer: "bulkhead",
      certificateFile: at("keys/engine.crt"),
      close: async () => undefined,
    });
    writeFileSync(at("tls.crt"), certificate?.cert ?? "");
    writeFileSync(at("tls.key"), certificate?.key ?? "");
    writeFileSync(at("bulkhead.yaml"), policy("warn"));
    const layers = [{ tar: tarOf([{ name: "etc/os-release", content: "ID=none\n" }]) }];
    writeLayout(at("image"), { latest: fixtureImage(layers) });
    words = [
      ...["--policy", "bulkhead.yaml", "--url", `https://127.0.0.1:${port}`, "--engine", `http://${engine.host}`],
      ...["--keys", "keys", "--accounts", "accounts.json", "--certificate", "tls.crt", "--key", "tls.key"],
      ...["--data", "data", "--cache", "cache.db", "--drain", "0", "--log", "decisions.log"],
    ];
    guard = await startGuard(folder, port, words);
    assert.match(await copy("login", ...login, "-u", "alice", "-p", password, guard.host), /Login Succeeded/);
  });
  after(async () => {
    await guard?.stop();
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const policy = (action: string) => `apiVersion: bulkhead/v1
enforcement: { registry: { pull: ${action}, push: deny } }
registry:
  access: [{ who: ["user:alice"], repositories: ["shop/**"], actions: [pull, push] }]
  immutableTags: ["v*"]
  pull: { askAt: "https://chat.example.com/security" }
`;

  it("is ready, and says what it rests on", async () => {
    const { status: code, text } = await askUntil(
      () => status("/readyz"),
      ({ text: each }) => !/not yet/.test(each),
    );
    assert.equal(code, 200);
    for (const name of ["policy", "trust", "serving", "store", "tokens", "engine", "worker"]) {
      assert.match(text, new RegExp(`^ok ${name}$`, "m"));
    }
  });

  it("takes a push of who may, scans it, and serves it; what nobody allows is denied", async () => {
    assert.match(await push("shop/api:v1"), /Writing manifest/);
    assert.match(await push("other/api:v1"), /level=fatal.*(?:denied|403)/i);
    assert.match(await pull("shop/api:v1"), /"schemaVersion"/);
    const scanned = await askUntil(
      () => status("/metrics"),
      ({ text }) => /job_seconds_count\{kind="scan"/.test(text),
    );
    assert.match(scanned.text, /decisions_total\{operation="manifest.push",action="allow"/);
  });

  it("keeps a tag that never moves, and denies pulls by the policy that is in force after SIGHUP", async () => {
    writeFileSync(at("bulkhead.yaml"), policy("deny"));
    guard.signal("SIGHUP");
    await askUntil(
      async () => guard.said,
      (said) => said.filter((line) => /policy: in force/.test(line)).length > 1,
    );
    // Nobody has advisories here: what is vulnerable is unknown.
    const refused = await pull("shop/api:v1");
    assert.match(refused, /denied: shop\/api:v1 may not be pulled/);
    assert.match(refused, /chat\.example\.com\/security/);
  });

  it("logs each decision as a line, and nothing of credentials", async () => {
    const log = await askUntil(
      async () => readFileSync(at("decisions.log"), "utf8"),
      (text) => /"action":"refuse"/.test(text),
    );
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.ok(lines.some((line) => line.operation === "manifest.push" && line.principal === "user:alice"));
    assert.doesNotMatch(log, /Bearer|bulkhead_/);
  });

  it("lets no token of its own clients past it to the engine", async () => {
    const direct = await copy("inspect", "--raw", ...login, `docker://${engine.host}/shop/api:v1`);
    assert.match(direct, /level=fatal/);
    assert.doesNotMatch(direct, /schemaVersion/);
  });

  it("goes on without its engine: ready, and each pull says why it is not served", async () => {
    await engine.stop();
    const { text } = await askUntil(
      () => status("/readyz"),
      ({ text: each }) => /no engine/.test(each),
    );
    assert.match(text, /^ok serving$/m);
    assert.equal((await status("/readyz")).status, 200);
    assert.doesNotMatch(await pull("shop/api:v1"), /"schemaVersion"/);
  });

  it("ends with 0, and status tells what it left", async () => {
    assert.equal(await guard.stop(), 0);
    const { code, stdout, stderr } = await run("registry", "status", "--data", "data");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^images {4}1 stored, 1 scanned/m);
    assert.match(stdout, /user:alice {2}manifest\.pull shop\/api:v1/);
  });
});

describe("registry serve", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-registry-usage-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const serve = (...words: readonly string[]) =>
    inProcess(
      ["registry", "serve", "--policy", "p.yaml", "--keys", "keys", "--url", "https://r.example.com", ...words],
      { cwd: folder, home: folder },
    );

  it("says what its options lack, before anything is opened", async () => {
    const engine = ["--engine", "http://127.0.0.1:1"];
    for (const [words, said] of [
      [engine, /no certificate \(use --certificate and --key, or --plain-http behind TLS\)/],
      [[...engine, "--plain-http"], /no database \(use --database-url-file FILE, or --data DIR to try it\)/],
      [[...engine, "--plain-http", "--data", "d", "--database-url-file", "f"], /leave one of them out/],
      [["--engine", "http://a:b@engine", "--plain-http", "--data", "d"], /--engine: a URL with more than scheme/],
    ] as const) {
      const { code, stderr } = await serve(...words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
  });
});
