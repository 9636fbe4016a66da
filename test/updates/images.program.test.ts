/** Pending updates of images, as the program tells them. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sourceFilesOfImage } from "../../src/collect/updates/source-files.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { type FixtureEntry, fixtureImage, tarOf, writeLayout } from "../../src/engines/oci/image.fixture.ts";
import { openImage } from "../../src/engines/oci/open.ts";
import { apkIndex, apkKey, signedIndex } from "../../src/engines/updates/alpine/signed-index.fixture.ts";
import { certificate } from "../../src/engines/updates/openpgp/signer.fixture.ts";
import { jsonLines, recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { inProcess } from "../in-process.ts";
import { site, statusOf } from "./suites.fixture.ts";

type Site = Awaited<ReturnType<typeof site>>;

const CREATED = "2026-06-05T00:00:00Z";

function image(made: Site, layers: readonly (readonly FixtureEntry[])[], created = CREATED): string {
  const own = fixtureImage(
    layers.map((entries) => ({ tar: tarOf(entries) })),
    { config: { created } },
  );
  writeLayout(join(made.folder, "image"), { "shop/web:1": own });
  return "oci:image";
}

async function scan(made: Site, reference: string, ...words: readonly string[]) {
  const { stdout, stderr, code } = await inProcess(
    ["image", "scan", reference, "--format", "json", "--now", "2026-06-10T00:00:00Z", ...words],
    { cwd: made.folder, home: made.folder },
  );
  assert.ok(code === 0 || code === 1 || code === 3, stderr);
  const { evaluations } = JSON.parse(stdout) as { evaluations: Evaluation[] };
  return evaluations.find(({ check }) => check === "image/pending-updates");
}

const key = apkKey();

function alpine(made: Site): FixtureEntry[] {
  made.put(
    "/alpine/v3.22/main/x86_64/APKINDEX.tar.gz",
    signedIndex(
      apkIndex([
        { name: "busybox", version: "1.37.0-r14", built: "2026-04-30T00:00:00Z" },
        { name: "musl", version: "1.2.5-r9" },
      ]),
      key,
    ),
  );
  const installed = (name: string, version: string) => `P:${name}\nV:${version}\nA:x86_64\no:${name}\n\n`;
  return [
    { name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.22.1\n" },
    { name: "etc/apk/repositories", content: `${made.server.url}/alpine/v3.22/main\n` },
    { name: `etc/apk/keys/${key.name}`, content: key.pem },
    { name: "lib/apk/db/installed", content: installed("busybox", "1.37.0-r12") + installed("musl", "1.2.5-r9") },
  ];
}

describe("an image of Alpine's", () => {
  test("has its pending updates named", async () => {
    await using made = await site();
    const reference = image(made, [alpine(made)]);
    writeFileSync(join(made.folder, "suites"), `${made.server.url}/alpine/v3.22/main\n`);
    const found = await scan(made, reference, "--updates", "--repositories", "suites");
    // Built five days ago, from a base that lacks what has been there for weeks.
    assert.equal(found?.verdict, "fail", found?.reason);
    assert.deepEqual(
      found.findings.map(({ title, severity, evidence }) => [title, severity, evidence.pending]),
      [["busybox 1.37.0-r14 is available in v3.22/main", "high", "built 41 days ago"]],
    );
    assert.match(found.evidence.summary ?? "", /^rebuild needed: 1 package, .*, oldest pending 41 days$/);
    assert.match(found.evidence.suites ?? "", /v3.22\/main of 2026-04-30 \(trusted only by the image\)/);

    // Kept, so the network is not needed any more.
    made.server.files.clear();
    const kept = await scan(made, reference, "--updates-offline", "--repositories", "suites");
    assert.equal(kept?.findings.length, 1);
  });

  test("makes nobody ask a server of their own network", async () => {
    await using made = await site();
    const found = await scan(made, image(made, [alpine(made)]), "--updates");
    assert.equal(found?.verdict, "unknown");
    assert.match(JSON.stringify(found.gaps), /not a public address/);
    assert.deepEqual(made.server.requests, []);
  });

  test("is unknown where its key is none of the caller's, or its repository another", async () => {
    await using made = await site();
    const reference = image(made, [alpine(made)]);
    writeFileSync(join(made.folder, "suites"), `${made.server.url}/alpine/v3.22/main\n`);
    writeFileSync(join(made.folder, "other.rsa.pub"), apkKey().pem);
    const words = ["--updates", "--repositories", "suites", "--no-cache"];
    const strange = await scan(made, reference, ...words, "--keyring", "other.rsa.pub");
    assert.equal(strange?.verdict, "unknown");
    assert.match(JSON.stringify(strange.gaps), /signed by a key that is not trusted/);
    writeFileSync(join(made.folder, "suites"), `${made.server.url}/alpine/v3.21/main\n`);
    const other = await scan(made, reference, ...words);
    assert.match(JSON.stringify(other?.gaps), /the main repository of Alpine 3.22 was not read/);
  });
});

describe("an image of Debian's", () => {
  const SUITES = ["trixie", "trixie-security"];

  function debian(made: Site): FixtureEntry[] {
    made.publish({ suite: "trixie", packages: [] });
    made.publish({
      suite: "trixie-security",
      packages: [{ name: "libc6", version: "2.41-12+deb13u1", source: "glibc" }],
    });
    const source = SUITES.map(
      (suite) => `deb [signed-by=/usr/share/keyrings/debian.gpg] ${made.server.url}/debian ${suite} main`,
    );
    writeFileSync(join(made.folder, "suites"), `${source.join("\n")}\n`);
    return [
      { name: "etc/os-release", content: 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n' },
      { name: "usr/share/keyrings/debian.pgp", content: certificate(made.key) },
      { name: "usr/share/keyrings/debian.gpg", flag: "2", link: "debian.pgp" },
      { name: "etc/apt/sources.list", content: source.join("\n") },
      { name: "var/lib/dpkg/status", content: statusOf([{ name: "libc6", version: "2.41-12", source: "glibc" }]) },
    ];
  }

  test("says which flaws an update mends", async () => {
    await using made = await site();
    const reference = image(made, [debian(made)]);
    const record = recordBelow("CVE-2026-0001", "Debian:13", "glibc", "2.41-12+deb13u1");
    const advisories = join(made.folder, "advisories");
    mkdirSync(advisories);
    writeFileSync(join(advisories, "debian.jsonl"), jsonLines([record]));
    const source = { file: "debian.jsonl", ecosystem: "Debian", releases: ["13"], asOf: "2026-06-09", complete: true };
    writeFileSync(join(advisories, "coverage.json"), JSON.stringify({ sources: [source] }));
    const imported = await inProcess(["db", "import", "advisories"], { cwd: made.folder, home: made.folder });
    assert.equal(imported.code, 0, imported.stderr);
    const found = await scan(made, reference, "--updates", "--repositories", "suites");
    assert.equal(found?.verdict, "pass", found?.reason);
    assert.deepEqual(
      found.findings.map(({ severity, evidence }) => [severity, evidence.suite, evidence.fixes]),
      [["medium", "trixie-security", "CVE-2026-0001"]],
    );
    assert.match(found.evidence.summary ?? "", /1 package, 1 with a fix for a known vulnerability/);
  });

  test("fails once it is older than it may be", async () => {
    await using made = await site();
    const reference = image(made, [debian(made)], "2026-06-01T00:00:00Z");
    const found = await scan(made, reference, "--updates", "--repositories", "suites");
    assert.equal(found?.verdict, "fail");
    assert.equal(found.findings[0]?.evidence["image's age"], "9 days");
    const young = await scan(
      made,
      image(made, [debian(made)], "1970-01-01T00:00:00Z"),
      "--updates",
      "--repositories",
      "suites",
    );
    assert.equal(young?.verdict, "unknown");
    assert.match(young.reason, /has no build date/);
  });

  test("is not judged where nobody asked, and options without a look-up are refused", async () => {
    await using made = await site();
    const reference = image(made, [debian(made)]);
    assert.equal(await scan(made, reference), undefined);
    assert.deepEqual(made.server.requests, []);
    const refused = await inProcess(["image", "scan", reference, "--repositories", "suites"], {
      cwd: made.folder,
      home: made.folder,
    });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /add --updates/);
  });

  test("has the sources and keys of its topmost layers, links followed inside it", async () => {
    await using made = await site();
    const lower = debian(made);
    const upper: FixtureEntry[] = [
      { name: "etc/apt/.wh.sources.list", content: "" },
      { name: "etc/apt/sources.list.d/own.list", content: "deb http://a.example trixie main\n" },
      { name: "etc/apt/sources.list.d/readme.txt", content: "no source" },
      { name: "etc/apt/keyrings/out.gpg", flag: "2", link: "/../../etc/passwd" },
    ];
    const named = await openImage(join(made.folder, image(made, [lower, upper]).slice(4)), {
      registry: { insecure: false, plainHttp: false },
    });
    try {
      const { sources, keys, gaps } = await sourceFilesOfImage(named.image);
      assert.deepEqual(gaps, []);
      assert.deepEqual(
        sources.map(({ path }) => path),
        ["etc/apt/sources.list.d/own.list"],
      );
      assert.deepEqual(
        keys.map(({ path }) => path),
        ["usr/share/keyrings/debian.gpg", "usr/share/keyrings/debian.pgp"],
      );
      assert.deepEqual(keys[0]?.bytes, keys[1]?.bytes);
    } finally {
      await named.image.store.close();
    }
  });
});
