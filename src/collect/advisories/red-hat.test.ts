import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { tarOf } from "../../engines/oci/image.fixture.ts";
import type { KeyFile } from "../../engines/updates/keys.ts";
import {
  armored,
  certificate,
  type FixtureKey,
  fixtureKey,
  packet,
  signatureBody,
} from "../../engines/updates/openpgp/signer.fixture.ts";
import { openSuiteCache } from "../../engines/updates/suite-cache.ts";
import { openAdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { feedClient } from "../../engines/vulnerability/feeds/http.ts";
import { feedServer, SERVED_AT } from "../../engines/vulnerability/feeds/server.fixture.ts";
import { updateAdvisories } from "../../engines/vulnerability/feeds/update.ts";
import { redHatVex } from "../../engines/vulnerability/vendors/csaf.fixture.ts";
import { fetchVendorDocuments, vendorFeeds } from "./vendors.ts";

const BASEOS = "enterprise_linux:9::baseos";
const ARCHIVE = "csaf_vex_2026-06-01.tar.zst";

function vex(cve: string, build: string): string {
  const component = { cpe: `cpe:/o:redhat:${BASEOS}`, build, status: "fixed" as const };
  return JSON.stringify(redHatVex({ cve, title: cve, components: [component] }));
}

/** Red Hat's folder of VEX files on the loopback, and a database that is kept up to date with it. */
async function site() {
  const folder = mkdtempSync(join(tmpdir(), "red-hat-"));
  const server = await feedServer();
  const client = feedClient({ patience: { stall: 2_000, document: 10_000, tries: 1, backoff: 1 } });
  const database = join(folder, "advisories.db");
  let updates = 0;
  const serve = (name: string, body: Buffer | string) =>
    server.files.set(`/vex/${name}`, { body: Buffer.from(body), lastModified: SERVED_AT });
  return {
    folder,
    server,
    serve,
    serveArchive(name: string, files: Readonly<Record<string, string>>): void {
      const entries = Object.entries(files).map(([path, content]) => ({ name: path, content }));
      const body = zstdCompressSync(tarOf(entries));
      serve(name, body);
      serve(`${name}.sha256`, `${createHash("sha256").update(body).digest("hex")}  ${name}\n`);
      serve("archive_latest.txt", `${name}\n`);
    },
    async update(keys: readonly KeyFile[] = []) {
      // Of a new hour each time, so that the server is asked again.
      const now = new Date(Date.parse("2026-06-10T00:00:00Z") + 3_700_000 * ++updates);
      const from = { client, cache: openSuiteCache(join(folder, "cache")), now };
      const feed = { name: "Red Hat:VEX", place: { kind: "vex" as const, url: `${server.url}/vex/` }, keys };
      server.requests.length = 0;
      const { documents, failures } = await fetchVendorDocuments([feed], from, join(folder, "cache"));
      const report = await updateAdvisories({
        ...{ database, ecosystems: [], documentsOnly: true, documents, now, kev: "none", epss: "none" },
      });
      return {
        changed: report.changed,
        signedBy: documents.map(({ signedBy }) => signedBy),
        failures: failures.map(({ problem }) => problem.line()),
        asked: server.requests.filter(({ status }) => status === 200).map(({ path }) => path.slice("/vex/".length)),
      };
    },
    /** Fixed versions of a package, and as of when what is said of RHEL 9 is all. */
    said(name: string): readonly (string | undefined)[] {
      const opened = openAdvisoryDatabase(database);
      const scope = { ecosystem: "Red Hat", release: BASEOS };
      const fixes = opened
        .affectedBy(scope, name)
        .flatMap(({ ranges }) => JSON.stringify(ranges).match(/\d[\w.]*-\d+\.el9[\w.]*/g) ?? []);
      const whole = opened.coverageOf(scope).filter(({ complete }) => complete);
      opened.close();
      return [...fixes.sort(), ...whole.map(({ asOf }) => asOf)];
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function published() {
  const made = await site();
  made.serveArchive(ARCHIVE, {
    "2024/cve-2024-34397.json": vex("CVE-2024-34397", "glib2-2.68.4-14.el9_4.1.x86_64"),
    "2024/cve-2024-0001.json": vex("CVE-2024-0001", "bash-5.1.8-9.el9.x86_64"),
    "2024/cve-2024-34397.json.asc": "signature",
  });
  made.serve(
    "changes.csv",
    '"2024/cve-2024-34397.json","2026-05-20T10:00:00+00:00"\n"2024/cve-2024-0001.json","2026-05-01T10:00:00+00:00"\n',
  );
  made.serve("deletions.csv", "");
  return made;
}

describe("Red Hat's VEX files, as its server lays them out", () => {
  test("the name that db update takes", () => {
    assert.deepEqual(
      vendorFeeds("Red Hat:VEX").map(({ place }) => place),
      [{ kind: "vex", url: "https://security.access.redhat.com/data/csaf/v2/vex/" }],
    );
    assert.deepEqual(
      vendorFeeds("Red Hat:VEX=https://mirror.acme-corp.io/vex").map(({ place }) => place),
      [{ kind: "vex", url: "https://mirror.acme-corp.io/vex/" }],
    );
    assert.deepEqual([vendorFeeds("Red Hat"), vendorFeeds("Red Hat:VEX=file:///etc")], [[], []]);
  });

  test("the archive that archive_latest.txt names covers what it names; nothing is fetched twice", async () => {
    await using made = await published();
    const first = await made.update();
    assert.deepEqual([first.failures, first.changed], [[], true]);
    assert.deepEqual(made.said("glib2"), ["2.68.4-14.el9_4.1", "2026-06-01T00:00:00.000Z"]);
    const again = await made.update();
    assert.deepEqual([again.changed, again.asked], [false, [`${ARCHIVE}.sha256`]]);
  });

  test("what changed since is fetched alone, and takes the place of what the archive has", async () => {
    await using made = await published();
    await made.update();
    const fixed = vex("CVE-2024-34397", "glib2-2.68.4-16.el9_5.2.x86_64");
    made.serve("2024/cve-2024-34397.json", fixed);
    made.serve("2026/cve-2026-0002.json", vex("CVE-2026-0002", "zlib-1.2.11-41.el9.x86_64"));
    made.serve(
      "changes.csv",
      "2026/cve-2026-0002.json,2026-06-09T08:00:00+00:00\n2024/cve-2024-34397.json,2026-06-08T08:00:00Z\n",
    );
    const { failures, asked } = await made.update();
    assert.deepEqual(failures, []);
    assert.deepEqual(asked.filter((path) => path.endsWith(".json")).sort(), [
      "2024/cve-2024-34397.json",
      "2026/cve-2026-0002.json",
    ]);
    assert.deepEqual(made.said("glib2"), ["2.68.4-16.el9_5.2", "2026-06-09T08:00:00.000Z"]);
    assert.equal(made.said("zlib")[0], "1.2.11-41.el9");
    assert.equal(made.said("bash")[0], "5.1.8-9.el9");
    assert.deepEqual(
      (await made.update()).asked.filter((path) => path.endsWith(".json")),
      [],
    );
    // The next archive has them: neither the old one nor what changed is kept.
    made.serveArchive("csaf_vex_2026-06-10.tar.zst", { "2024/cve-2024-34397.json": fixed });
    assert.deepEqual((await made.update()).failures, []);
    assert.deepEqual(made.said("bash").length, 1);
    const kept = readdirSync(join(made.folder, "cache/red-hat"), { recursive: true }).map(String);
    assert.deepEqual(
      kept.filter((name) => /2026-06-01|cve-/.test(name)),
      [],
    );
  });

  test("what is gone is gone, unless it came back", async () => {
    await using made = await published();
    made.serve(
      "deletions.csv",
      '"2024/cve-2024-0001.json","2026-06-05T10:00:00+00:00"\n"2024/cve-2024-34397.json","2026-01-05T10:00:00+00:00"\n',
    );
    assert.deepEqual((await made.update()).failures, []);
    assert.deepEqual(made.said("bash"), ["2026-06-05T10:00:00.000Z"]);
    assert.equal(made.said("glib2")[0], "2.68.4-14.el9_4.1");
  });

  test("what is not as it says leaves the database as it was, and is told", async () => {
    await using made = await published();
    await made.update();
    const before = made.said("glib2");
    for (const [name, body, cause] of [
      ["archive_latest.txt", "../../etc/passwd", /names no archive/],
      ["archive_latest.txt", "csaf_vex_2026-06-09.tar.zst", /is not there/],
      [`${ARCHIVE}.sha256`, "0".repeat(64), /another SHA-256/],
      ["changes.csv", '"../../x.json","2026-06-09T08:00:00+00:00"\n', /line 1 is no row/],
      ["changes.csv", '"2024/cve-2024-1.json","yesterday or so"\n', /line 1 is no row/],
      ["changes.csv", '"2026/cve-2026-0009.json","2026-06-09T08:00:00+00:00"\n', /changes.csv names it/],
      ["deletions.csv", "<html></html>", /line 1 is no row/],
    ] as const) {
      const good = made.server.files.get(`/vex/${name}`);
      assert.ok(good !== undefined, name);
      made.serve(name, body);
      const { failures, changed } = await made.update();
      assert.match(failures.join(), cause, name);
      assert.equal(changed, false);
      assert.deepEqual(made.said("glib2"), before);
      made.server.files.set(`/vex/${name}`, good);
    }
    assert.deepEqual((await made.update()).failures, []);
  });
});

describe("with a key, Red Hat's files are taken where it signed them", () => {
  const key = fixtureKey("rsa");
  const stranger = fixtureKey("rsa");
  const ringOf = (each: FixtureKey): KeyFile[] => [
    { path: "key.txt", bytes: Buffer.from(armored("PGP PUBLIC KEY BLOCK", certificate(each))) },
  ];
  const signed = (body: Buffer | string, by = key, at = "2026-06-01T04:00:00Z") =>
    armored(
      "PGP SIGNATURE",
      packet(2, signatureBody(by, Buffer.from(body), { type: 0, created: Date.parse(at) / 1000 })),
    );

  async function signedSite() {
    const made = await published();
    const archive = made.server.files.get(`/vex/${ARCHIVE}`)?.body as Buffer;
    made.serve(`${ARCHIVE}.asc`, signed(archive));
    return { made, archive };
  }

  test("it says whose; and what is asked for once is asked for from then on", async () => {
    const { made } = await signedSite();
    await using _ = made;
    assert.deepEqual((await made.update()).signedBy, [""]);
    assert.deepEqual((await made.update(ringOf(key))).signedBy, [key.fingerprint]);
    assert.deepEqual((await made.update()).signedBy, [key.fingerprint]);
    made.serve(`${ARCHIVE}.asc`, signed("another file"));
    const { failures, signedBy } = await made.update();
    assert.match(
      failures.join(),
      /^updates\.signature: .*csaf_vex_2026-06-01\.tar\.zst: it has a signature that does not fit/,
    );
    assert.deepEqual(signedBy, []);
  });

  test("another's, a wrong, an old or no signature refuses the archive, and leaves the database as it was", async () => {
    const { made, archive } = await signedSite();
    await using _ = made;
    await made.update(ringOf(key));
    const before = made.said("glib2");
    made.serveArchive("csaf_vex_2026-06-08.tar.zst", {
      "2024/cve-2024-34397.json": vex("CVE-2024-34397", "glib2-9-1.el9.x86_64"),
    });
    const newer = made.server.files.get("/vex/csaf_vex_2026-06-08.tar.zst")?.body as Buffer;
    for (const [signature, cause] of [
      [undefined, /it is not signed/],
      ["", /has no signature that can be read/],
      ["-----BEGIN PGP SIGNATURE-----\n\nAAAA\n", /has no signature that can be read/],
      [signed(archive), /does not fit its content/],
      [signed(newer, stranger), /signed by a key that is not trusted/],
      [signed(newer, key, "2026-06-01T04:00:00Z"), /signed on 2026-06-01, before the day in its name/],
      [signed(newer, key, "2027-06-01T04:00:00Z"), /signed in the future/],
    ] as const) {
      made.server.files.delete("/vex/csaf_vex_2026-06-08.tar.zst.asc");
      if (signature !== undefined) made.serve("csaf_vex_2026-06-08.tar.zst.asc", signature);
      const { failures, changed } = await made.update(ringOf(key));
      assert.match(failures.join(), cause);
      assert.deepEqual([failures.length, changed], [1, false]);
      assert.deepEqual(made.said("glib2"), before);
    }
    made.serve("csaf_vex_2026-06-08.tar.zst.asc", signed(newer, key, "2026-06-08T04:00:00Z"));
    assert.deepEqual((await made.update(ringOf(key))).failures, []);
    assert.equal(made.said("glib2")[0], "9-1.el9");
  });

  test("each file that changed since is signed as well, also where it was fetched without", async () => {
    const { made } = await signedSite();
    await using _ = made;
    const file = "2024/cve-2024-34397.json";
    const later = vex("CVE-2024-34397", "glib2-2.68.4-16.el9_5.2.x86_64");
    made.serve(file, later);
    made.serve("changes.csv", `${file},2026-06-08T08:00:00Z\n`);
    assert.deepEqual((await made.update()).failures, []);
    const before = made.said("glib2");
    for (const [signature, cause] of [
      [undefined, /cve-2024-34397\.json: it is not signed/],
      [signed("{}"), /cve-2024-34397\.json: it has a signature that does not fit/],
    ] as const) {
      if (signature !== undefined) made.serve(`${file}.asc`, signature);
      assert.match((await made.update(ringOf(key))).failures.join(), cause);
      assert.deepEqual(made.said("glib2"), before);
    }
    made.serve(`${file}.asc`, signed(later));
    assert.deepEqual((await made.update(ringOf(key))).failures, []);
    const again = await made.update();
    assert.deepEqual([again.failures, again.asked.filter((path) => path.startsWith("2024/"))], [[], []]);
  });

  test("a copy that broke on this disk is fetched again; a file without a key in it is told", async () => {
    const { made } = await signedSite();
    await using _ = made;
    await made.update(ringOf(key));
    const path = join(made.folder, "cache/red-hat", ARCHIVE);
    const bytes = readFileSync(path);
    bytes[20] = (bytes[20] as number) ^ 1;
    writeFileSync(path, bytes);
    assert.match((await made.update()).failures.join(), /SHA-256|does not fit/);
    assert.deepEqual((await made.update()).failures, []);
    const broken = await made.update([{ path: "notes.txt", bytes: Buffer.from("no key") }]);
    assert.match(broken.failures.join(), /^updates\.signature: notes\.txt: no OpenPGP key can be read in it/);
    writeFileSync(join(made.folder, "cache/red-hat/keyring.json"), "{");
    assert.match((await made.update()).failures.join(), /keyring\.json: no OpenPGP key can be read in it/);
  });
});
