/** The writer against a real registry: docker-registry on loopback, behind token authentication. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { createLayout } from "../../scripts/image/layout.ts";
import { pushLayout } from "../../scripts/image/push.ts";
import { tarOf } from "../../scripts/image/tar.ts";
import { parseReference } from "../../src/engines/oci/reference.ts";
import { selfSigned } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { openRegistry } from "../../src/engines/oci/registry/client.ts";
import { inProcess } from "../in-process.ts";
import { importMade } from "../made-advisories.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { startTokenService, type TokenService } from "./token-service.ts";

const program = findDockerRegistry();
const certificate = selfSigned();
const skip =
  program === undefined ? "docker-registry is not installed" : certificate === undefined && "openssl is not installed";
const skopeo = (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, "skopeo")));

describe("what is pushed to docker-registry behind token authentication", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-write-"));
  const layout = join(folder, "layout");
  let tokens: TokenService;
  let registry: DockerRegistry;
  let environment: Record<string, string>;

  before(async () => {
    assert.ok(program !== undefined && certificate !== undefined);
    const access = { "acme/bulkhead": ["pull", "push"], "acme/advisories": ["pull", "push"] } as const;
    tokens = await startTokenService({ builder: { password: "build", access } }, certificate, folder);
    registry = await startDockerRegistry(program, folder, tokens);
    const auth = Buffer.from("builder:build").toString("base64");
    mkdirSync(join(folder, "config"));
    writeFileSync(join(folder, "config", "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    environment = { HOME: folder, DOCKER_CONFIG: join(folder, "config"), PATH: process.env.PATH ?? "" };
  });
  after(async () => {
    await registry?.stop();
    await tokens?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is the image by its digest, with the document about it in the list of its referrers", async () => {
    const writer = createLayout(layout);
    const tar = tarOf(new Map([["app", { type: "file", mode: 0o755, bytes: Buffer.alloc(1_000_000, "an app ") }]]));
    const layers = [{ tar, createdBy: "a test" }];
    const created = "2026-01-01T00:00:00Z";
    const image = writer.image({ architecture: "amd64", created, layers, execution: {}, annotations: {} });
    const index = writer.index([image], {});
    const sbom = writer.referrer(image, "application/vnd.cyclonedx+json", Buffer.from("{}"));
    writer.close("1", index, [sbom]);
    const reference = `${registry.host}/acme/bulkhead:1`;
    assert.equal(await pushLayout(layout, reference, { environment }), index.digest);
    // Again, where everything is there.
    assert.equal(await pushLayout(layout, reference, { environment }), index.digest);
    const reader = openRegistry(parseReference(reference), { environment });
    try {
      assert.equal((await reader.manifest("1")).digest, index.digest);
      const listed = JSON.parse(String((await reader.manifest(image.digest.replace(":", "-"))).bytes));
      assert.deepEqual(
        listed.manifests.map(({ digest, artifactType }: Record<string, string>) => [digest, artifactType]),
        [[sbom.digest, "application/vnd.cyclonedx+json"]],
      );
    } finally {
      reader.close();
    }
  });

  it("is read by skopeo as by us", { skip: !skopeo && "skopeo is not installed" }, async () => {
    const words = ["inspect", "--raw", "--tls-verify=false", "--creds", "builder:build"];
    // The token service is in this process, which must not wait for it.
    const asked = [...words, `docker://${registry.host}/acme/bulkhead:1`];
    const { stdout: raw } = await promisify(execFile)("skopeo", asked);
    const [{ digest }] = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests;
    assert.equal(raw, readFileSync(join(layout, "blobs", ...digest.split(":")), "utf8"));
  });

  it("is the advisory database, which is pulled again by its digest", async () => {
    const database = await importMade(folder);
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(join(folder, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(folder, "key.pub"), publicKey.export({ type: "spki", format: "pem" }));
    const place = `oci://${registry.host}/acme/advisories:today`;
    const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: folder, environment });
    const pushed = await run("db", "push", place, "--db", database, "--key", "key.pem");
    assert.equal(pushed.code, 0, pushed.stderr);
    const pinned = /oci:\S+$/.exec(pushed.stdout.trim())?.[0] ?? "";
    const words = ["--db", "pulled.db", "--public-key", "key.pub", "--max-age", "99999"];
    const pulled = await run("db", "pull", pinned, ...words);
    assert.equal(pulled.code, 0, pulled.stderr);
    assert.ok(readFileSync(join(folder, "pulled.db")).equals(readFileSync(database)));
  });

  it("is refused where the account may not push", async () => {
    const { code, stderr } = await inProcess(
      ["db", "push", `oci://${registry.host}/acme/other:1`, "--db", join(folder, "advisories.db"), "--key", "key.pem"],
      { cwd: folder, home: folder, environment },
    );
    assert.equal(code, 2);
    assert.match(stderr, /^bulkhead: registry\.denied: /);
  });
});
