/** What podman and skopeo keep on a machine (logins, stores, directories), read without them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { fixtureImage, json, sha256, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { openImage } from "../src/engines/oci/open.ts";
import { parseReference } from "../src/engines/oci/reference.ts";
import { referenceForms } from "../src/engines/oci/reference-forms.ts";
import { findCredentials } from "../src/engines/oci/registry/docker-config.ts";
import { inProcess } from "./in-process.ts";
import { findProgram } from "./registry/client-programs.ts";

const skopeo = findProgram("skopeo");
const isRoot = process.getuid?.() === 0;
const root = mkdtempSync(join(tmpdir(), "bulkhead-tools-"));
after(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string) => join(root, name);

async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const env = { PATH: process.env.PATH ?? "", HOME: at("home"), TMPDIR: root, ...environment };
  await promisify(execFile)(skopeo as string, [...words], { env, timeout: 60_000 });
}

/** Of no platform of this machine on purpose: nothing of it is run. */
function writeArchive(path: string): string {
  const layer = tarOf([{ name: "hello", content: "world" }]);
  const config = json({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [sha256(layer)] } });
  const entry = { Config: "config.json", RepoTags: ["shop.example/web:1"], Layers: ["layer.tar"] };
  writeFileSync(
    path,
    tarOf([
      { name: "config.json", content: config },
      { name: "layer.tar", content: layer },
      { name: "manifest.json", content: json([entry]) },
    ]),
  );
  return sha256(layer);
}

describe("what podman and skopeo keep", { skip: skopeo === undefined && "skopeo is not installed" }, () => {
  let diffId = "";
  before(() => {
    mkdirSync(at("home"));
    diffId = writeArchive(at("web.tar"));
  });

  async function diffIdsOf(written: string): Promise<readonly string[]> {
    const { image } = await openImage(written);
    try {
      return image.config.diffIds;
    } finally {
      await image.store.close();
    }
  }

  test("a store by skopeo's own reference, and by the storage.conf that names it", {
    skip: !isRoot && "needs root",
  }, async (t) => {
    const store = `[vfs@${at("store")}+${at("run")}]shop.example/web:1`;
    await run(["copy", "--insecure-policy", `docker-archive:${at("web.tar")}`, `containers-storage:${store}`]);
    assert.deepEqual(await diffIdsOf(`containers-storage:${store}`), [diffId]);
    const conf = at("storage.conf");
    writeFileSync(conf, `[storage]\ndriver = "vfs"\ngraphroot = "${at("store")}"\nrunroot = "${at("run")}"\n`);
    const before = process.env.CONTAINERS_STORAGE_CONF;
    t.after(() => {
      if (before === undefined) delete process.env.CONTAINERS_STORAGE_CONF;
      else process.env.CONTAINERS_STORAGE_CONF = before;
    });
    process.env.CONTAINERS_STORAGE_CONF = conf;
    assert.deepEqual(await diffIdsOf("containers-storage:shop.example/web:1"), [diffId]);
  });

  test("skopeo's dir:, by its scheme, by its path, and of all platforms of an index", async () => {
    await run(["copy", "--insecure-policy", `docker-archive:${at("web.tar")}`, `dir:${at("one")}`]);
    assert.deepEqual(await diffIdsOf(`dir:${at("one")}`), [diffId]);
    assert.deepEqual(await diffIdsOf(at("one")), [diffId]);
    const web = fixtureImage([{ tar: tarOf([{ name: "hello", content: "world" }]) }]);
    writeLayout(at("layout"), { web });
    await run(["copy", "--insecure-policy", "--all", `oci:${at("layout")}:web`, `dir:${at("all")}`]);
    assert.deepEqual(await diffIdsOf(`dir:${at("all")}`), web.diffIds);
  });

  test("root's login, where XDG_RUNTIME_DIR is not set", { skip: !isRoot && "needs root" }, async (t) => {
    const server = createServer((request, response) => {
      const isKnown = request.headers.authorization?.startsWith("Basic ") === true;
      response.writeHead(isKnown ? 200 : 401, { "www-authenticate": 'Basic realm="test"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    t.after(async () => {
      await run(["logout", host]).catch(() => undefined);
      server.close();
    });
    await run(["login", "--tls-verify=false", "--username", "ann", "--password", "not-a-secret", host]);
    const { credentials } = await findCredentials(parseReference(`${host}/web`), { HOME: at("home") });
    assert.equal(credentials?.kind === "password" && credentials.username, "ann");
    assert.equal(credentials?.source, "/run/containers/0/auth.json");
  });
});

test("--help lists every form of reference", async () => {
  const { stdout } = await inProcess(["image", "scan", "--help"], { cwd: root, home: root });
  const help = stdout.replaceAll(/\s+/g, " ");
  for (const form of [
    "registry/name:tag",
    "registry/name@DIGEST",
    ...Object.values(referenceForms),
    "containers-storage:[DRIVER@ROOT+RUNROOT:OPTIONS]NAME",
    "a path",
  ]) {
    assert.ok(help.includes(form), form);
  }
});
