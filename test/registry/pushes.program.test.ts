/** Two replicas of the guard over one database, in front of a real engine that notifies them: who may push and delete what. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { createLayout } from "../../scripts/image/layout.ts";
import { tarOf } from "../../scripts/image/tar.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import type { Digest } from "../../src/core/digest.ts";
import { Problem } from "../../src/core/problem.ts";
import type { AuditEntry, Identity, RegistryPolicySet } from "../../src/guards/registry/model.ts";
import { policyUnder } from "../../src/guards/registry/policies.ts";
import { createEngine } from "../../src/guards/registry/proxy/engine.ts";
import { allowed, type OpenProxy, openProxy } from "../../src/guards/registry/proxy/open.fixture.ts";
import { createEventPage, EVENTS_PATH } from "../../src/guards/registry/push/events.ts";
import { createPushGate } from "../../src/guards/registry/push/gate.ts";
import { createUpstream } from "../../src/net/upstream.ts";
import type { Store } from "../../src/store/model.ts";
import { openStore } from "../../src/store/open.ts";
import { freePort } from "../free-ports.ts";
import { kernelClock } from "../kernel-clock.ts";
import { cosignIn, withoutCosign } from "../trust/cosign.ts";
import { findProgram } from "./client-programs.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { clientFiles } from "./guarded.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";

const run = promisify(execFile);
const program = findDockerRegistry();
const postgres = findPostgres();
const skopeoIsMissing = findProgram("skopeo") === undefined && "skopeo is not installed";
const missing =
  (program === undefined && "docker-registry is not installed") ||
  (postgres === undefined && "postgresql is not installed") ||
  skopeoIsMissing;
const SECRET = ["known", "by", "this"].join("-");
/** Milliseconds that anything of another process may take under load. */
const PATIENCE = 60_000;

function policies(): RegistryPolicySet {
  const registry = {
    ...defaultPolicy.registry,
    immutableTags: ["shop/**:v*", "sealed/**:*"],
    push: { ...defaultPolicy.registry.push, maxLayerBytes: 50_000 },
  };
  const trust = new Problem({ kind: "input", code: "test", place: "trust", cause: "not opened" });
  const policy = policyUnder({ policy: { ...defaultPolicy, registry }, places: new Map() }, trust);
  return { digest: policy.digest, trustFaults: [], forEnvironment: () => policy };
}

interface Replica {
  readonly proxy: OpenProxy;
  readonly store: Store;
}

