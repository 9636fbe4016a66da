import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { certificate, fixtureKey } from "../../engines/updates/openpgp/signer.fixture.ts";
import { repositoryFiles } from "../../engines/updates/rpm/repository.fixture.ts";
import { openSuiteCache } from "../../engines/updates/suite-cache.ts";
import { importAdvisories } from "../../engines/vulnerability/database/import.ts";
import { openAdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { feedClient } from "../../engines/vulnerability/feeds/http.ts";
import { feedServer, SERVED_AT } from "../../engines/vulnerability/feeds/server.fixture.ts";
import { updateAdvisories } from "../../engines/vulnerability/feeds/update.ts";
import { type FixtureUpdate, updateinfoXml } from "../../engines/vulnerability/vendors/updateinfo.fixture.ts";
import { readFolderRepository } from "./repositories.ts";
import { parseRepositoryPath } from "./repository-path.ts";
import { fetchVendorDocuments, type VendorFeed, vendorFeeds } from "./vendors.ts";

const NOW = new Date("2026-06-10T00:00:00Z");
const MADE = Date.parse("2026-06-09T00:00:00Z") / 1000;
const key = fixtureKey("rsa");
const keyring = [{ path: "key", bytes: certificate(key) }];

function advisory(id: string, build: string): FixtureUpdate {
  return { id, cves: ["CVE-2024-34397"], builds: [build] };
}

async function site() {
  const folder = mkdtempSync(join(tmpdir(), "vendors-"));
  const server = await feedServer();
  const client = feedClient({ patience: { stall: 2_000, document: 10_000, tries: 1, backoff: 1 } });
  const database = join(folder, "advisories.db");
  const feed = (name: string, path: string): VendorFeed => ({
    name,
    place: { kind: "repository", baseUrls: [`${server.url}/${path}/`] },
  });
  return {
    folder,
    database,
    server,
    feed,
    publish(path: string, updates: readonly FixtureUpdate[], time = MADE): void {
      for (const [name, body] of repositoryFiles(
        { primary: "<metadata/>", updateinfo: updateinfoXml(updates) },
        time,
        key,
      )) {
        server.files.set(`/${path}/${name}`, { body, lastModified: SERVED_AT });
      }
    },
    async update(feeds: readonly VendorFeed[]) {
      // Of a new hour each time, so that the server is asked again.
      const cache = openSuiteCache(join(folder, "cache"));
      const from = { client, cache, now: new Date(NOW.getTime() + 3_700_000 * ++updates) };
      const { documents, failures } = await fetchVendorDocuments(
        feeds.map((each) => (each.place.kind === "list" ? each : { ...each, keys: keyring })),
        from,
        join(folder, "cache"),
      );
      const none = { kev: "none", epss: "none" };
      const report = await updateAdvisories({
        ...{ database, ecosystems: [], documentsOnly: true, documents, now: from.now, ...none },
      });
      return {
        ...report,
        failures: [...report.failures, ...failures].map(({ name, problem }) => `${name} ${problem.code}`),
      };
    },
    fixes(name: string): string[] {
      const opened = openAdvisoryDatabase(database);
      const release = (other: string) => opened.affectedBy({ ecosystem: "Oracle Linux", release: other }, name);
      const found = ["9::baseos", "9::appstream"].flatMap((each) =>
        release(each).map(({ ranges }) => `${each} ${JSON.stringify(ranges)}`),
      );
      opened.close();
      return found;
    },
    /** What it declares, as whether that is all there is and why not. */
    coverage(release: string): string[] {
      const opened = openAdvisoryDatabase(database);
      const found = opened.coverageOf({ ecosystem: "Oracle Linux", release });
      opened.close();
      return found.map(({ complete, why = "" }) => `${complete} ${why}`);
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let updates = 0;

describe("vendors' feeds", () => {
  test("what a name means", () => {
    const names = (name: string) => vendorFeeds(name).map((feed) => feed.name);
    assert.deepEqual(names("Amazon Linux:2023"), ["Amazon Linux:2023"]);
    assert.deepEqual(names("Oracle Linux:9"), ["Oracle Linux:9::baseos", "Oracle Linux:9::appstream"]);
    assert.deepEqual(names("Fedora:44"), ["Fedora:44"]);
    assert.deepEqual(names("EPEL:9"), ["EPEL:9"]);
    assert.deepEqual(names("Arch Linux"), ["Arch Linux"]);
    for (const other of ["Debian", "npm", "Photon OS", "Fedora:x", "Oracle Linux:9x"])
      assert.deepEqual(names(other), []);
  });

  test("what changed is replaced, with what its ecosystem shares; what did not is not read", async () => {
    await using made = await site();
    const feeds = [made.feed("Oracle Linux:9::baseos", "b"), made.feed("Oracle Linux:9::appstream", "a")];
    // One advisory of both repositories.
    made.publish("b", [advisory("ELSA-1", "glib2-2-1.x86_64")]);
    made.publish("a", [advisory("ELSA-1", "glib2-devel-2-1.x86_64")]);
    const first = await made.update(feeds);
    assert.deepEqual([first.changed, first.failures], [true, []]);
    assert.equal(made.fixes("glib2").length + made.fixes("glib2-devel").length, 2);
    // OSV is not asked for all that it has where nobody asked for any of it.
    const plain = await updateAdvisories({
      ...{ database: made.database, ecosystems: [], now: NOW, kev: "none", epss: "none" },
      from: `${made.server.url}/osv`,
    });
    assert.deepEqual([plain.changed, plain.failures], [false, []]);
    const again = await made.update(feeds);
    assert.deepEqual([again.changed, again.unchanged], [false, feeds.map(({ name }) => name)]);
    made.publish("b", [advisory("ELSA-2", "bash-2-1.x86_64")], MADE + 60);
    await made.update(feeds);
    assert.deepEqual(
      ["glib2", "glib2-devel", "bash"].map((name) => made.fixes(name).length),
      [0, 1, 1],
    );
  });

  test("what cannot be had leaves its ecosystem as it was", async () => {
    await using made = await site();
    const feeds = [made.feed("Oracle Linux:9::baseos", "b"), made.feed("Oracle Linux:9::appstream", "a")];
    made.publish("b", [advisory("ELSA-1", "glib2-2-1.x86_64")]);
    made.publish("a", []);
    assert.deepEqual((await made.update(feeds)).failures, []);
    made.publish("b", [advisory("ELSA-2", "bash-2-1.x86_64")], MADE + 60);
    const signature = made.server.files.get("/a/repodata/repomd.xml.asc");
    const other = made.server.files.get("/b/repodata/repomd.xml.asc");
    assert.ok(signature !== undefined && other !== undefined);
    made.server.files.set("/a/repodata/repomd.xml.asc", other);
    const report = await made.update(feeds);
    assert.deepEqual(report.failures, ["Oracle Linux:9::appstream updates.signature"]);
    assert.deepEqual([made.fixes("glib2").length, made.fixes("bash").length], [1, 0]);
  });

  test("one that is empty covers nothing, and is told", async () => {
    await using made = await site();
    made.publish("b", []);
    const report = await made.update([made.feed("Oracle Linux:9::baseos", "b")]);
    assert.deepEqual([report.failures, report.feeds.map(({ doubt }) => doubt)], [[], ["it has no advisories"]]);
    assert.deepEqual(made.coverage("9::baseos"), ["false it has no advisories"]);
  });

  test("one that lost most of its advisories covers nothing, is told, and leaves what the database has of it", async () => {
    await using made = await site();
    const many = Array.from({ length: 120 }, (_, index) => advisory(`ELSA-${index}`, `p${index}-2-1.x86_64`));
    const feeds = [made.feed("Oracle Linux:9::baseos", "b"), made.feed("Oracle Linux:9::appstream", "a")];
    made.publish("b", many);
    made.publish("a", [advisory("ELSA-500", "bash-2-1.x86_64")]);
    await made.update(feeds);
    assert.deepEqual(made.coverage("9::baseos"), ["true "]);
    // Half of them may go.
    made.publish("b", many.slice(0, 61), MADE + 60);
    assert.deepEqual((await made.update(feeds)).failures, []);
    made.publish("b", many, MADE + 120);
    await made.update(feeds);
    for (const [index, left] of [many.slice(0, 20), [], many.slice(0, 50)].entries()) {
      made.publish("b", left, MADE + 180 + index);
      const report = await made.update(feeds);
      assert.deepEqual([report.changed, report.failures], [true, ["Oracle Linux:9::baseos feeds.shrunk"]]);
      assert.deepEqual(made.coverage("9::baseos"), [`false it lost ${120 - left.length} of 120 advisories since`]);
      assert.deepEqual(made.coverage("9::appstream"), ["true "]);
      assert.equal(made.fixes("p119").length, 1);
      // The same again is not told again; what rests on it says so.
      const again = await made.update(feeds);
      assert.deepEqual([again.changed, again.failures], [false, []]);
    }
    made.publish("b", many, MADE + 300);
    assert.deepEqual((await made.update(feeds)).failures, []);
    assert.deepEqual(made.coverage("9::baseos"), ["true "]);
  });

  test("advisories that cannot be read are counted, and leave no coverage", async () => {
    await using made = await site();
    made.publish("b", [
      advisory("ELSA-1", "glib2-2-1.x86_64"),
      { ...advisory("ELSA-2", "bash-2-1.x86_64"), builds: [] },
    ]);
    const report = await made.update([made.feed("Oracle Linux:9::baseos", "b")]);
    assert.deepEqual(
      report.feeds.map(({ records, refused }) => [records, refused]),
      [[2, 1]],
    );
    assert.deepEqual(made.coverage("9::baseos"), ["false 1 record of it could not be read"]);
  });

  test("a tracker's list, as of its Last-Modified", async () => {
    await using made = await site();
    const group = {
      ...{ name: "AVG-2851", packages: ["xz"], status: "Fixed", severity: "Critical", affected: "5.6.0-1" },
      ...{ fixed: "5.6.1-2", issues: ["CVE-2024-3094"], advisories: [] },
    };
    made.server.files.set("/all.json", { body: Buffer.from(JSON.stringify([group])), lastModified: SERVED_AT });
    const report = await made.update([
      { name: "Arch Linux", place: { kind: "list", url: `${made.server.url}/all.json` } },
    ]);
    assert.deepEqual(
      report.feeds.map(({ ecosystem, records, asOf }) => [ecosystem, records, asOf]),
      [["Arch Linux", 1, new Date(SERVED_AT).toISOString()]],
    );
  });
});

describe("repositories in folders", () => {
  test("are known by their repodata, and held to keys that are named", async () => {
    await using made = await site();
    const path = join(made.folder, "copy");
    const write = (signer = key) => {
      const files = repositoryFiles(
        { updateinfo: updateinfoXml([advisory("ELSA-1", "glib2-2-1.x86_64")]) },
        MADE,
        signer,
      );
      for (const [name, content] of files) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
    };
    write();
    assert.equal(parseRepositoryPath(made.folder), undefined);
    const named = parseRepositoryPath(`Oracle Linux:9::baseos=${path}`);
    assert.deepEqual(named, { path, ecosystem: "Oracle Linux:9::baseos" });
    const { document, signedBy } = readFolderRepository(named, keyring, NOW);
    assert.deepEqual([signedBy?.length, document.asOf], [40, "2026-06-09T00:00:00.000Z"]);
    await importAdvisories({ database: made.database, sources: [], documents: [document], now: NOW });
    assert.equal(made.fixes("glib2").length, 1);
    assert.equal(readFolderRepository(named, [], NOW).signedBy, undefined);
    write(fixtureKey("rsa"));
    assert.throws(() => readFolderRepository(named, keyring, NOW), { code: "updates.signature" });
    rmSync(join(path, "repodata/repomd.xml.asc"));
    assert.throws(() => readFolderRepository(named, keyring, NOW), /not signed/);
  });
});
