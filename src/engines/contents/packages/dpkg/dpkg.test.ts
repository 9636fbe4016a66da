import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { bounds } from "../../bounds.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { dpkg } from "./dpkg.ts";

const STATUS = "var/lib/dpkg/status";

function read(content: string | Buffer, path = STATUS) {
  return factsOf(dpkg, path, content);
}

function installed(...fields: string[]): string {
  return [`Package: ${fields[0]}`, "Status: install ok installed", ...fields.slice(1), "", ""].join("\n");
}

const EXAMPLE = `Package: libssl3t64
Status: install ok installed
Priority: optional
Section: libs
Maintainer: Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>
Architecture: amd64
Multi-Arch: same
Source: openssl
Version: 3.5.1-1+deb13u1
Depends: libc6 (>= 2.38)
Conffiles:
 /etc/ssl/openssl.cnf 0123456789abcdef0123456789abcdef
Description: Secure Sockets Layer toolkit
 Package: not-a-field
 .
 Version: 0

Package: bash
Essential: yes
Status: install ok installed
Architecture: amd64
Source: bash (5.2.37-2)
Version: 5.2.37-2+b5

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

`;

describe("dpkg status", () => {
  test("reads installed packages with their source", () => {
    assert.deepEqual(read(EXAMPLE), {
      kind: "packages",
      packages: [
        {
          type: "deb",
          name: "libssl3t64",
          version: "3.5.1-1+deb13u1",
          architecture: "amd64",
          licenses: [],
          source: { name: "openssl", version: "3.5.1-1+deb13u1" },
          supplier: "Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>",
        },
        {
          type: "deb",
          name: "bash",
          version: "5.2.37-2+b5",
          architecture: "amd64",
          licenses: [],
          source: { name: "bash", version: "5.2.37-2" },
        },
      ],
      unread: [],
    });
  });

  test("the third word of Status is the state, whatever is wanted of the package", () => {
    const states: readonly [status: string, counts: boolean, unread: boolean][] = [
      ["hold ok installed", true, false],
      ["deinstall ok installed", true, false],
      ["install reinstreq installed", true, false],
      ["install  ok\tinstalled", true, false],
      ["deinstall ok config-files", false, false],
      ["unknown ok not-installed", false, false],
      ["install ok unpacked", false, true],
      ["install ok half-configured", false, true],
      ["install ok half-installed", false, true],
      ["install ok triggers-pending", false, true],
      ["installed", false, true],
      ["install ok reinstalled", false, true],
    ];
    for (const [status, counts, unread] of states) {
      const facts = read(`Package: a\nStatus: ${status}\nVersion: 1\n\n`);
      assert.equal(packagesOf(facts).length, counts ? 1 : 0, status);
      assert.equal(unreadOf(facts).length, unread ? 1 : 0, status);
    }
  });

  test("field names have no case", () => {
    const facts = read("PACKAGE: a\nstatus: install ok installed\nVERSION:1:2-3\n\n");
    assert.deepEqual(packagesOf(facts)[0]?.version, "1:2-3");
  });

  test("two architectures of one package are two packages", () => {
    const facts = read(
      installed("libc6", "Architecture: amd64", "Version: 2") + installed("libc6", "Architecture: i386", "Version: 2"),
    );
    assert.deepEqual(
      packagesOf(facts).map(({ architecture }) => architecture),
      ["amd64", "i386"],
    );
  });

  test("the source's version is the package's where none is stated", () => {
    const sources: readonly [field: string, name: string, version: string][] = [
      ["Source: b", "b", "1-2"],
      ["Source: b (1-1)", "b", "1-1"],
      ["Source: b(1-1)", "b", "1-1"],
      ["Source: b (1-1", "b", "1-1"],
      ["Source: b ()", "b", "1-2"],
      ["Source: (1-1)", "a", "1-1"],
      ["Source:", "a", "1-2"],
    ];
    for (const [field, name, version] of sources) {
      assert.deepEqual(packagesOf(read(installed("a", "Version: 1-2", field)))[0]?.source, { name, version }, field);
    }
  });

  test("says what cannot be read, and where; the rest is still there", () => {
    const broken: readonly [stanza: string, sentence: RegExp][] = [
      [installed("a"), /line 1 \(a\) states no version/],
      ["Status: install ok installed\nVersion: 1\n\n", /line 1 states no name/],
      ["Package: a\nVersion: 1\n\n", /line 1 states no status/],
      [installed("a", "Version: 1", "Version: 2"), /states version twice in line 4/],
      [installed("a", "no colon here", "Version: 1"), /no field name in line 3/],
      [installed("a", ": x", "Version: 1"), /no field name in line 3/],
      [installed("a b", "Version: 1"), /white space/],
      [installed("a\u0007", "Version: 1"), /control characters/],
      [installed("a", "Version: 1 2"), /version with white space/],
      [installed("a".repeat(bounds.packageNameLength + 1), "Version: 1"), /has a name of \d+ characters/],
      [installed("a", `Version: ${"1".repeat(bounds.versionLength + 1)}`), /has a version of \d+ characters/],
    ];
    for (const [stanza, sentence] of broken) {
      const facts = read(stanza + installed("good", "Version: 1"));
      assert.deepEqual(
        packagesOf(facts).map(({ name }) => name),
        ["good"],
      );
      assert.equal(unreadOf(facts).length, 1);
      assert.match(unreadOf(facts)[0] ?? "", sentence);
    }
  });

  test("a file that was cut off says so", () => {
    const facts = read(EXAMPLE.slice(0, EXAMPLE.indexOf("5.2.37-2+b5") + 3));
    assert.deepEqual(unreadOf(facts), ["it ends in the middle of a line"]);
  });

  test("an empty file has no packages", () => {
    assert.deepEqual(read(""), { kind: "packages", packages: [], unread: [] });
  });

  test("a million broken stanzas give few sentences", () => {
    const facts = read("x\n\n".repeat(100_000));
    assert.equal(unreadOf(facts).length, bounds.unreadSentences + 1);
    assert.match(unreadOf(facts).at(-1) ?? "", /^99980 more/);
  });

  test("more stanzas than packages may be are cut off, and it says so", () => {
    const facts = read(Buffer.from("a:\n\n".repeat(bounds.packages + 1)));
    assert.match(unreadOf(facts).join(), /more entries could not be read/);
    assert.equal(packagesOf(facts).length, 0);
  });
});

