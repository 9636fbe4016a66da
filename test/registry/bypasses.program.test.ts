/**
 * Ways around the guard, each tried at two replicas of `bulkhead registry serve` as processes, over one PostgreSQL and in front
 * of one real engine. The first pull through an upstream is in upstream.test.ts.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { tarOf } from "../../src/engines/oci/image.fixture.ts";
import { freePorts } from "../free-ports.ts";
import { inProcess } from "../in-process.ts";
import { importMade } from "../made-advisories.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { ACCEPT, type Answer, type Client, clientOf, digestOf, IMAGE, INDEX, startReplica } from "./replicas.ts";
import { makeKeys } from "./served-guard.ts";

const engineProgram = findDockerRegistry();
const postgresPrograms = findPostgres();
const skip =
  (engineProgram === undefined && "docker-registry is not installed") ||
  (postgresPrograms === undefined && "PostgreSQL is not installed");

const layer = tarOf([
  { name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.22.1\n" },
  { name: "lib/apk/db/installed", content: "P:musl\nV:1.2.5-r10\nA:x86_64\no:musl\n\n" },
]);

/** An image manifest with its blobs pushed. @param user - empty: it runs as root, which the policy refuses */
async function image(client: Client, repository: string, user: string, salt = ""): Promise<object> {
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      created: "2026-11-01T00:00:00Z",
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
      history: [{ created_by: `made ${salt}` }],
      config: user === "" ? {} : { User: user },
    }),
  );
  const described = async (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: await client.blob(repository, bytes),
    size: bytes.length,
  });
  return {
    schemaVersion: 2,
    mediaType: IMAGE,
    config: await described("application/vnd.oci.image.config.v1+json", config),
    layers: [await described("application/vnd.oci.image.layer.v1.tar", layer)],
  };
}

const bytesOf = (document: object) => Buffer.from(JSON.stringify(document));

function indexOf(...documents: readonly { readonly document: object; readonly type?: string }[]): object {
  return {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: documents.map(({ document, type = IMAGE }) => ({
      mediaType: type,
      digest: digestOf(bytesOf(document)),
      size: bytesOf(document).length,
      platform: { os: "linux", architecture: "amd64" },
    })),
  };
}

const policy = `apiVersion: bulkhead/v1
advisories: { maxAgeDays: 3650 }
thresholds: { configuration: { severity: medium } }
enforcement:
  registry:
    pull:
      default: audit
      unknown: deny
      checks: { image/runs-as-root: deny, image/known-vulnerabilities: deny, "registry/*": deny }
    push: deny
registry:
  access:
    - { who: [robot:pusher], repositories: ["shop/**", "keys/**"], actions: [pull, push] }
    - { who: ["user:reader"], repositories: ["shop/**"], actions: [pull, push] }
  immutableTags: ["v*"]
  quarantine: ["**"]
  pull: { signed: false }
`;

