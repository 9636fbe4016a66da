import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import type { Package } from "../../contents/model.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { type FeedClient, feedClient } from "../../vulnerability/feeds/http.ts";
import { feedServer, SERVED_AT } from "../../vulnerability/feeds/server.fixture.ts";
import { readKeyring } from "../openpgp/certificates.ts";
import { certificate, fixtureKey } from "../openpgp/signer.fixture.ts";
import { verifyDetached } from "../openpgp/verify.ts";
import { readModules } from "./modules.ts";
import { addRpmOffers, type RpmOffers } from "./primary.ts";
import { readMetalink, readRepomd } from "./repomd.ts";
import { type RpmRepository, readRpmSettings } from "./repositories.ts";
import { detached, repositoryFiles } from "./repository.fixture.ts";
import { openRpmRepository } from "./repository.ts";

const MADE = Date.parse("2026-06-09T00:00:00Z") / 1000;
const NOW = new Date("2026-06-10T00:00:00Z");
const key = fixtureKey("rsa");
const files = repositoryFiles({ primary: "<metadata/>" }, MADE, key);
const repomd = files.get("repodata/repomd.xml") as Buffer;

function metalink(digests: readonly string[], ...urls: readonly string[]): string {
  const hashes = digests.map((digest) => `<hash type="sha256">${digest}</hash>`).join("");
  const listed = urls.map((url) => `<url protocol="https" preference="100">${url}</url>`).join("");
  return `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="repomd.xml"><verification>${hashes}</verification><resources>${listed}</resources></file></files></metalink>`;
}

describe("readRpmSettings", () => {
  const packages = [{ architecture: "aarch64" }, { architecture: "noarch" }] as Package[];
  const read = (
    files: Readonly<Record<string, string>>,
    distribution = { id: "rocky", versionId: "9.4", idLike: [] },
  ) =>
    readRpmSettings(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      distribution,
      packages,
    );

  test("variables, continued values, comments, and what is not enabled", () => {
    const { repositories } = read({
      "etc/dnf/vars/rltype": "-x\n",
      "etc/dnf/vars/releasever": "9.1\n",
      "etc/yum.repos.d/rocky.repo": [
        "# comment",
        "[baseos]",
        "name=Rocky Linux $releasever",
        "mirrorlist=https://mirrors.example.org/mirrorlist?arch=$basearch&repo=BaseOS-$releasever$rltype",
        "gpgkey=file:///etc/pki/rpm-gpg/A",
        "  file:///etc/pki/rpm-gpg/B",
        "[off]",
        "baseurl=https://example.org/",
        "enabled = 0",
        "[link]",
        "mirrorlist=https://example.org/metalink?repo=a-${releasever_major}",
        "[nowhere]",
        "enabled=1",
      ].join("\n"),
    });
    assert.deepEqual(
      repositories.map(({ id, mirrorList, metalink: link, keys }) => [id, mirrorList ?? link, keys.join()]),
      [
        [
          "baseos",
          "https://mirrors.example.org/mirrorlist?arch=aarch64&repo=BaseOS-9-x",
          "/etc/pki/rpm-gpg/A,/etc/pki/rpm-gpg/B",
        ],
        ["link", "https://example.org/metalink?repo=a-9", ""],
      ],
    );
  });

  test("an image of Amazon Linux 2023 is asked for the latest release, whatever it is tied to", () => {
    const { repositories } = read(
      { "etc/yum.repos.d/a.repo": "[a]\nmirrorlist=https://cdn.example.org/$releasever/$basearch/mirror.list\n" },
      { id: "amzn", versionId: "2023", idLike: [] },
    );
    assert.equal(repositories[0]?.mirrorList, "https://cdn.example.org/latest/aarch64/mirror.list");
  });

  test("modules, excludes, and services of zypper", () => {
    const { modules, excludes, services } = read({
      "etc/dnf/modules.d/nodejs.module": "[nodejs]\nname=nodejs\nstream=18\nstate=enabled\n",
      "etc/dnf/modules.d/php.module": "[php]\nstate=disabled\n",
      "etc/dnf/dnf.conf": "[main]\nexcludepkgs=kernel* bash\n",
      "etc/zypp/services.d/SUSE.service": "[SUSE]\nenabled=1\nurl=https://example.org\n",
    });
    assert.deepEqual(
      [[...modules], excludes, services],
      [
        [
          ["nodejs", "18"],
          ["php", undefined],
        ],
        ["kernel*", "bash"],
        ["SUSE"],
      ],
    );
  });

  test("whatever the text, settings", () => {
    const seed = Buffer.from("[a]\nbaseurl=https://example.org/$basearch\n b\nenabled=1\n[b]\nmetalink: x\n");
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        assert.ok(read({ "etc/yum.repos.d/a.repo": bytes.toString("utf8") }).repositories.length < 10);
      }),
      runs(300),
    );
  });
});

