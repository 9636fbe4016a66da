import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { codePoint } from "../../core/code-point.fixture.ts";
import type { Distribution, PackageRecord, PackageType } from "./model.ts";
import { purlOf } from "./purl.ts";

const DEBIAN: Distribution = { id: "debian", versionId: "13", versionCodename: "trixie", idLike: [] };

function record(type: PackageType, name: string, version: string, architecture?: string): PackageRecord {
  return { type, name, version, licenses: [], ...(architecture === undefined ? {} : { architecture }) };
}

describe("package-url", () => {
  const cases: readonly [record: PackageRecord, distribution: Distribution | undefined, purl: string][] = [
    [
      record("deb", "bash", "5.2.37-2+b5", "amd64"),
      DEBIAN,
      "pkg:deb/debian/bash@5.2.37-2%2Bb5?arch=amd64&distro=debian-13",
    ],
    [record("deb", "libc6", "2:1~rc1-1", "all"), DEBIAN, "pkg:deb/debian/libc6@2:1~rc1-1?arch=all&distro=debian-13"],
    [record("deb", "g++", "4:14", "amd64"), undefined, "pkg:deb/g%2B%2B@4:14?arch=amd64"],
    [
      record("deb", "a", "1"),
      { id: "debian", versionCodename: "forky", idLike: [] },
      "pkg:deb/debian/a@1?distro=debian-forky",
    ],
    [record("deb", "a", "1"), { id: "kali", idLike: ["debian"] }, "pkg:deb/kali/a@1?distro=kali"],
    [
      record("apk", "musl", "1.1.22-r3", "x86_64"),
      { id: "alpine", versionId: "3.10.2", idLike: [] },
      "pkg:apk/alpine/musl@1.1.22-r3?arch=x86_64&distro=alpine-3.10.2",
    ],
    [
      record("rpm", "NetworkManager", "1:1.46-1.el9", "x86_64"),
      { id: "almalinux", versionId: "9.4", idLike: [] },
      "pkg:rpm/almalinux/NetworkManager@1.46-1.el9?arch=x86_64&distro=almalinux-9.4&epoch=1",
    ],
    [record("rpm", "bash", "5-1", "noarch"), undefined, "pkg:rpm/bash@5-1?arch=noarch"],
    [record("npm", "@Scope/Name", "1.0.0"), DEBIAN, "pkg:npm/%40scope/name@1.0.0"],
    [record("npm", "lodash", "4.17.4-rc.1+build"), undefined, "pkg:npm/lodash@4.17.4-rc.1%2Bbuild"],
    [record("npm", "a", "1.0.0 (x)*"), undefined, "pkg:npm/a@1.0.0%20%28x%29%2A"],
    [record("npm", "a", "\ud800"), undefined, "pkg:npm/a@%EF%BF%BD"],
  ];
  for (const [packageRecord, distribution, purl] of cases) {
    test(purl, () => assert.equal(purlOf(packageRecord, distribution), purl));
  }

  const types = fc.constantFrom<PackageType>("deb", "apk", "rpm");
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,20}$/);
  const version = fc.stringMatching(/^[0-9][A-Za-z0-9+.~^_-]{0,20}$/);

  test("the same as packageurl-js writes, but that the plus is encoded as the standard says", () => {
    fc.assert(
      fc.property(types, name, version, (type, packageName, packageVersion) => {
        const qualifiers = { arch: "x86_64", distro: "debian-13" };
        const theirs = new PackageURL(type, "debian", packageName, packageVersion, qualifiers, undefined).toString();
        assert.equal(
          purlOf(record(type, packageName, packageVersion, "x86_64"), DEBIAN),
          theirs.replaceAll("+", "%2B"),
        );
      }),
    );
    fc.assert(
      fc.property(fc.option(name, { nil: undefined }), name, version, (scope, packageName, packageVersion) => {
        const namespace = scope === undefined ? undefined : `@${scope}`;
        const theirs = new PackageURL("npm", namespace, packageName, packageVersion, undefined, undefined).toString();
        const ours = purlOf(
          record("npm", namespace ? `${namespace}/${packageName}` : packageName, packageVersion),
          DEBIAN,
        );
        assert.equal(ours, theirs.replaceAll("+", "%2B"));
      }),
    );
  });

  test("whatever the text, packageurl-js reads back what was written", () => {
    const text = fc.string({ minLength: 1, maxLength: 20, unit: codePoint }).filter((value) => value.trim() === value);
    fc.assert(
      fc.property(text, text, (packageName, packageVersion) => {
        fc.pre(!packageName.includes("/"));
        const parsed = PackageURL.fromString(purlOf(record("rpm", packageName, `0:${packageVersion}`), DEBIAN));
        assert.equal(parsed.name, packageName.toWellFormed());
        assert.equal(parsed.version, packageVersion.toWellFormed());
        assert.equal(parsed.namespace, "debian");
      }),
    );
  });
});
