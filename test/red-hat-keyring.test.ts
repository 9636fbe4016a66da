/** `db update --keyring`: whose word Red Hat's VEX files are, and what the command says of it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { tarOf } from "../src/engines/oci/image.fixture.ts";
import {
  armored,
  certificate,
  fixtureKey,
  packet,
  signatureBody,
} from "../src/engines/updates/openpgp/signer.fixture.ts";
import { feedServer, SERVED_AT } from "../src/engines/vulnerability/feeds/server.fixture.ts";
import { redHatVex } from "../src/engines/vulnerability/vendors/csaf.fixture.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-keyring-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const key = fixtureKey("rsa");
writeFileSync(join(folder, "key.txt"), armored("PGP PUBLIC KEY BLOCK", certificate(key)));
writeFileSync(join(folder, "other.txt"), armored("PGP PUBLIC KEY BLOCK", certificate(fixtureKey("rsa"))));

mkdirSync(join(folder, "empty"));

const home = join(folder, "home");
const loud = ["db", "update", "--kev", "none", "--epss", "none"];
const update = (...words: readonly string[]) => inProcess([...loud, "--quiet", ...words], { cwd: folder, home });

test("the signature is said, asked for by a key, and from then on", async () => {
  await using server = await feedServer();
  const serve = (name: string, body: Buffer | string) =>
    server.files.set(`/vex/${name}`, { body: Buffer.from(body), lastModified: SERVED_AT });
  const component = { cpe: "cpe:/o:redhat:enterprise_linux:9::baseos", build: "bash-5.1.8-9.el9.x86_64" };
  const content = JSON.stringify(
    redHatVex({ cve: "CVE-2024-0001", title: "one", components: [{ ...component, status: "fixed" }] }),
  );
  const archive = zstdCompressSync(tarOf([{ name: "2024/cve-2024-0001.json", content }]));
  const name = "csaf_vex_2026-06-01.tar.zst";
  serve("archive_latest.txt", name);
  serve(name, archive);
  serve(`${name}.sha256`, createHash("sha256").update(archive).digest("hex"));
  const created = Date.parse("2026-06-01T04:00:00Z") / 1000;
  serve(`${name}.asc`, armored("PGP SIGNATURE", packet(2, signatureBody(key, archive, { type: 0, created }))));
  serve("changes.csv", "");
  serve("deletions.csv", "");
  const feed = `Red Hat:VEX=${server.url}/vex`;

  const without = await update("--ecosystem", feed);
  assert.equal(without.code, 0, without.stderr);
  assert.match(without.stdout, /signature not verified: only TLS and a SHA-256 from the same server vouch for it/);

  const other = await update("--ecosystem", feed, "--keyring", "Red Hat:VEX=other.txt");
  assert.equal(other.code, 3);
  assert.match(other.stderr, /updates\.signature: .*it is signed by a key that is not trusted/);
  assert.match(other.stdout, /is unchanged/);

  for (const words of [["--keyring", "Red Hat:VEX=key.txt"], ["--keyring", "key.txt"], []]) {
    const { code, stdout, stderr } = await update("--ecosystem", feed, ...words);
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(`${feed}: signed by ${key.fingerprint}\n`), stdout);
  }
});

test("a key that is for nothing is a mistake, told before anything is fetched", async () => {
  for (const words of [
    ["--keyring", "key.txt", "--ecosystem", "npm"],
    ["--keyring", "Red Hat:VEX=key.txt", "--ecosystem", "Amazon Linux"],
    ["--keyring", "Red Hat=key.txt", "--ecosystem", "Red Hat:CSAF"],
    ["--keyring", "Arch Linux=key.txt", "--ecosystem", "Arch Linux"],
    ["--keyring", "Red Hat:VEX=none.txt", "--ecosystem", "Red Hat:VEX"],
    ["--keyring", "empty", "--ecosystem", "Red Hat:VEX"],
  ]) {
    const { code, stderr } = await inProcess([...loud, ...words], { cwd: folder, home: join(folder, "new") });
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, /^bulkhead: .*(--keyring|none\.txt|empty)/);
  }
});
