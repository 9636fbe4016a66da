/**
 * What the registry guard costs whoever pulls: `registry serve` over PostgreSQL, each pull judged, recorded and let through (the
 * policy is a dry run). Manifests at a steady rate against an engine that does next to nothing, blobs beside the reverse proxy of
 * Go's standard library, and readers that are slow. The engine, the proxy beside it and what pulls are one Go program, built
 * here: a client that leaves the machine's few cores to the guard.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuOf, memoryOf } from "../test/admission/load/run.ts";
import { findPostgres, startPostgres } from "../test/registry/postgres.ts";
import { makeKeys, serveGuard } from "../test/registry/served-guard.ts";
import { type Bench, ratios, row } from "./bench.ts";

/** Manifests a second. */
const RATE = 200;
const BLOB_MEBIBYTES = 64;
const SLOW_READERS = 50;

const LIMITS = {
  /** Milliseconds that the guard adds to the 99th percentile. */
  manifest: 5,
  /** Milliseconds of a core for 400 MB: 400 MB a second and core. */
  blobs: 1_000,
  /** Of the reverse proxy's. */
  share: 2,
  memory: 250e6,
};

/** The config of the engine's one manifest: what no manifest names is served to nobody. */
const BLOB = `/v2/shop/web/blobs/sha256:${createHash("sha256").update("{}").digest("hex")}`;
const MANIFEST = "/v2/shop/web/manifests/1.0";

export const registry: Bench = {
  about: "pulls through the registry guard against a stub engine, beside Go's ReverseProxy (needs go, postgresql)",
  needs: [],
  async run({ note, short }) {
    const [rounds, seconds, blobs] = short ? [1, 3, 3] : [5, 20, 10];
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
    const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
    try {
      note("builds what it is measured beside");
      const beside = buildBeside(folder);
      const start = async (command: string, ...words: string[]) => {
        const started = await startProgram(command, words);
        ends.push(started.stop);
        return started;
      };
      const engine = await start(beside, "engine", String(BLOB_MEBIBYTES));
      const peer = await start(beside, "proxy", `http://${engine.host}`);
      const programs = findPostgres();
      if (programs === undefined) throw new Error("PostgreSQL is not installed (scripts/setup-tests)");
      const database = await startPostgres(programs);
      ends.push(() => database.stop());
      makeKeys(folder);
      const guard = await serveGuard({
        folder,
        policy: POLICY,
        engine: engine.host,
        database: database.url,
        words: ["--engine-without-tokens"],
      });
      ends.push(guard.stop);
      note("warms up");
      for (const { host } of [engine, peer, guard]) {
        steady(beside, host, short ? 2 : 10);
        execFileSync(beside, ["read", `http://${host}${BLOB}`, "2"]);
      }
      const manifests = { guard: [] as number[], engine: [] as number[] };
      const cpu = { guard: [] as number[], peer: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        note(`round ${round + 1} of ${rounds}`);
        manifests.engine.push(steady(beside, engine.host, seconds));
        manifests.guard.push(steady(beside, guard.host, seconds));
        cpu.peer.push(processorOf(beside, peer, blobs));
        cpu.guard.push(processorOf(beside, guard, blobs));
      }
      note(`${SLOW_READERS} slow readers`);
      const memory = await slowReaders(guard);
      const added = manifests.guard.map((value, at) => value - (manifests.engine[at] ?? Number.NaN));
      return {
        inputs: [
          `manifests: ${RATE} a second for ${seconds} s`,
          `blobs: ${blobs} of ${BLOB_MEBIBYTES} MiB one after the other, told for 400 MB`,
          `slow readers: ${SLOW_READERS} of such blobs, each after its first KiB`,
        ],
        rounds,
        rows: [
          row("manifest, p99, the engine alone", "ms", manifests.engine),
          row("manifest, p99, through the guard", "ms", manifests.guard),
          row("manifest, p99, added", "ms", added, LIMITS.manifest),
          row("blobs of 400 MB, processor, ReverseProxy", "ms", cpu.peer),
          row("blobs of 400 MB, processor, guard", "ms", cpu.guard, LIMITS.blobs),
          row("processor, guard / ReverseProxy", "ratio", ratios(cpu.guard, cpu.peer), LIMITS.share),
          row("memory with slow readers", "bytes", [memory], LIMITS.memory),
        ],
      };
    } finally {
      for (const end of ends.toReversed()) await end();
    }
  },
};

function buildBeside(folder: string): string {
  const program = join(folder, "beside");
  const source = join(import.meta.dirname, "registry/beside.go");
  const env = { ...process.env, GO111MODULE: "off", GOFLAGS: "" };
  execFileSync("go", ["build", "-o", program, source], { env, stdio: ["ignore", "ignore", "inherit"] });
  return program;
}

interface Started {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

const POLICY = {
  apiVersion: "bulkhead/v1",
  enforcement: { registry: "audit" },
  registry: { access: [{ who: ["anonymous"], repositories: ["**"], actions: ["pull"] }] },
};

/** A program whose first line says where it listens. */
async function startProgram(command: string, words: readonly string[]): Promise<Started> {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [host] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    host,
    pid: child.pid ?? 0,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** Each request at its own time, whether others were answered or not. @returns the 99th percentile in milliseconds */
function steady(beside: string, host: string, seconds: number): number {
  const words = ["steady", `http://${host}${MANIFEST}`, String(RATE), String(seconds)];
  return Number(execFileSync(beside, words, { encoding: "utf8" })) / 1_000;
}

/** @returns milliseconds of processor time that the server took for 400 MB of blobs */
function processorOf(beside: string, { host, pid }: Started, blobs: number): number {
  const before = cpuOf(pid);
  execFileSync(beside, ["read", `http://${host}${BLOB}`, String(blobs)]);
  return ((cpuOf(pid) - before) * 400e6) / (blobs * BLOB_MEBIBYTES * 1024 * 1024);
}

/** @returns bytes that the server has in memory while each of them has read the beginning of a blob and nothing since */
async function slowReaders({ host, pid }: Started): Promise<number> {
  const [address = "", port = ""] = host.split(":");
  const sockets = await Promise.all(
    Array.from({ length: SLOW_READERS }, async () => {
      const socket = connect(Number(port), address);
      socket.write(`GET ${BLOB} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      await once(socket, "readable");
      socket.read(1_024);
      return socket;
    }),
  );
  let most = 0;
  for (let look = 0; look < 10; look += 1) {
    await sleep(200);
    most = Math.max(most, memoryOf(pid).now);
  }
  for (const socket of sockets) socket.destroy();
  return most;
}
