/** The registry client against a real registry: docker-registry on loopback, behind token authentication. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { type Digest, parseDigest } from "../../src/core/digest.ts";
import { Problem } from "../../src/core/problem.ts";
import { parseReference } from "../../src/engines/oci/reference.ts";
import { selfSigned } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { openRegistry, type RegistryClient } from "../../src/engines/oci/registry/client.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { pushLayout } from "./push.ts";
import { startTokenService, type TokenService } from "./token-service.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const repository = "shop/web";

const program = findDockerRegistry();
const certificate = selfSigned();
const missing =
  program === undefined ? "docker-registry is not installed" : certificate === undefined && "openssl is not installed";

interface Written {
  readonly digest: Digest;
  readonly size: number;
  readonly bytes: Buffer;
}

async function writeBlob(layout: string, bytes: Buffer): Promise<Written> {
  const hex = createHash("sha256").update(bytes).digest("hex");
  const digest = parseDigest(`sha256:${hex}`);
  assert.ok(digest !== undefined);
  await writeFile(join(layout, "blobs", "sha256", hex), bytes);
  return { digest, size: bytes.length, bytes };
}

/** An image of one layer in an index of one platform; the registry does not look into the layer. */
async function writeTinyImage(layout: string) {
  await mkdir(join(layout, "blobs", "sha256"), { recursive: true });
  const json = (document: unknown) => writeBlob(layout, Buffer.from(JSON.stringify(document)));
  const content = Buffer.alloc(1024 * 1024, "a layer ");
  const layer = await writeBlob(layout, gzipSync(content));
  const diffId = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const config = await json({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [diffId] } });
  const describe = (mediaType: string, { digest, size }: Written) => ({ mediaType, digest, size });
  const manifest = await json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe("application/vnd.oci.image.config.v1+json", config),
    layers: [describe("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
  });
  const index = await json({ schemaVersion: 2, mediaType: INDEX, manifests: [describe(MANIFEST, manifest)] });
  const entry = { schemaVersion: 2, mediaType: INDEX, manifests: [describe(INDEX, index)] };
  await writeFile(join(layout, "index.json"), JSON.stringify(entry));
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return { layer, config, manifest, index };
}

describe("docker-registry behind token authentication", { skip: missing }, () => {
  let folder: string;
  let tokens: TokenService;
  let registry: DockerRegistry;
  let image: Awaited<ReturnType<typeof writeTinyImage>>;

  before(async () => {
    assert.ok(program !== undefined && certificate !== undefined);
    folder = await mkdtemp(join(tmpdir(), "bulkhead-registry-"));
    const users = {
      builder: { password: "build", access: { [repository]: ["pull", "push"] } },
      reader: { password: "read:me", access: { [repository]: ["pull"] } },
      stranger: { password: "strange", access: {} },
    } as const;
    tokens = await startTokenService(users, certificate, folder);
    registry = await startDockerRegistry(program, folder, tokens);
    image = await writeTinyImage(join(folder, "layout"));
    const target = { host: registry.host, repository, tag: "v1", tokens, username: "builder", password: "build" };
    await pushLayout(join(folder, "layout"), target);
  });
  after(async () => {
    await registry?.stop();
    await tokens?.close();
    await rm(folder, { recursive: true });
  });

  /** A client whose credentials are in a docker configuration file, as `docker login` writes it. */
  async function clientFor(user?: string, password?: string): Promise<RegistryClient> {
    const home = await mkdtemp(join(folder, "home-"));
    await mkdir(join(home, ".docker"));
    const auth = Buffer.from(`${user}:${password}`).toString("base64");
    const auths = user === undefined ? {} : { [registry.host]: { auth } };
    await writeFile(join(home, ".docker", "config.json"), JSON.stringify({ auths }));
    return openRegistry(parseReference(`${registry.host}/${repository}:v1`), { environment: { HOME: home } });
  }

  async function denialOf(client: RegistryClient): Promise<Problem> {
    try {
      await client.manifest("v1");
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      assert.equal(error.code, "registry.denied");
      return error;
    } finally {
      client.close();
    }
    assert.fail("it was let in");
  }

  it("gives index, manifest, config and layer to a reader", async () => {
    const client = await clientFor("reader", "read:me");
    const { index, manifest, config, layer } = image;
    assert.deepEqual(await client.manifest("v1"), { mediaType: INDEX, digest: index.digest, bytes: index.bytes });
    assert.deepEqual((await client.manifest(manifest.digest)).bytes, manifest.bytes);
    assert.deepEqual(await client.document(config.digest), config.bytes);
    assert.deepEqual(await buffer(await client.blob(layer.digest, layer.size)), layer.bytes);
    const rest = await buffer(await client.blob(layer.digest, layer.size, { from: 100 }));
    assert.deepEqual(rest, layer.bytes.subarray(100));
    client.close();
  });

  it("says that an unknown tag is not there", async () => {
    const client = await clientFor("reader", "read:me");
    await assert.rejects(
      client.manifest("v2"),
      (error) =>
        error instanceof Problem &&
        error.code === "registry.not-found" &&
        error.message === "not found: MANIFEST_UNKNOWN manifest unknown",
    );
    client.close();
  });

  it("denies a wrong password, without telling it", async () => {
    const problem = await denialOf(await clientFor("reader", "hunter2"));
    assert.match(problem.message, /^the token service refused user "reader" from .*config\.json: incorrect username/);
    assert.doesNotMatch(problem.line(), /hunter2/);
  });

  it("denies a user who may not read this repository", async () => {
    const problem = await denialOf(await clientFor("stranger", "strange"));
    assert.match(problem.message, /^the registry refused user "stranger" from .*config\.json/);
  });

  it("denies a reader without credentials", async () => {
    assert.match((await denialOf(await clientFor())).message, /denied access, and no credentials were found/);
  });
});