describe("ways around the registry guard", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-bypasses-"));
  const at = (name: string) => join(folder, name);
  const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: folder });
  const replicas: { readonly child: ChildProcess; readonly origin: string }[] = [];
  const passwords = new Map<string, string>();
  let engine: DockerRegistry;
  let postgres: Postgres;
  /** At each replica. */
  let pushers: readonly Client[];
  let readers: readonly Client[];
  let good: object;
  let bad: object;

  before(async () => {
    const ports = await freePorts(2);
    makeKeys(folder);
    for (const [name, kind] of [["pusher", "--robot"], ["reader"]] as const) {
      const { stdout } = await run("registry", "account", "add", name, ...(kind === undefined ? [] : [kind]));
      passwords.set(name, /shown once\): (\S+)/.exec(stdout)?.[1] ?? "");
    }
    mkdirSync(at("engine"));
    engine = await startDockerRegistry(engineProgram ?? "", at("engine"), {
      realm: `http://127.0.0.1:${ports[0]}/token`,
      service: "engine",
      issuer: "bulkhead",
      certificateFile: at("keys/engine.crt"),
      close: async () => undefined,
    });
    postgres = await startPostgres(postgresPrograms ?? "");
    writeFileSync(at("database-url"), postgres.url, { mode: 0o600 });
    writeFileSync(at("bulkhead.yaml"), policy);
    const database = await importMade(folder);
    for (const port of ports) replicas.push(await startReplica(folder, port, `http://${engine.host}`, database));
    const clients = (name: string) => replicas.map(({ origin }) => clientOf(origin, name, passwords.get(name)));
    pushers = clients("pusher");
    readers = clients("reader");
    const [pusher, reader] = [pushers[0], readers[0]] as [Client, Client];
    good = await image(pusher, "shop/web", "10001");
    bad = await image(pusher, "shop/web", "");
    for (const [tag, document] of [
      ["good", good],
      ["bad", bad],
    ] as const) {
      assert.equal((await pusher.put("shop/web", tag, document)).status, 201);
    }
    const pulls = [await scanned(reader, "shop/web", "good"), await scanned(reader, "shop/web", "bad")];
    assert.deepEqual(
      pulls.map(({ status }) => status),
      [200, 403],
      pulls.map(({ body }) => body.toString()).join("\n"),
    );
  });

  after(async () => {
    for (const { child } of replicas) {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    }
    await engine?.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Until the scan that the push asked for has said something. */
  async function scanned(reader: Client, repository: string, reference: string): Promise<Answer> {
    for (;;) {
      const answer = await reader.get(repository, reference);
      if (!/not scanned/.test(answer.body.toString())) return answer;
      await delay(50);
    }
  }

  const refused = (answer: Answer) => {
    assert.equal(answer.status, 403, `${answer.status} ${answer.body}`);
    assert.match(answer.body.toString(), /"code":"DENIED"/);
  };

  test("HEAD is refused as GET is, and tells neither digest nor size", async () => {
    for (const reader of readers) {
      const head = await reader.head("shop/web", "bad");
      assert.equal(head.status, 403);
      assert.equal(head.headers.get("docker-content-digest"), null);
      refused(await reader.get("shop/web", "bad"));
    }
  });

  test("an index over what is refused is refused, also within another", async () => {
    const [pusher, reader] = [pushers[0], readers[1]] as [Client, Client];
    const inner = indexOf({ document: bad });
    const outer = indexOf({ document: inner, type: INDEX });
    assert.equal((await pusher.put("shop/web", "inner", inner, INDEX)).status, 201);
    assert.equal((await pusher.put("shop/web", "outer", outer, INDEX)).status, 201);
    refused(await scanned(reader, "shop/web", "inner"));
    refused(await scanned(reader, "shop/web", "outer"));
  });

  test("the child of an index is refused by its digest, and its blobs with it", async () => {
    for (const reader of readers) {
      refused(await reader.get("shop/web", digestOf(bytesOf(bad))));
      const { config } = bad as { readonly config: { readonly digest: string } };
      refused(await reader.ask("GET", `/v2/shop/web/blobs/${config.digest}`));
    }
  });

  test("a tag that moves while it is asked for gives what was judged, or nothing", async () => {
    const [mover, reader] = [pushers[1], readers[0]] as [Client, Client];
    let isMoving = true;
    const moving = (async () => {
      for (let at = 0; isMoving; at += 1) await mover.put("shop/web", "moving", at % 2 === 0 ? bad : good);
    })();
    const wanted = digestOf(bytesOf(good));
    const seen = { served: 0, refused: 0 };
    try {
      for (let at = 0; at < 200 || (seen.served === 0 && at < 2_000); at += 1) {
        const { status, body, headers } = await reader.get("shop/web", "moving");
        if (status === 404) continue;
        if (status !== 200) {
          seen.refused += 1;
          continue;
        }
        seen.served += 1;
        assert.equal(digestOf(body), wanted);
        assert.equal(headers.get("docker-content-digest"), wanted);
      }
    } finally {
      isMoving = false;
      await moving;
    }
    assert.ok(seen.served > 0 && seen.refused > 0, JSON.stringify(seen));
  });

  test("no header of a client exempts it", async () => {
    for (const headers of [
      { "user-agent": "cosign/v2.5.0 (linux; amd64)" },
      { "user-agent": "trivy/0.60" },
      { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" },
      { "x-forwarded-user": "robot:pusher", "x-remote-user": "internal" },
      { "docker-distribution-api-version": "registry/2.0", host: engine.host },
    ]) {
      refused(await (readers[0] as Client).get("shop/web", "bad", headers));
    }
  });

  test("what cannot be scanned is not served for that", async () => {
    const [pusher, reader] = [pushers[0], readers[0]] as [Client, Client];
    const bytes = Buffer.from("MZ a program that is no layer");
    const document = {
      schemaVersion: 2,
      mediaType: IMAGE,
      config: (good as { readonly config: object }).config,
      layers: [
        {
          mediaType: "application/vnd.example.unknown",
          digest: await pusher.blob("shop/web", bytes),
          size: bytes.length,
        },
      ],
    };
    assert.equal((await pusher.put("shop/web", "odd", document)).status, 201);
    const answer = await reader.get("shop/web", "odd");
    refused(answer);
    // The scan comes to nothing, and that is no pass.
    for (let at = 0; at < 20; at += 1) {
      assert.notEqual((await reader.get("shop/web", "odd")).status, 200);
      await delay(50);
    }
  });

  test("an image that calls itself a signature or a list of referrers is judged as an image", async () => {
    const [pusher, reader] = [pushers[0], readers[0]] as [Client, Client];
    const hex = digestOf(bytesOf(good)).slice("sha256:".length);
    for (const tag of [`sha256-${hex}.sig`, `sha256-${hex}.att`, `sha256-${"0".repeat(64)}`]) {
      assert.equal((await pusher.put("shop/web", tag, bad)).status, 201, tag);
      refused(await reader.get("shop/web", tag));
    }
    const referring = {
      ...bad,
      subject: { mediaType: IMAGE, digest: digestOf(bytesOf(good)), size: bytesOf(good).length },
    };
    assert.equal((await pusher.put("shop/web", "referring", referring)).status, 201);
    refused(await scanned(reader, "shop/web", "referring"));
  });

  test("a blob of a repository that one may not read is not mounted, and not served after", async () => {
    const [pusher, reader] = [pushers[0], readers[0]] as [Client, Client];
    const digest = await pusher.blob("keys/safe", Buffer.from("for others"));
    const mounted = await reader.ask("POST", `/v2/shop/web/blobs/uploads/?mount=${digest}&from=keys/safe`);
    assert.notEqual(mounted.status, 201);
    assert.notEqual((await reader.ask("GET", `/v2/shop/web/blobs/${digest}`)).status, 200);
    assert.notEqual((await reader.ask("GET", `/v2/keys/safe/blobs/${digest}`)).status, 200);
  });

  test("a client's token is nothing to the engine", async () => {
    const { origin } = replicas[0] as (typeof replicas)[number];
    const reader = clientOf(origin, "reader", passwords.get("reader"));
    const challenged = await fetch(`${origin}/v2/shop/web/manifests/good`);
    const token = await reader.tokenFor(challenged.headers.get("www-authenticate") ?? "");
    assert.ok(token !== undefined);
    const headers = { authorization: `Bearer ${token}`, accept: ACCEPT };
    assert.equal((await fetch(`${origin}/v2/shop/web/manifests/good`, { headers })).status, 200);
    for (const reference of ["good", "bad"]) {
      const answer = await fetch(`http://${engine.host}/v2/shop/web/manifests/${reference}`, { headers });
      assert.equal(answer.status, 401);
    }
  });

  test("of two pushes to a tag that never moves, at two replicas, exactly one wins", async () => {
    for (let round = 0; round < 10; round += 1) {
      const tag = `v${round}`;
      const documents = [good, bad];
      const answers = await Promise.all(
        pushers.map((pusher, which) => pusher.put("shop/web", tag, documents[which] as object)),
      );
      const statuses = answers.map(({ status }) => status).sort();
      assert.equal(statuses.filter((status) => status === 201).length, 1, `${tag}: ${statuses}`);
      // Whoever lost loses again, and who won may say so again.
      const winner = answers.findIndex(({ status }) => status === 201);
      for (const pusher of pushers) {
        assert.equal((await pusher.put("shop/web", tag, documents[winner] as object)).status, 201);
        assert.notEqual((await pusher.put("shop/web", tag, documents[1 - winner] as object)).status, 201);
      }
    }
  });
});
