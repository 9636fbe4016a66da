/** The registry's worker over a real engine that asks for tokens, and a real PostgreSQL: pushed, scanned, judged anew. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, renameSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { readClock } from "../../src/core/clock.ts";
import type { Digest } from "../../src/core/digest.ts";
import { tarOf } from "../../src/engines/oci/image.fixture.ts";
import { recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../src/engines/vulnerability/database/import.ts";
import { scanJob } from "../../src/guards/registry/jobs.ts";
import type { EngineTokens, RegistryPolicySet } from "../../src/guards/registry/model.ts";
import { createEngine } from "../../src/guards/registry/proxy/engine.ts";
import { createEngineTokens } from "../../src/guards/registry/tokens/engine-tokens.ts";
import { makeKeys, openKeyRing } from "../../src/guards/registry/tokens/keys.ts";
import { openWorker } from "../../src/guards/registry/worker/open.ts";
import { scanStatus } from "../../src/guards/registry/worker/status.ts";
import type { RegistryWorker } from "../../src/guards/registry/worker/worker.ts";
import { createUpstream } from "../../src/net/upstream.ts";
import type { ImageKey, Store } from "../../src/store/model.ts";
import { openStore } from "../../src/store/open.ts";
import { program } from "../bulkhead.ts";
import { kernelClock } from "../kernel-clock.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";

const run = promisify(execFile);
const dockerRegistry = findDockerRegistry();
const programs = findPostgres();
const missing =
  dockerRegistry === undefined
    ? "docker-registry is not installed"
    : programs === undefined && "PostgreSQL is not installed";

const repository = "shop/web";
const policy = { ...defaultPolicy, advisories: { maxAgeDays: 3_650 } };
const policies = { forEnvironment: () => ({ policy }) } as unknown as RegistryPolicySet;
const trust = { issuer: "bulkhead", service: "engine" };
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const digestOf = (bytes: Buffer | string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;

/** Of one day; each younger one knows of one more package. */
async function writeDatabase(folder: string, day: number, packages: readonly string[]): Promise<string> {
  const records = packages.map((name) =>
    recordBelow(`GHSA-${name}`, "npm", name, "2.0.0", { database_specific: { severity: "CRITICAL" } }),
  );
  const source = join(folder, "records.jsonl");
  const sources = [{ file: "records.jsonl", ecosystem: "npm", asOf: `2026-01-0${day}`, complete: true }];
  await writeFile(source, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  await writeFile(join(folder, "coverage.json"), JSON.stringify({ sources }));
  const database = join(folder, `day-${day}.db`);
  await importAdvisories({ database, sources: [source], now: new Date("2026-01-10T00:00:00Z") });
  return database;
}

describe("the registry's worker", { skip: missing }, () => {
  let folder: string;
  let engine: DockerRegistry;
  let postgres: Postgres;
  let store: Store;
  let worker: RegistryWorker;
  let tokens: EngineTokens;
  const events: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bulkhead-worker-"));
    const ring = openKeyRing(makeKeys(new Date(kernelClock().getTime() - 600_000)), "made for this");
    const certificateFile = join(folder, "engine-root.pem");
    await writeFile(certificateFile, ring.engineRoot);
    const service = { ...trust, realm: "https://guard.test/token", certificateFile, close: async () => {} };
    engine = await startDockerRegistry(dockerRegistry as string, folder, service);
    tokens = createEngineTokens(() => ring, trust, kernelClock);
    postgres = await startPostgres(programs as string);
    store = await openStore({ url: postgres.url });
    copyFileSync(await writeDatabase(folder, 5, ["left-pad"]), join(folder, "advisories.db"));
    worker = begin();
  });
  after(async () => {
    await worker?.close(0);
    await store?.close();
    await postgres?.stop();
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function begin(): RegistryWorker {
    const origin = new URL(`http://${engine.host}`);
    return openWorker({
      store,
      engine: createEngine(createUpstream({ origin }), tokens),
      engineUrl: origin,
      tokens,
      policies: () => policies,
      root: folder,
      database: join(folder, "advisories.db"),
      cacheFile: join(folder, "layers.db"),
      host: "registry.test",
      now: () => readClock(),
      onFound: () => {},
      onEvent: (text) => events.push(text),
    });
  }

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = tokens.authorization([{ repository, actions: ["pull", "push", "delete"] }]);
    const headers = { ...init.headers, authorization };
    const answer = await fetch(new URL(path, `http://${engine.host}`), { ...init, headers });
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer;
  }

  async function pushBlob(bytes: Buffer, mediaType: string) {
    const begun = await ask(`/v2/${repository}/blobs/uploads/`, { method: "POST" });
    const url = new URL(begun.headers.get("location") ?? "");
    url.searchParams.set("digest", digestOf(bytes));
    await ask(url.href, { method: "PUT", body: new Uint8Array(bytes) });
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }

  /** @param bytes - of a file in it that cannot be compressed */
  async function push(tag: string, packages: Readonly<Record<string, string>>, bytes = 1_000): Promise<ImageKey> {
    const layer = tarOf([
      { name: "srv/data", content: randomBytes(bytes) },
      ...Object.entries(packages).map(([name, version]) => ({
        name: `app/node_modules/${name}/package.json`,
        content: JSON.stringify({ name, version }),
      })),
    ]);
    const config = Buffer.from(
      JSON.stringify({
        ...{ os: "linux", architecture: "amd64", created: "2026-01-01T00:00:00Z", config: { User: "1000" } },
        rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
      }),
    );
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: await pushBlob(config, "application/vnd.oci.image.config.v1+json"),
      layers: [await pushBlob(gzipSync(layer, { level: 1 }), "application/vnd.oci.image.layer.v1.tar+gzip")],
    });
    const headers = { "content-type": MANIFEST };
    await ask(`/v2/${repository}/manifests/${tag}`, { method: "PUT", body: manifest, headers });
    const key = { repository, digest: digestOf(manifest) };
    await store.images.saw({ ...key, tag, mediaType: MANIFEST, at: readClock() });
    await store.jobs.add([scanJob(key)]);
    return key;
  }

  const verdictOf = async (key: ImageKey) =>
    (await store.images.get(key))?.evaluations.find(({ check }) => check === "image/known-vulnerabilities")?.verdict;

  async function until(key: ImageKey, verdict: string): Promise<void> {
    while ((await verdictOf(key)) !== verdict) await delay(50);
  }

  test("an image of 50 MB is read with tokens of the guard, and judged", async () => {
    const key = await push("big", { "left-pad": "1.0.0", minimist: "1.0.0" }, 50_000_000);
    await until(key, "fail");
    const fine = await push("fine", { minimist: "1.0.0" });
    await until(fine, "pass");
    assert.equal((await store.images.get(key))?.createdAt?.toISOString(), "2026-01-01T00:00:00.000Z");
    assert.ok(existsSync(join(folder, "layers.db")));
  });

  test("a younger database in the place of the older one blocks what was fine, while the engine is down", async () => {
    const key = await push("later", { minimist: "1.0.1" });
    await until(key, "pass");
    await engine.stop();
    renameSync(await writeDatabase(folder, 6, ["left-pad", "minimist"]), join(folder, "advisories.db"));
    await until(key, "fail");
    const status = () => scanStatus(store);
    while ((await status()).databases.length > 1) await delay(50);
    const { counts, databases, failing } = await status();
    assert.deepEqual([counts.images, counts.failing], [3, 3]);
    assert.deepEqual(
      databases.map(({ database, images }) => [database.slice(0, 10), images]),
      [["2026-01-06", 3]],
    );
    assert.deepEqual(failing.flatMap(({ tags }) => tags).sort(), ["big", "fine", "later"]);
    assert.deepEqual(events, []);
    const file = join(folder, "database-url");
    await writeFile(file, `${postgres.url}\n`);
    const { stdout } = await run(process.execPath, [program, "registry", "status", "--database-url-file", file]);
    assert.match(stdout, /^images {4}3 stored, 3 scanned, 3 with failing checks, /m);
    assert.match(stdout, /^judged {4}3 by advisories of 2026-01-06 [0-9a-f]{12}, the oldest at /m);
    assert.match(stdout, /^ {2}shop\/web@sha256:[0-9a-f]{12} \(big\): 1 check failing, /m);
  });
});