describe("status.d of distroless images", () => {
  test("stanzas without a Status are installed", () => {
    const facts = read("Package: base-files\nVersion: 12.4\nArchitecture: amd64", "var/lib/dpkg/status.d/base");
    assert.equal(packagesOf(facts)[0]?.name, "base-files");
    assert.deepEqual(unreadOf(facts), []);
  });

  test("a status file that a link leads to is still one", () => {
    assert.equal(unreadOf(read("Package: a\nVersion: 1\n\n", "opt/dpkg/status")).length, 1);
  });

  test("digests beside them are not wanted", () => {
    assert.ok(dpkg.wants("var/lib/dpkg/status.d/base"));
    assert.ok(dpkg.wants("var/lib/dpkg/status.d/status"));
    assert.ok(!dpkg.wants("var/lib/dpkg/status.d/base.md5sums"));
    assert.ok(!dpkg.wants("var/lib/dpkg/status.d/deeper/status"));
    assert.ok(!dpkg.wants("var/lib/dpkg/status.data"));
    assert.ok(!dpkg.wants("srv/var/lib/dpkg/status"));
  });
});

test("what a writer writes is what is read", () => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{0,12}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const stanza = fc.record({
    name: word,
    version: fc.stringMatching(/^([0-9]:)?[0-9][a-zA-Z0-9.+~-]{0,12}$/),
    architecture: fc.constantFrom("amd64", "all"),
    source: word,
    noise: fc.array(fc.tuple(fc.stringMatching(/^X-[A-Za-z]{1,12}$/), value), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(stanza, { maxLength: 10 }), (stanzas) => {
      const text = stanzas.map(({ name, version, architecture, source, noise }) =>
        installed(
          name,
          ...noise.map(([field, text]) => `${field}: ${text}\n ${text}`),
          `Architecture: ${architecture}`,
          `Version: ${version}`,
          `Source: ${source} (9)`,
        ),
      );
      assert.deepEqual(read(text.join("")), {
        kind: "packages",
        packages: stanzas.map(({ name, version, architecture, source }) => ({
          type: "deb",
          name,
          version,
          architecture,
          licenses: [],
          source: { name: source, version: "9" },
        })),
        unread: [],
      });
    }),
  );
});

