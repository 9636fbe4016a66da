import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { bounds } from "../../bounds.ts";
import { factsOf, packagesOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { pypi } from "./installed.ts";

const PATH = "usr/lib/python3.13/site-packages/a-1.0.dist-info/METADATA";

function read(text: string) {
  return factsOf(pypi, PATH, text);
}

function licensesOf(headers: string) {
  return packagesOf(read(`Metadata-Version: 2.1\nName: a\nVersion: 1.0\n${headers}\n\ntext`))[0]?.licenses;
}

describe("which files are installed packages", () => {
  const wanted = [
    PATH,
    "usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA",
    "var/task/requests-2.31.0.dist-info/METADATA",
    "opt/venv/lib/python3/site-packages/setuptools/_vendor/wheel-0.45.1.dist-info/METADATA",
    "usr/lib/python3/dist-packages/a-1.0.egg-info/PKG-INFO",
    "usr/lib/python3/dist-packages/a.egg-info/PKG-INFO",
    "opt/app/a-1.0-py3.11.egg-info/PKG-INFO",
    "usr/lib/python3/dist-packages/a-1.0.egg-info",
    "usr/lib/python2/site-packages/a-1.0-py2.7.egg/EGG-INFO/PKG-INFO",
    // importlib.metadata lists all of these.
    "site-packages/a.dist-info/METADATA",
    "site-packages/a-1.0.DIST-INFO/METADATA",
    "site-packages/a-1.0.dist-info/PKG-INFO",
    "site-packages/a-1.0.egg-info/METADATA",
    "site-packages/\u00e9-1.0.dist-info/METADATA",
    "site-packages/_a-1.0.dist-info/METADATA",
    "site-packages/a-1.0.dist-info",
    "site-packages/a.EGG-INFO",
    "opt/app/a.egg-info/PKG-INFO",
    "opt/app/a-1.0.egg-info",
  ];
  for (const path of wanted) test(`wants ${path}`, () => assert.ok(pypi.wants(path)));

  const refused = [
    "METADATA",
    "PKG-INFO",
    "model/METADATA",
    "app/a-1.0.dist-info/sub/METADATA",
    "app/a-1.0.dist-info/RECORD",
    "src/EGG-INFO/PKG-INFO",
    "usr/lib/python3/dist-packages/.egg-info",
    "",
  ];
  for (const path of refused) test(`leaves ${path || "the empty path"}`, () => assert.ok(!pypi.wants(path)));
});

describe("core metadata", () => {
  test("gives name, version, licence and author as declared", () => {
    const text = `Metadata-Version: 2.4\r
Name: Ruamel.YAML_x\r
Version: 1!1.0.post1+local\r
Author: Jo\r
License-Expression: MIT OR Apache-2.0\r
License: ignored\r
Classifier: License :: OSI Approved :: BSD License\r
\r
Name: not-this\r
`;
    assert.deepEqual(read(text), {
      kind: "packages",
      packages: [
        {
          type: "pypi",
          name: "Ruamel.YAML_x",
          version: "1!1.0.post1+local",
          licenses: ["MIT OR Apache-2.0"],
          supplier: "Jo",
        },
      ],
      unread: [],
    });
  });

  test("the licence: an expression, else a name, else what the classifiers say", () => {
    const bsd = "Classifier: License :: OSI Approved :: BSD License";
    const cases: readonly [headers: string, licenses: string[]][] = [
      ["License: MIT", ["MIT"]],
      [`License: MIT\n${bsd}`, ["MIT"]],
      [`License: UNKNOWN\n${bsd}`, ["BSD License"]],
      [`License: The whole text\n  over several\n\tlines\n${bsd}`, ["BSD License"]],
      [`${bsd}\n${bsd}\nClassifier: License :: Public Domain`, ["BSD License", "Public Domain"]],
      ["Classifier: License :: OSI Approved\nClassifier: Topic :: x", []],
      [`License: ${"x".repeat(bounds.declaredTextLength + 1)}\n${bsd}`, ["BSD License"]],
      ["", []],
    ];
    for (const [headers, licenses] of cases) assert.deepEqual(licensesOf(headers), licenses, headers.slice(0, 60));
  });

  test("names of fields have no case, and of a repeated one the first counts", () => {
    assert.equal(packagesOf(read("NAME: a\nname: b\nversion: 1\n"))[0]?.name, "a");
  });

  test("a lone carriage return ends a line, as in Python's universal newlines", () => {
    const text = "Metadata-Version: 2.1\rName: urllib3\rVersion: 1.25\rSummary: x\r\rName: not-this";
    assert.deepEqual(
      packagesOf(read(text)).map(({ name, version }) => `${name}@${version}`),
      ["urllib3@1.25"],
    );
    const hidden = "Name: urllib3\nSummary: x\rVersion: 1.25\nVersion: 9\n";
    assert.equal(packagesOf(read(hidden))[0]?.version, "1.25");
    assert.equal(packagesOf(read("Name: a\nVersion: 1\r\n\r\nAuthor: x\n"))[0]?.supplier, undefined);
  });

  test("what states no name or version is unreadable", () => {
    for (const text of ["", "Name: a\n", "Version: 1\n", "\nName: a\nVersion: 1\n", "Name: a b\nVersion: 1\n"]) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
    for (const name of ["-a", "a-", "a/b", "ä"]) {
      assert.equal(read(`Name: ${name}\nVersion: 1\n`)?.kind, "unreadable", name);
    }
  });

  test("whatever the bytes, an answer", () => {
    const seed = Buffer.from("Metadata-Version: 2.1\nName: a\nVersion: 1.0\nLicense: MIT\n more\nAuthor: Jo\n\ntext\n");
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        assert.ok(["packages", "unreadable"].includes(factsOf(pypi, PATH, bytes)?.kind ?? ""));
      }),
      runs(300),
    );
  });
});