describe("pushes through two replicas of the registry guard", { skip: missing }, () => {
  let folder: string;
  let database: Postgres;
  let engine: DockerRegistry;
  let replicas: readonly [Replica, Replica];
  let identity: Identity;
  const set = policies();
  const bypasses: AuditEntry[] = [];
  const problems: Problem[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bulkhead-pushes-"));
    database = await startPostgres(postgres as string);
    const port = await freePort();
    const endpoint = {
      name: "guard",
      url: `http://127.0.0.1:${port}${EVENTS_PATH}`,
      headers: { Authorization: [`Bearer ${SECRET}`] },
      timeout: "5s",
      threshold: 3,
      backoff: "200ms",
    };
    engine = await startDockerRegistry(program as string, folder, undefined, {
      notifications: { endpoints: [endpoint] },
    });
    identity = {
      principal: { name: "robot:ci", kind: "robot", isExempt: false },
      grants: [{ repository: "shop/source", actions: ["pull"] }],
      mayListCatalog: true,
    };
    replicas = [await replica(port), await replica(0)];
  });
  after(async () => {
    for (const { proxy, store } of replicas ?? []) {
      await proxy.close(0);
      await store.close();
    }
    await engine?.stop();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function replica(port: number): Promise<Replica> {
    const store = await openStore({ url: database.url });
    const upstream = createUpstream({ origin: new URL(`http://${engine.host}`) });
    const its = createEngine(upstream, undefined);
    const onProblem = (problem: Problem) => void problems.push(problem);
    const common = { store, engine: its, policies: () => set, now: kernelClock, onProblem };
    const page = createEventPage({
      ...common,
      secrets: () => [SECRET],
      onBypass: (entry) => void bypasses.push(entry),
    });
    const proxy = await openProxy(`http://${engine.host}`, {
      port,
      upstream,
      engine: its,
      locks: store.locks,
      authenticator: { identify: async () => identity },
      push: createPushGate({ ...common, pull: { blob: async () => allowed } }),
      pages: new Map([[EVENTS_PATH, page]]),
      now: kernelClock,
    });
    return { proxy, store };
  }

  /** A small image that differs from others by its text. */
  function layoutOf(text: string): string {
    const layout = join(folder, `layout-${text}`);
    const tar = tarOf(new Map([["text", { type: "file", mode: 0o644, bytes: Buffer.from(text) }]]));
    const writer = createLayout(layout);
    const created = "2026-11-23T00:00:00Z";
    const layers = [{ tar, createdBy: text }];
    writer.close(
      "latest",
      writer.image({ architecture: "amd64", created, layers, execution: {}, annotations: {} }),
      [],
    );
    return layout;
  }

  async function copy(layout: string, host: string, image: string): Promise<string> {
    const env = clientFiles(folder);
    const words = ["--policy", join(folder, "policy.json"), "copy", "--quiet", "--dest-tls-verify=false"];
    try {
      await run("skopeo", [...words, `oci:${layout}`, `docker://${host}/${image}`], { env, timeout: PATIENCE });
      return "";
    } catch (error) {
      return (error as { stderr?: string }).stderr ?? String(error);
    }
  }

  async function heldBy(image: string, host = engine.host): Promise<string | null> {
    const [repository, tag] = image.split(":");
    const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
    const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers: { accept } });
    await answer.body?.cancel();
    return answer.headers.get("docker-content-digest");
  }

  /** What another process does in its own time. */
  async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      assert.ok(performance.now() < end, "in vain");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it("gives an immutable tag to exactly one of two that push it at once, each to another replica", async () => {
    const layouts = [layoutOf("one"), layoutOf("two")];
    for (let round = 0; round < 4; round += 1) {
      const image = `shop/raced:v${round}`;
      const said = await Promise.all(
        layouts.map((layout, index) => copy(layout, replicas[index as 0 | 1].proxy.host, image)),
      );
      assert.equal(said.filter((text) => text === "").length, 1, said.join("\n"));
      const refused = said.find((text) => text !== "") ?? "";
      const held = await heldBy(image);
      assert.match(
        refused,
        /denied: shop\/raced:v\d is immutable and holds sha256:[0-9a-f]{64}; fix: push under another tag/,
      );
      assert.ok(refused.includes(String(held)), "the refusal names what the tag holds");
    }
    assert.deepEqual(problems, []);
  });

  it("takes the same image again under its immutable tag, and another under one that moves", async () => {
    const [{ proxy }] = replicas;
    assert.equal(await copy(layoutOf("one"), proxy.host, "shop/again:v1"), "");
    assert.equal(await copy(layoutOf("one"), proxy.host, "shop/again:v1"), "");
    assert.equal(await copy(layoutOf("one"), proxy.host, "shop/again:latest"), "");
    assert.equal(await copy(layoutOf("two"), proxy.host, "shop/again:latest"), "");
  });

  it("lets cosign sign twice where every tag is immutable", { skip: withoutCosign }, async () => {
    const { host } = replicas[0].proxy;
    assert.equal(await copy(layoutOf("one"), host, "sealed/api:v1"), "");
    const image = `${host}/sealed/api@${await heldBy("sealed/api:v1")}`;
    const cosign = await cosignIn(folder);
    for (const name of ["one", "two"]) {
      await cosign.keyPair(name);
      await cosign.sign(image, `${name}.key`);
    }
    for (const name of ["one", "two"]) {
      const words = ["verify", "--insecure-ignore-tlog", "--allow-http-registry", "--key", `${name}.pub`, image];
      assert.match(await cosign.run(words), /"docker-manifest-digest"/);
    }
    const under = (await heldBy("sealed/api:v1"))?.replace(":", "-");
    assert.match(await copy(layoutOf("two"), host, `sealed/api:${under}.sig`), /is immutable and holds/);
  });

  it("knows what went through it, queues its scan once, and names what was pushed to the engine directly", async () => {
    const [{ proxy, store }] = replicas;
    assert.equal(await copy(layoutOf("one"), proxy.host, "shop/known:1"), "");
    const known = (await heldBy("shop/known:1")) as Digest;
    assert.deepEqual((await store.images.find({ repository: "shop/known", digest: known }))?.tags, ["1"]);
    assert.equal(await copy(layoutOf("past"), engine.host, "shop/known:1"), "");
    const past = (await heldBy("shop/known:1")) as Digest;
    assert.notEqual(past, known);
    const named = await until(() => bypasses.find(({ repository }) => repository === "shop/known"));
    assert.deepEqual([named.operation, named.reference, named.decision.digest], ["bypass", "1", past]);
    assert.equal(bypasses.length, 1, "nothing that went through it is named");
    assert.deepEqual((await store.images.find({ repository: "shop/known", digest: past }))?.tags, ["1"]);
    const jobs = await store.jobs.take("a test", 100, PATIENCE);
    const scans = jobs.filter(({ kind, about }) => kind === "scan" && about.repository === "shop/known");
    assert.deepEqual(scans.map(({ about }) => about.digest).sort(), [known, past].sort());
    assert.deepEqual(problems, []);
  });

  it("hears after an outage what was pushed past it meanwhile", async () => {
    const [{ proxy, store }, other] = replicas;
    await proxy.close(0);
    assert.equal(await copy(layoutOf("meanwhile"), engine.host, "shop/outage:v1"), "");
    const pushed = (await heldBy("shop/outage:v1")) as Digest;
    replicas = [await replica(proxy.port), other];
    const named = await until(() => bypasses.find(({ repository }) => repository === "shop/outage"));
    assert.equal(named.decision.digest, pushed);
    assert.deepEqual(named.decision.checks, ["registry/immutable-tag-moved"]);
    assert.match(await copy(layoutOf("one"), replicas[0].proxy.host, "shop/outage:v1"), /is immutable and holds/);
    await store.close();
  });

  it("mounts a blob from where the token lets it be pulled, and uploads it from anywhere else", async () => {
    const { origin } = replicas[0].proxy;
    const bytes = Buffer.from("a blob that is mounted");
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    for (const repository of ["shop/source", "shop/hidden"]) {
      const begun = await fetch(`${origin}/v2/${repository}/blobs/uploads/`, { method: "POST" });
      const url = new URL(begun.headers.get("location") ?? "", origin);
      url.searchParams.set("digest", digest);
      assert.equal((await fetch(url, { method: "PUT", body: new Uint8Array(bytes) })).status, 201);
    }
    const mount = async (from: string) => {
      const path = `${origin}/v2/shop/target/blobs/uploads/?mount=${digest}${from}`;
      return (await fetch(path, { method: "POST" })).status;
    };
    assert.equal(await mount("&from=shop/hidden"), 202);
    assert.equal(await mount(""), 202);
    assert.equal((await fetch(`${origin}/v2/shop/target/blobs/${digest}`, { method: "HEAD" })).status, 404);
    assert.equal(await mount("&from=shop/source"), 201);
  });

  it("cuts an upload off that the policy calls too large, whatever length is told", async () => {
    const { origin } = replicas[0].proxy;
    const bytes = new Uint8Array(60_000);
    const begin = async () => {
      const begun = await fetch(`${origin}/v2/shop/large/blobs/uploads/`, { method: "POST" });
      return new URL(begun.headers.get("location") ?? "", origin);
    };
    const told = await fetch(await begin(), { method: "PATCH", body: bytes });
    assert.equal(told.status, 413, await told.text());
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    });
    const untold = { method: "PATCH", body, duplex: "half" } as RequestInit;
    const status = await fetch(await begin(), untold).then(
      (answer) => answer.status,
      () => 413,
    );
    assert.equal(status, 413);
  });

  it("deletes nothing that an immutable tag holds, and forgets what it lets be deleted", async () => {
    const [{ proxy, store }] = replicas;
    assert.equal(await copy(layoutOf("kept"), proxy.host, "shop/kept:v1"), "");
    assert.equal(await copy(layoutOf("loose"), proxy.host, "shop/kept:dev"), "");
    const remove = async (digest: string | null) => {
      const answer = await fetch(`${proxy.origin}/v2/shop/kept/manifests/${digest}`, { method: "DELETE" });
      return [answer.status, await answer.text()] as const;
    };
    const [status, text] = await remove(await heldBy("shop/kept:v1"));
    assert.deepEqual([status, /is what the immutable tag v1 holds/.test(text)], [403, true]);
    const loose = (await heldBy("shop/kept:dev")) as Digest;
    assert.equal((await remove(loose))[0], 202);
    assert.equal(await heldBy("shop/kept:dev"), null);
    assert.equal(await store.images.find({ repository: "shop/kept", digest: loose }), undefined);
    assert.deepEqual(problems, []);
  });
});
