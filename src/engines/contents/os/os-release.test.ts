import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { factsOf } from "../facts.fixture.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { alpineRelease } from "./alpine-release.ts";
import { debianVersion } from "./debian-version.ts";
import { osRelease, parseOsRelease } from "./os-release.ts";

const DEBIAN = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION_CODENAME=trixie
ID=debian
HOME_URL="https://www.debian.org/"
`;

describe("os-release", () => {
  test("reads what identifies a distribution", () => {
    assert.deepEqual(factsOf(osRelease, "etc/os-release", DEBIAN), {
      kind: "distribution",
      distribution: {
        id: "debian",
        versionId: "13",
        versionCodename: "trixie",
        idLike: [],
        prettyName: "Debian GNU/Linux 13 (trixie)",
      },
    });
  });

  const cases: readonly [title: string, text: string, expected: ReturnType<typeof parseOsRelease>][] = [
    ["single quotes keep backslashes", "ID=a\nPRETTY_NAME='a\\$b'", { id: "a", idLike: [], prettyName: "a\\$b" }],
    ["double quotes do not", 'ID=a\nPRETTY_NAME="a\\$b\\"c"', { id: "a", idLike: [], prettyName: 'a$b"c' }],
    [
      "several relatives",
      'ID=rocky\nID_LIKE="rhel  centos fedora"',
      { id: "rocky", idLike: ["rhel", "centos", "fedora"] },
    ],
    ["the last assignment counts", "ID=a\nID=b", { id: "b", idLike: [] }],
    ["comments, empty lines and CRLF", "# x\r\n\r\nID=a\r\n#ID=b\r\n", { id: "a", idLike: [] }],
    ["capitals are forgiven", 'ID="Alpine"', { id: "alpine", idLike: [] }],
    ["no ID is linux", "NAME=x", { id: "linux", idLike: [] }],
    ["an empty version is none", 'ID=arch\nVERSION_ID=""', { id: "arch", idLike: [] }],
    ["a lone quote stays", 'ID=a\nPRETTY_NAME="', { id: "a", idLike: [], prettyName: '"' }],
    ["an ID that is none", 'ID="two words"', undefined],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => assert.deepEqual(parseOsRelease(text), expected));
  }

  test("an ID that is none makes the file unreadable", () => {
    assert.equal(factsOf(osRelease, "etc/os-release", "ID=../../x")?.kind, "unreadable");
  });

  test("wants the two files and no other of that name", () => {
    assert.ok(osRelease.wants("etc/os-release"));
    assert.ok(osRelease.wants("usr/lib/os-release"));
    assert.ok(!osRelease.wants("srv/chroot/etc/os-release"));
  });

  test("whatever the bytes, an answer", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(DEBIAN)), (bytes) => {
        assert.ok(["distribution", "unreadable"].includes(factsOf(osRelease, "etc/os-release", bytes)?.kind ?? ""));
      }),
      runs(300),
    );
  });
});

describe("where os-release is missing", () => {
  test("alpine-release has the version", () => {
    assert.deepEqual(factsOf(alpineRelease, "etc/alpine-release", "3.10.2\n"), {
      kind: "distribution",
      distribution: { id: "alpine", versionId: "3.10.2", idLike: [] },
    });
    assert.equal(factsOf(alpineRelease, "etc/alpine-release", "\n"), undefined);
  });

  test("debian_version has the major version or the codename", () => {
    assert.deepEqual(factsOf(debianVersion, "etc/debian_version", "13.1\n"), {
      kind: "distribution",
      distribution: { id: "debian", versionId: "13", idLike: [] },
    });
    assert.deepEqual(factsOf(debianVersion, "etc/debian_version", "forky/sid\n"), {
      kind: "distribution",
      distribution: { id: "debian", versionCodename: "forky", idLike: [] },
    });
    assert.equal(factsOf(debianVersion, "etc/debian_version", "kali-rolling\n"), undefined);
  });
});
