/** The guard's proxy in front of a real engine: clients push and pull through it what they would without it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type OpenProxy, openProxy } from "../../src/guards/registry/proxy/open.fixture.ts";
import { findProgram } from "./client-programs.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";

const run = promisify(execFile);
const program = findDockerRegistry();
const skopeo = findProgram("skopeo");
const cosign = findProgram("cosign");
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";

const digest = (bytes: Buffer | string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("the registry guard's proxy", { skip: program === undefined && "docker-registry is not installed" }, () => {
  let folder: string;
  let engine: DockerRegistry;
  let proxy: OpenProxy;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bulkhead-proxy-"));
    engine = await startDockerRegistry(program as string, folder);
    proxy = await openProxy(`http://${engine.host}`);
  });
  after(async () => {
    await proxy?.close(0);
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${proxy.origin}/v2/${path}`, { redirect: "manual", ...init });

  async function pushBlob(repository: string, bytes: Buffer): Promise<string> {
    const begun = await ask(`${repository}/blobs/uploads/`, { method: "POST" });
    assert.equal(begun.status, 202);
    const location = begun.headers.get("location") ?? "";
    // By a path alone: whatever name the engine has, the client goes on at the guard.
    assert.match(location, /^\/v2\//);
    const url = new URL(location, proxy.origin);
    url.searchParams.set("digest", digest(bytes));
    const stored = await fetch(url, { method: "PUT", body: new Uint8Array(bytes) });
    assert.equal(stored.status, 201, await stored.text());
    return digest(bytes);
  }

  async function pushImage(repository: string, tag: string, more: object = {}): Promise<string> {
    const layer = gzipSync(randomBytes(100_000));
    // Of its own: the engine may not find a blob while another push of the same one writes its link again.
    const config = Buffer.from(JSON.stringify({ nonce: randomBytes(8).toString("hex") }));
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: EMPTY, digest: await pushBlob(repository, config), size: config.length },
      layers: [
        { mediaType: "application/octet-stream", digest: await pushBlob(repository, layer), size: layer.length },
      ],
      ...more,
    });
    const name = tag === "" ? digest(manifest) : tag;
    const headers = { "content-type": MANIFEST };
    const put = await ask(`${repository}/manifests/${name}`, { method: "PUT", body: manifest, headers });
    assert.equal(put.status, 201, await put.text());
    const { subject } = more as { subject?: { digest: string } };
    assert.equal(put.headers.get("oci-subject"), subject?.digest ?? null);
    return digest(manifest);
  }

  const referrersOf = async (repository: string, subject: string, query = "") => {
    const listed = await ask(`${repository}/referrers/${subject}${query}`);
    assert.equal(listed.status, 200);
    assert.equal(listed.headers.get("content-type"), INDEX);
    const { manifests } = (await listed.json()) as { manifests: { digest: string; artifactType?: string }[] };
    return { digests: manifests.map((each) => each.digest), filtered: listed.headers.get("oci-filters-applied") };
  };

  it("answers HEAD as GET, by tag and by digest", async () => {
    const its = await pushImage("shop/head", "v1");
    for (const name of ["v1", its]) {
      const got = await ask(`shop/head/manifests/${name}`);
      const bytes = Buffer.from(await got.arrayBuffer());
      assert.equal(digest(bytes), its);
      const head = await ask(`shop/head/manifests/${name}`, { method: "HEAD" });
      for (const header of ["content-type", "content-length", "docker-content-digest", "etag"]) {
        assert.equal(head.headers.get(header), got.headers.get(header), header);
      }
      assert.equal(head.headers.get("docker-content-digest"), its);
    }
    const again = await ask("shop/head/manifests/v1", { headers: { "if-none-match": `"${its}"` } });
    assert.equal(again.status, 304);
  });

  it("lists referrers that the engine knows nothing of, and forgets those that are deleted", async () => {
    const image = await pushImage("shop/refers", "v1");
    const subject = { mediaType: MANIFEST, digest: image, size: 1 };
    const one = await pushImage("shop/refers", "", { artifactType: "application/one", subject });
    const two = await pushImage("shop/refers", "", { artifactType: "application/two", subject });
    assert.deepEqual((await referrersOf("shop/refers", image)).digests.toSorted(), [one, two].toSorted());
    const filtered = await referrersOf("shop/refers", image, "?artifactType=application/one");
    assert.deepEqual(filtered, { digests: [one], filtered: "artifactType" });
    const gone = await ask(`shop/refers/manifests/${one}`, { method: "DELETE" });
    assert.equal(gone.status, 202);
    assert.deepEqual((await referrersOf("shop/refers", image)).digests, [two]);
    assert.deepEqual((await referrersOf("shop/refers", digest("nothing"))).digests, []);
    assert.deepEqual(proxy.errors, []);
  });

  it("loses no referrer of many that are pushed at once", async () => {
    const image = await pushImage("shop/many", "v1");
    const subject = { mediaType: MANIFEST, digest: image, size: 1 };
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        pushImage("shop/many", "", { artifactType: `application/n${at}`, subject }),
      ),
    );
    assert.deepEqual((await referrersOf("shop/many", image)).digests.toSorted(), all.toSorted());
  });

  it("pushes and pulls with skopeo", { skip: skopeo === undefined && "skopeo is not installed" }, async () => {
    const its = await pushImage("shop/copied", "v1");
    const plain = ["--src-tls-verify=false", "--dest-tls-verify=false"];
    const from = `docker://${proxy.host}/shop/copied:v1`;
    await run("skopeo", ["copy", ...plain, from, `oci:${join(folder, "layout")}:v1`]);
    await run("skopeo", ["copy", ...plain, `oci:${join(folder, "layout")}:v1`, `docker://${proxy.host}/shop/again:v2`]);
    const { stdout } = await run("skopeo", [
      "inspect",
      "--raw",
      "--tls-verify=false",
      `docker://${proxy.host}/shop/again:v2`,
    ]);
    assert.equal(digest(stdout), its);
    const { stdout: tags } = await run("skopeo", [
      "list-tags",
      "--tls-verify=false",
      `docker://${proxy.host}/shop/again`,
    ]);
    assert.deepEqual(JSON.parse(tags).Tags, ["v2"]);
  });

  it("signs with cosign by tag and by referrer, and verifies", {
    skip: cosign === undefined && "cosign is not installed",
  }, async () => {
    const image = await pushImage("shop/signed", "v1");
    const reference = `${proxy.host}/shop/signed@${image}`;
    const env = { ...process.env, COSIGN_PASSWORD: "", COSIGN_EXPERIMENTAL: "1", HOME: folder };
    const sign = [
      "sign",
      "--yes",
      "--tlog-upload=false",
      "--allow-insecure-registry",
      "--key",
      "cosign.key",
      reference,
    ];
    await run("cosign", ["generate-key-pair"], { cwd: folder, env });
    await run("cosign", sign, { cwd: folder, env });
    const verify = ["verify", "--insecure-ignore-tlog", "--allow-insecure-registry", "--key", "cosign.pub", reference];
    const { stdout } = await run("cosign", verify, { cwd: folder, env });
    assert.ok(stdout.includes(image));
    await run("cosign", [...sign, "--registry-referrers-mode=oci-1-1"], { cwd: folder, env });
    assert.equal((await referrersOf("shop/signed", image)).digests.length, 1);
  });
});
