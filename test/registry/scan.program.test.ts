/** One image in a real registry, in a layout and in archives: the same findings, the same identity. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { alpine310, apkDatabase, imageOf, npmPackage } from "../../src/collect/image/image-files.fixture.ts";
import type { Digest } from "../../src/core/digest.ts";
import { json, tarOf, writeLayout } from "../../src/engines/oci/image.fixture.ts";
import { selfSigned } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { type Answered, inProcess } from "../in-process.ts";
import { importMade, now } from "../made-advisories.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { pushLayout } from "./push.ts";
import { startTokenService, type TokenService } from "./token-service.ts";

const repository = "shop/web";
const image = imageOf(
  [alpine310, apkDatabase({ musl: "1.1.22-r2", zlib: "1.2.11-r1" })],
  [npmPackage("flawed", "1.0.0"), { name: "app/server.js", content: "'use strict';\n" }],
  [npmPackage("scratched", "1.0.0"), { name: "app/.wh.server.js" }],
);

const program = findDockerRegistry();
const certificate = selfSigned();
const missing =
  program === undefined ? "docker-registry is not installed" : certificate === undefined && "openssl is not installed";

/** What `docker save` writes; layers plain, as it does. */
function dockerArchive(): Buffer {
  const manifest = JSON.parse(String(image.blobs.get(image.manifest))) as { layers: { digest: Digest }[] };
  const layers = manifest.layers.map(({ digest }, i) => ({
    name: `${i}/layer.tar`,
    content: image.blobs.get(digest) ?? "",
  }));
  const listing = [{ Config: "config.json", RepoTags: [`${repository}:v1`], Layers: layers.map(({ name }) => name) }];
  return tarOf([
    { name: "config.json", content: image.blobs.get(image.config) ?? "" },
    ...layers,
    { name: "manifest.json", content: json(listing) },
  ]);
}

function ociArchive(): Buffer {
  const entry = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: image.manifest, size: 1 };
  return tarOf([
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: "index.json", content: json({ schemaVersion: 2, manifests: [entry] }) },
    ...[...image.blobs].map(([digest, content]) => ({ name: `blobs/${digest.replace(":", "/")}`, content })),
  ]);
}

describe("an image behind token authentication", { skip: missing }, () => {
  let folder: string;
  let tokens: TokenService;
  let registry: DockerRegistry;
  let reference: string;

  before(async () => {
    assert.ok(program !== undefined && certificate !== undefined);
    folder = await mkdtemp(join(tmpdir(), "bulkhead-scan-"));
    const users = {
      builder: { password: "build", access: { [repository]: ["pull", "push"] } },
      reader: { password: "read:me", access: { [repository]: ["pull"] } },
    } as const;
    tokens = await startTokenService(users, certificate, folder);
    registry = await startDockerRegistry(program, folder, tokens);
    reference = `${registry.host}/${repository}:v1`;
    writeLayout(join(folder, "layout"), { v1: image });
    const target = { host: registry.host, repository, tag: "v1", tokens, username: "builder", password: "build" };
    await pushLayout(join(folder, "layout"), target);
    await writeFile(join(folder, "oci.tar"), ociArchive());
    await writeFile(join(folder, "oci.tar.gz"), gzipSync(ociArchive()));
    await writeFile(join(folder, "docker.tar"), dockerArchive());
    await mkdir(join(folder, "home"));
    await mkdir(join(folder, "config"));
    const auth = Buffer.from("reader:read:me").toString("base64");
    await writeFile(join(folder, "config", "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    await importMade(folder);
  });
  after(async () => {
    await registry?.stop();
    await tokens?.close();
    await rm(folder, { recursive: true });
  });

  function scan(name: string, environment: Readonly<Record<string, string>>, ...options: string[]): Promise<Answered> {
    const shared = ["--db", "advisories.db", "--now", now, "--quiet", "--format", "json=report.json"];
    return inProcess(["image", "scan", name, ...shared, ...options], {
      cwd: folder,
      home: join(folder, "home"),
      environment,
    });
  }

  /** The evaluations without the names that the image went by. */
  async function evaluationsOf(name: string, ...options: string[]): Promise<unknown[]> {
    const { code, stderr } = await scan(name, { DOCKER_CONFIG: join(folder, "config") }, ...options);
    assert.deepEqual([code, stderr], [1, ""], name);
    const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as {
      evaluations: { asset: { id: string }; findings: { fingerprint: string }[] }[];
    };
    return report.evaluations.map(({ asset, findings, ...evaluation }) => ({
      ...evaluation,
      id: asset.id,
      // A fingerprint holds the lineage, which a file has no repository for.
      findings: findings.map(({ fingerprint: _, ...finding }) => finding),
    }));
  }

  it("is scanned by its reference, and is the same as a layout and as an archive", async () => {
    const pulled = await evaluationsOf(reference, "--no-cache");
    const [first] = pulled as { id: string; verdict: string }[];
    assert.equal(first?.id, image.config);
    assert.deepEqual(
      (pulled as { check: string; scope: string; verdict: string; findings: object[] }[])
        .filter(({ check }) => check === "image/known-vulnerabilities")
        .map(({ scope, verdict, findings }) => [scope, verdict, findings.length]),
      [
        ["npm", "fail", 2],
        ["Alpine:v3.10", "pass", 1],
      ],
    );
    for (const name of ["layout", "oci.tar", "oci.tar.gz", "docker.tar"]) {
      assert.deepEqual(await evaluationsOf(name, "--no-cache"), pulled, name);
    }
    const byDigest = reference.replace(/:v1$/, `@${image.manifest}`);
    assert.deepEqual(await evaluationsOf(byDigest, "--no-cache"), pulled);
  });

  it("is remembered whatever it was read from: a second scan says the same", async () => {
    const cold = await evaluationsOf(reference);
    for (const name of [reference, "layout", "docker.tar"]) assert.deepEqual(await evaluationsOf(name), cold, name);
  });

  it("is not given to one without credentials, which is said in one line", async () => {
    const { code, stdout, stderr } = await scan(reference, {});
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^bulkhead: registry\.denied: .*denied access, and no credentials were found.*\n$/);
    assert.equal(stderr.split("\n").length, 2);
    assert.doesNotMatch(stderr, /read:me/);
  });

  it("and one that is not there is said not to be", async () => {
    const { code, stderr } = await scan(reference.replace(/:v1$/, ":v2"), { DOCKER_CONFIG: join(folder, "config") });
    assert.equal(code, 2);
    assert.match(stderr, /^bulkhead: registry\.not-found: /);
  });
});
