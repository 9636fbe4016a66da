import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bounds } from "../bounds.ts";
import { cycloneDx, gapsOf, read, shown } from "../documents.fixture.ts";

describe("CycloneDX of other tools", () => {
  test("Syft: the upstream of a package-url is the source, the database the path, distro the distribution", () => {
    const document = read(
      cycloneDx([
        {
          ...{ type: "library", name: "libacl1", version: "2.2.53-6", "bom-ref": "a" },
          purl: "pkg:deb/debian/libacl1@2.2.53-6?arch=amd64&upstream=acl%402.2.53-5&distro=debian-10",
          properties: [
            { name: "syft:location:0:path", value: "/usr/share/doc/libacl1/copyright" },
            { name: "syft:location:1:path", value: "/var/lib/dpkg/status" },
          ],
        },
        {
          ...{ type: "library", name: "bash", version: "5.1-2.el9" },
          purl: "pkg:rpm/redhat/bash@5.1-2.el9?arch=x86_64&epoch=1&upstream=bash-src-5.1-2.el9.src.rpm",
        },
        {
          ...{ type: "operating-system", name: "debian", version: "10" },
          properties: [{ name: "syft:distro:versionCodename", value: "buster" }],
        },
      ]),
    );
    assert.deepEqual(document.inventory.distribution, {
      id: "debian",
      versionId: "10",
      versionCodename: "buster",
      idLike: [],
    });
    assert.deepEqual(shown(document), [
      "deb libacl1 2.2.53-6 acl@2.2.53-5 var/lib/dpkg/status",
      "rpm bash 1:5.1-2.el9 bash-src@5.1-2.el9 web.json",
    ]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("Trivy: its properties are the source, lockfiles are no packages, a point release is its release", () => {
    const trivy = (values: Record<string, string>) =>
      Object.entries(values).map(([name, value]) => ({ name: `aquasecurity:trivy:${name}`, value }));
    const document = read(
      cycloneDx([
        { type: "operating-system", name: "debian", version: "12.4" },
        { type: "application", name: "app/package-lock.json", properties: trivy({ Class: "lang-pkgs", Type: "npm" }) },
        {
          ...{
            type: "library",
            name: "libssl3",
            version: "3.0.11-1~deb12u2",
            purl: "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12.4",
          },
          properties: trivy({ SrcName: "openssl", SrcVersion: "3.0.11", SrcRelease: "1~deb12u2", SrcEpoch: "1" }),
        },
        {
          ...{
            type: "library",
            group: "@example",
            name: "bootstrap",
            version: "5.0.2",
            purl: "pkg:npm/%40example/bootstrap@5.0.2",
          },
          properties: trivy({ FilePath: "app/node_modules/bootstrap/package.json" }),
        },
      ]),
    );
    assert.deepEqual(document.inventory.distribution, { id: "debian", versionId: "12", idLike: [] });
    assert.deepEqual(shown(document), [
      "deb libssl3 3.0.11-1~deb12u2 openssl@1:3.0.11-1~deb12u2 web.json",
      "npm @example/bootstrap 5.0.2 app/node_modules/bootstrap/package.json",
    ]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("names keep the case that a package-url takes away", () => {
    const document = read(
      cycloneDx([
        {
          name: "github.com/Masterminds/semver",
          version: "v3.2.0",
          purl: "pkg:golang/github.com/masterminds/semver@v3.2.0",
        },
        {
          group: "org.apache.logging.log4j",
          name: "log4j-core",
          purl: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0",
        },
        { name: "Flask_Login", version: "0.6", purl: "pkg:pypi/flask-login@0.6" },
        { name: "stdlib", version: "go1.22.9", purl: "pkg:golang/stdlib@1.22.9" },
      ]),
    );
    assert.deepEqual(shown(document), [
      "golang github.com/Masterminds/semver v3.2.0 web.json",
      "golang stdlib 1.22.9 web.json",
      "maven org.apache.logging.log4j:log4j-core 2.14.0 web.json",
      "pypi Flask_Login 0.6 web.json",
    ]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("components within components, and within the root", () => {
    const inner = { name: "inner", purl: "pkg:cargo/inner@1" };
    const document = read(
      cycloneDx([{ type: "application", name: "outer", components: [inner] }], {
        metadata: { component: { name: "root", components: [{ name: "part", purl: "pkg:cargo/part@2" }] } },
      }),
    );
    assert.deepEqual(shown(document), ["cargo inner 1 web.json", "cargo part 2 web.json"]);
  });

  test("nested deeper than the bound is a gap that names the place", () => {
    let component: object = { name: "leaf", purl: "pkg:cargo/leaf@1" };
    for (let i = 0; i <= bounds.sbomDepth; i += 1) component = { type: "file", name: `d${i}`, components: [component] };
    const document = read(cycloneDx([component]));
    assert.deepEqual(shown(document), []);
    assert.deepEqual(gapsOf(document), ["sbom.too-deep"]);
    assert.match(document.gaps[0]?.reason ?? "", /^components\[0\]\.components\[0\].* \(d0\) holds components beyond/);
  });

  test("duplicate, dangling and cyclic references leave the packages as they are", () => {
    const document = read(
      cycloneDx(
        [
          { "bom-ref": "a", name: "a", purl: "pkg:cargo/a@1" },
          { "bom-ref": "b", name: "b", purl: "pkg:cargo/b@1" },
          { "bom-ref": "a", name: "c", purl: "pkg:cargo/c@1" },
          { "bom-ref": "d", name: "a", purl: "pkg:cargo/a@1" },
        ],
        {
          dependencies: [
            { ref: "a", dependsOn: ["b", "nowhere"] },
            { ref: "b", dependsOn: ["a", "b", "b"] },
            { ref: "b", dependsOn: ["a"] },
          ],
        },
      ),
    );
    assert.deepEqual(
      document.inventory.packages.map(({ name, reference, dependsOn }) => [name, reference, dependsOn]),
      [
        ["a", "a", ["b"]],
        ["b", "b", ["a", "b"]],
        ["c", undefined, undefined],
      ],
    );
    assert.deepEqual(gapsOf(document), []);
    assert.deepEqual(document.remarks, [
      "dependencies[2] repeats the dependencies of another element",
      "components[0] (a) depends on an element that is not in the document",
      "components[2] (c) has the reference of another component",
      "components[3] (a) is listed twice",
    ]);
  });

  test("what cannot be judged is a gap of its own scope, counted by kind", () => {
    const document = read(
      cycloneDx([
        { type: "library", name: "nginx", version: "1.21.1", cpe: "cpe:2.3:a:nginx:nginx:1.21.1" },
        { type: "library", name: "other", version: "2" },
        { type: "library", name: "bad", purl: "pkg:npm" },
        { type: "library", name: "redis", purl: "pkg:qpkg/redis@7" },
        { type: "library", name: "main", purl: "pkg:golang/example.com/main" },
        { type: "library", name: "left-pad", version: "1.3.0", purl: "pkg:npm/left-pad@1.1.0" },
        { type: "library", name: "harmless", purl: "pkg:npm/evil@1.0.0" },
      ]),
    );
    assert.deepEqual(
      document.gaps.map(({ code, concerns, reason }) => `${code} ${concerns}: ${reason}`),
      [
        "sbom.no-package-url unidentified: components[0] (nginx 1.21.1) has no package-url, so its identity is unknown (and 1 more of this kind)",
        "sbom.package-url unidentified: components[2] (bad) has a package-url that has no name",
        "sbom.unjudged-type qpkg: components[3] (redis) is of type qpkg, for which there are no advisories",
        "sbom.component golang: components[4] (main) (example.com/main) states no version",
        "sbom.contradiction npm: components[5] (left-pad 1.3.0) states version 1.3.0 and a package-url of version 1.1.0",
        "sbom.contradiction npm: components[6] (harmless) is named harmless and has a package-url of evil",
      ],
    );
    assert.deepEqual(shown(document), ["npm evil 1.0.0 web.json", "npm left-pad 1.1.0 web.json"]);
  });

  test("packages of another distribution than the document's are not judged as its own", () => {
    const document = read(
      cycloneDx([
        { type: "operating-system", name: "debian", version: "12" },
        { type: "operating-system", name: "ubuntu", version: "22.04" },
        { name: "a", purl: "pkg:deb/debian/a@1?distro=debian-12" },
        { name: "b", purl: "pkg:deb/ubuntu/b@1?distro=ubuntu-22.04" },
      ]),
    );
    assert.deepEqual(shown(document), ["deb a 1 a@1 web.json"]);
    assert.deepEqual(gapsOf(document), ["sbom.two-distributions", "sbom.other-distribution deb"]);
  });

  test("a document that calls itself incomplete is believed", () => {
    const about = (compositions: readonly object[]) =>
      gapsOf(read(cycloneDx([], { metadata: { component: { "bom-ref": "root", name: "x" } }, compositions })));
    assert.deepEqual(about([{ aggregate: "incomplete", assemblies: ["root"] }]), ["sbom.incomplete"]);
    assert.deepEqual(about([{ aggregate: "incomplete_first_party_only" }]), ["sbom.incomplete"]);
    assert.deepEqual(
      about([
        { aggregate: "complete", assemblies: ["root"] },
        { aggregate: "incomplete", assemblies: ["y"] },
      ]),
      [],
    );
  });

  test("in XML it says the same", () => {
    const document = read(
      `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>
        <component type="library" bom-ref="a"><name>musl</name><version>1.2.3-r4</version><scope>optional</scope>
          <licenses><license><id>MIT</id></license><expression>Zlib</expression></licenses>
          <hashes><hash alg="SHA-1">${"0A".repeat(20)}</hash></hashes>
          <purl>pkg:apk/alpine/musl@1.2.3-r4?arch=x86_64&amp;distro=alpine-3.17.2</purl>
          <evidence><occurrences><occurrence><location>/lib/apk/db/installed</location></occurrence></occurrences></evidence>
        </component></components>
        <dependencies><dependency ref="a"><dependency ref="a"/></dependency></dependencies></bom>`,
    );
    assert.equal(document.format, "CycloneDX 1.4");
    assert.deepEqual(document.inventory.packages, [
      {
        ...{ type: "apk", name: "musl", version: "1.2.3-r4", licenses: ["MIT", "Zlib"], usage: "optional" },
        ...{ hashes: { sha1: "0a".repeat(20) }, architecture: "x86_64", source: { name: "musl", version: "1.2.3-r4" } },
        ...{ reference: "a", dependsOn: ["a"], path: "lib/apk/db/installed" },
        purl: "pkg:apk/alpine/musl@1.2.3-r4?arch=x86_64&distro=alpine-3.17.2",
      },
    ]);
  });
});