test("whatever the bytes, an answer", () => {
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(EXAMPLE)), (bytes) => {
      assert.equal(read(bytes)?.kind, "packages");
    }),
    runs(300),
  );
});

/** Each stanza is one that dpkg-query prints as said here; test/differential/dpkg-status holds it against dpkg itself. */
describe("forms that dpkg reads", () => {
  const sourceIn = (stanza: string) => packagesOf(read(stanza))[0]?.source;

  test("blanks before the colon", () => {
    const text = "Package : libssl3\nStatus\t: install ok installed\nVersion: 1\nSource : openssl (3.0)\n\n";
    assert.deepEqual(sourceIn(text), { name: "openssl", version: "3.0" });
  });

  test("capitals in a package's name and in its state", () => {
    const text = "PACKAGE: OpenSSL\nStatus: Install OK Installed\nVersion: 1\n\n";
    assert.deepEqual(
      packagesOf(read(text)).map(({ name }) => name),
      ["openssl"],
    );
  });

  test("of a source the name up to the first blank", () => {
    assert.deepEqual(sourceIn(installed("a", "Version: 2", "Source: openssl x (1)")), {
      name: "openssl",
      version: "1",
    });
  });

  test("a value that goes on in the next line, a source with white space and a revision apart are gaps", () => {
    for (const lines of [
      ["Version: 1", "\t.2"],
      ["Version: 1", "\v.2"],
      ["Version: 1", "Source: openssl", " x"],
      ["Version: 1", "Source: open\tssl"],
      ["Version: 1", "Source: openssl\0x"],
      ["Version: 1", "Revision: 2"],
      ["Version: 1", "Package_Revision: 2"],
    ]) {
      const facts = read(installed("a", ...lines));
      assert.deepEqual([packagesOf(facts).length, unreadOf(facts).length], [0, 1], JSON.stringify(lines));
    }
  });

  test("lines that only look like fields: continued by other white space than blanks", () => {
    const facts = read(installed("a", "Version: 1", "Description: x", "\vSource: hidden", "\rVersion: 0"));
    assert.deepEqual([packagesOf(facts)[0]?.source, unreadOf(facts)], [{ name: "a", version: "1" }, []]);
  });

  test("the mark that ends a file of MS-DOS ends a line and a stanza, and is told", () => {
    const facts = read(
      `${installed("a", "Version: 1", "Description: x\x1a\x1aPackage: b\nStatus: install ok installed\nVersion: 2")}`,
    );
    assert.deepEqual(
      packagesOf(facts).map(({ name }) => name),
      ["a", "b"],
    );
    assert.deepEqual(unreadOf(facts), ["it holds end-of-file marks of MS-DOS"]);
  });

  test("updates that are not written into the status file yet", () => {
    const update = read(installed("b", "Version: 2"), "var/lib/dpkg/updates/0001");
    assert.deepEqual(
      packagesOf(update).map(({ name }) => name),
      ["b"],
    );
    assert.ok(dpkg.wants("var/lib/dpkg/updates/0"));
    for (const path of ["tmp.i", "1/2", "", "0001.new"]) assert.ok(!dpkg.wants(`var/lib/dpkg/updates/${path}`), path);
  });
});
