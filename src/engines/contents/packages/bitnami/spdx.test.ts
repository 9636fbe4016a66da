import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { bitnamiSpdx } from "./spdx.ts";

const PATH = "opt/bitnami/postgresql/.spdx-postgresql.spdx";
const reference = (locator: string) => ({
  ...{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: locator },
});
const JSON_FORM = JSON.stringify({
  spdxVersion: "SPDX-2.3",
  packages: [
    {
      name: "postgresql",
      externalRefs: [
        reference("pkg:bitnami/postgresql@16.6.0-2?arch=amd64&distro=debian-12"),
        { referenceCategory: "SECURITY", referenceType: "cpe23Type", referenceLocator: "cpe:2.3:*:p:p:16.6:*" },
      ],
    },
    { name: "geos", externalRefs: [reference("pkg:bitnami/geos@3.8.3")] },
    { name: "lib", externalRefs: [reference("pkg:maven/org.a/b@1")] },
  ],
});
const TAGS = `SPDXVersion: SPDX-2.3
PackageName: redis
ExternalRef: SECURITY cpe23Type cpe:2.3:*:redis:redis:7.0.4:*:*:*:*:*:*:*
ExternalRef: PACKAGE-MANAGER purl pkg:bitnami/redis@7.0.4-0?arch=amd64&distro=debian-11
`;

const lines = (text: string) =>
  packagesOf(factsOf(bitnamiSpdx, PATH, text)).map(({ type, name, version }) => `${type} ${name}@${version}`);

describe("Bitnami's .spdx files", () => {
  test("components in JSON and as tags", () => {
    assert.deepEqual(lines(JSON_FORM), ["bitnami postgresql@16.6.0-2", "bitnami geos@3.8.3"]);
    assert.deepEqual(lines(TAGS), ["bitnami redis@7.0.4-0"]);
  });

  test("what is no SPDX is unreadable, and a component without a version is said", () => {
    for (const text of ["", "{}", "{", "hello"])
      assert.equal(factsOf(bitnamiSpdx, PATH, text)?.kind, "unreadable", text);
    const facts = factsOf(bitnamiSpdx, PATH, TAGS.replace("@7.0.4-0", ""));
    assert.match(unreadOf(facts)[0] ?? "", /^the package-url pkg:bitnami\/redis.*states no version$/);
  });

  test("whatever the bytes, an answer", () => {
    answersWhateverTheBytes(bitnamiSpdx, PATH, JSON_FORM);
    answersWhateverTheBytes(bitnamiSpdx, PATH, TAGS);
  });
});
