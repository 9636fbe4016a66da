import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { readRelease } from "./release.ts";
import { readSources } from "./sources.ts";

const DEB822 = `# comment
Types: deb deb-src
URIs: http://a.example/debian
 http://b.example/debian
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/a.pgp

Types: deb
Enabled: no
URIs: http://c.example/
Suites: x
Components: main

Types: deb-src
URIs: http://d.example/
Suites: x
Components: main

Types: deb
URIs: https://e.example
Suites: noble
Components: main
Architectures: amd64 arm64
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd
 -----END PGP PUBLIC KEY BLOCK-----
`;

describe("sources.list(5)", () => {
  test("deb822", () => {
    const signedBy = ["/usr/share/keyrings/a.pgp"];
    const of = (uri: string, suite: string) => ({ uri, suite, components: ["main", "contrib"], signedBy });
    assert.deepEqual(readSources("a.sources", DEB822), [
      of("http://a.example/debian", "trixie"),
      of("http://a.example/debian", "trixie-updates"),
      of("http://b.example/debian", "trixie"),
      of("http://b.example/debian", "trixie-updates"),
      {
        uri: "https://e.example",
        suite: "noble",
        components: ["main"],
        architectures: ["amd64", "arm64"],
        signedBy: ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----"],
      },
    ]);
  });

  test("one line for each", () => {
    const text = [
      "deb http://a.example/debian trixie main contrib # all",
      "deb-src http://a.example/debian trixie main",
      "# deb http://b.example/ x main",
      "deb [ arch=amd64,arm64 signed-by=/k.gpg,/l.gpg trusted=yes ] http://c.example bookworm main",
      "deb [arch=i386] http://d.example ./",
      "deb [broken http://e.example x main",
      "deb http://f.example",
      "",
    ].join("\n");
    assert.deepEqual(readSources("etc/apt/sources.list", text), [
      { uri: "http://a.example/debian", suite: "trixie", components: ["main", "contrib"] },
      {
        uri: "http://c.example",
        suite: "bookworm",
        components: ["main"],
        architectures: ["amd64", "arm64"],
        signedBy: ["/k.gpg", "/l.gpg"],
      },
      { uri: "http://d.example", suite: "./", components: [], architectures: ["i386"] },
    ]);
  });

  test("whatever the bytes, an answer", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(DEB822)), fc.boolean(), (bytes, isStanza) => {
        for (const source of readSources(isStanza ? "a.sources" : "a.list", bytes.toString())) {
          assert.notEqual(source.uri, "");
        }
      }),
      runs(300),
    );
  });
});

describe("Release files", () => {
  const digest = "ab".repeat(32);
  const text = [
    "Suite: stable-security",
    "Codename: trixie-security",
    "Date: Mon, 23 Nov 2026 11:22:38 UTC",
    "Valid-Until: Mon, 30 Nov 2026 11:22:38 UTC",
    "Acquire-By-Hash: yes",
    "Architectures: all amd64",
    "MD5Sum:",
    " 0123 5 main/binary-amd64/Packages",
    "SHA256:",
    ` ${digest}   12 main/binary-amd64/Packages`,
    ` ${digest} 1e9 main/binary-amd64/Packages.gz`,
    " short 12 main/binary-amd64/Packages.xz",
    "",
  ].join("\n");

  test("are read", () => {
    const release = readRelease(text);
    assert.equal(release?.date.toISOString(), "2026-11-23T11:22:38.000Z");
    assert.equal(release.validUntil?.toISOString(), "2026-11-30T11:22:38.000Z");
    assert.deepEqual([...release.files], [["main/binary-amd64/Packages", { sha256: digest, size: 12 }]]);
    assert.equal(release.byHash, true);
    assert.equal(release.allWithin, false);
    assert.equal(release.priority, 500);
  });

  test("whatever the bytes, an answer", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(text)), (bytes) => {
        for (const [path, { sha256, size }] of readRelease(bytes.toString())?.files ?? []) {
          assert.ok(path !== "" && sha256.length === 64 && Number.isSafeInteger(size));
        }
      }),
      runs(300),
    );
  });

  test("of what apt does not install by itself have a lower priority", () => {
    assert.equal(readRelease(`NotAutomatic: yes\n${text}`)?.priority, 1);
    assert.equal(readRelease(`NotAutomatic: yes\nButAutomaticUpgrades: yes\n${text}`)?.priority, 100);
  });

  test("without a date say nothing, and an end that cannot be read is over", () => {
    assert.equal(readRelease("Suite: x\n"), undefined);
    assert.equal(readRelease("Date: yesterday UTC\n"), undefined);
    assert.equal(readRelease("Date: Mon, 23 Nov 2026 11:22:38 +0200\n"), undefined);
    assert.equal(readRelease(text.replace(/Valid-Until: .*/, "Valid-Until: soon"))?.validUntil?.getTime(), 0);
  });
});