describe("readRepomd", () => {
  test("its files and its date", () => {
    const read = readRepomd(repomd, "x");
    assert.deepEqual([read.date.toISOString(), [...read.files.keys()]], ["2026-06-09T00:00:00.000Z", ["primary"]]);
  });

  test("what is named by SHA-1 alone, or lies outside", () => {
    const weak = repomd.toString().replace(/type="sha256">[0-9a-f]+/, `type="sha">${"0".repeat(40)}`);
    assert.equal(readRepomd(Buffer.from(weak), "x").files.size, 0);
    for (const href of ["../x", "https://example.org/x", "/x", "repodata/../../x"]) {
      const moved = repomd.toString().replace(/href="[^"]+"/, `href="${href}"`);
      assert.throws(() => readRepomd(Buffer.from(moved), "x"), { code: "updates.release" }, href);
    }
  });

  test("whatever the bytes, a list or a problem", () => {
    for (const [read, seed] of [
      [readRepomd, repomd],
      [readMetalink, Buffer.from(metalink(["00"], "https://example.org/repodata/repomd.xml"))],
      [
        (bytes: Buffer) => readModules(bytes.toString("utf8"), "x", new Set(["a"])),
        Buffer.from(
          "---\ndocument: modulemd\ndata:\n  name: a\n  stream: 1\n  artifacts:\n    rpms:\n    - a-0:1-1.x86_64\n",
        ),
      ],
    ] as const) {
      fc.assert(
        fc.property(mutatedBytes(seed), (bytes) => {
          try {
            read(bytes, "x");
          } catch (error) {
            assert.ok(error instanceof Problem, String(error));
          }
        }),
        runs(300),
      );
    }
  });
});

test("offers of hostile indexes: entries are counted, or a problem", async () => {
  const seed = Buffer.from(
    '<metadata><package type="rpm"><name>a</name><arch>x86_64</arch><version epoch="0" ver="1" rel="1"/><time build="5"/><format><rpm:obsoletes><rpm:entry name="b" flags="LT" epoch="0" ver="2"/></rpm:obsoletes></format></package></metadata>',
  );
  const wanted = new Set(["a", "b"]);
  const read = async (bytes: Buffer) => {
    const offers: RpmOffers = { byName: new Map(), replacing: new Map() };
    async function* chunks() {
      yield bytes;
    }
    const unread = await addRpmOffers(offers, chunks(), "x", 0, wanted);
    return { offers, unread };
  };
  const { offers, unread } = await read(seed);
  assert.deepEqual([unread, offers.byName.size, offers.replacing.get("b")?.length], [0, 1, 1]);
  await fc.assert(
    fc.asyncProperty(mutatedBytes(seed), async (bytes) => {
      try {
        assert.ok((await read(bytes)).unread >= 0);
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
    runs(300),
  );
});

test("a signature beside a file", () => {
  const ring = readKeyring(certificate(key));
  const fault = (bytes: Buffer, signature: Buffer, now = NOW) => {
    const found = verifyDetached(bytes, signature, ring, now);
    return "fault" in found ? found.fault : "none";
  };
  const good = detached(repomd, key);
  assert.equal(fault(repomd, good), "none");
  assert.match(fault(Buffer.concat([repomd, Buffer.from(" ")]), good), /does not fit/);
  assert.match(fault(repomd, detached(repomd, fixtureKey("rsa"))), /not trusted/);
  assert.match(fault(repomd, detached(repomd, key, 0x01)), /not over its bytes/);
  assert.match(fault(repomd, Buffer.from("nothing")), /^has no signature that can be read$/);
});

describe("openRpmRepository", () => {
  /** A client that finds everything of https://HOST/ below /HOST/ of a server on the loopback. */
  async function site() {
    const server = await feedServer();
    const real = feedClient({ patience: { stall: 2_000, document: 10_000, tries: 1, backoff: 1 } });
    const client: FeedClient = {
      ...real,
      get: (url, headers) => real.get(new URL(`${server.url}/${url.host}${url.pathname}`), headers),
    };
    const put = (path: string, body: Buffer | string) =>
      server.files.set(path, { body: Buffer.from(body), lastModified: SERVED_AT });
    return {
      put,
      open: (fields: Partial<RpmRepository>, keys = { caller: [], machine: [], image: [] }) =>
        openRpmRepository(
          {
            ...{ id: "x", baseUrls: [], keys: [], priority: 99, excludes: [], includes: [] },
            ...{ isHotfix: false, wantsCertificate: false, isZypper: false, ...fields },
          },
          keys,
          { client, now: NOW },
        ),
      async [Symbol.asyncDispose]() {
        real.close();
        await server[Symbol.asyncDispose]();
      },
    };
  }
  const sha256 = createHash("sha256").update(repomd).digest("hex");

  test("without a signature TLS vouches, of the server or of a metalink's hash", async () => {
    await using made = await site();
    made.put("/a.example.org/repodata/repomd.xml", repomd);
    made.put("/b.example.org/repodata/repomd.xml", Buffer.concat([repomd, Buffer.from(" ")]));
    const server = await made.open({ baseUrls: ["https://a.example.org"] });
    assert.deepEqual([server.use.trust, server.use.signedBy], ["server", ""]);
    await assert.rejects(made.open({ baseUrls: ["http://a.example.org"] }), { code: "updates.signature" });
    // The first mirror has another file than the metalink names; the second is of plain HTTP, and has the right one.
    made.put(
      "/link.example.org/metalink",
      metalink([sha256], "https://b.example.org/repodata/repomd.xml", "http://a.example.org/repodata/repomd.xml"),
    );
    const linked = await made.open({ metalink: "https://link.example.org/metalink" });
    assert.equal(linked.use.place, "http://a.example.org/repodata/repomd.xml");
    // One of plain HTTP vouches for nothing.
    await assert.rejects(made.open({ metalink: "http://link.example.org/metalink" }), { code: "updates.signature" });
    made.put("/link.example.org/list", "# mirrors\nhttps://a.example.org/\n");
    assert.equal((await made.open({ mirrorList: "https://link.example.org/list" })).use.trust, "server");
  });

  test("what is refused before anything is asked", async () => {
    await using made = await site();
    await assert.rejects(made.open({ baseUrls: ["file:///x", "https://$x/"] }), { code: "updates.no-http" });
    await assert.rejects(made.open({ baseUrls: ["https://a.example.org"], wantsCertificate: true }), {
      code: "updates.client-certificate",
    });
  });
});
