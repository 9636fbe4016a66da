import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileFacts } from "../model.ts";
import { apk } from "./apk/apk.ts";
import { dpkg } from "./dpkg/dpkg.ts";
import { npm } from "./npm/npm.ts";

function needsOf(facts: FileFacts | undefined): Record<string, string | undefined> {
  assert.ok(facts?.kind === "packages");
  return Object.fromEntries(facts.packages.map(({ name, needs }) => [name, needs]));
}

function file(path: string, text: string) {
  return { path, bytes: Buffer.from(text), companions: new Map<string, Buffer>() };
}

const stanza = (name: string, more: string) =>
  `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n${more}\n`;

test("dpkg: what is depended on is a package that is installed, or who provides it", () => {
  const status = [
    stanza(
      "a",
      "Depends: libc6 (>= 2.36), gone | mawk:any <!nocheck>, mta\nPre-Depends: dpkg (>= 1.15)\nRecommends: z\n",
    ),
    stanza("libc6", ""),
    stanza("dpkg", ""),
    stanza("mawk", "Provides: awk\n"),
    stanza("exim", "Provides: mta (= 1), exim\nDepends: awk, exim\n"),
    stanza("z", ""),
  ].join("\n");
  assert.deepEqual(needsOf(dpkg.analyse(file("var/lib/dpkg/status", status))), {
    a: "dpkg exim libc6 mawk",
    libc6: undefined,
    dpkg: undefined,
    mawk: undefined,
    exim: "mawk",
    z: undefined,
  });
});

test("dpkg: of single stanzas the names stay as stated, with their alternatives", () => {
  const text = "Package: a\nVersion: 1\nDepends: libc6 (>= 2), b | c\n";
  assert.deepEqual(needsOf(dpkg.analyse(file("var/lib/dpkg/status.d/a", text))), { a: "b|c libc6" });
});

test("apk: libraries, commands and packages, and no conflicts", () => {
  const text = [
    "P:a\nV:1\nD:so:libc.musl-x86_64.so.1 cmd:sh busybox>=1.36 !musl-utils b@edge\n",
    "P:musl\nV:1\np:so:libc.musl-x86_64.so.1=1\n",
    "P:busybox\nV:1\np:cmd:sh=1-r0 cmd:ls=1-r0\nD:so:libc.musl-x86_64.so.1\n",
    "P:musl-utils\nV:1\n",
    "P:b\nV:1\n",
  ].join("\n");
  assert.deepEqual(needsOf(apk.analyse(file("lib/apk/db/installed", text))), {
    a: "b busybox musl",
    musl: undefined,
    busybox: "musl",
    "musl-utils": undefined,
    b: undefined,
  });
});

test("npm: dependencies of any kind that is installed with it", () => {
  const manifest = {
    ...{ name: "a", version: "1.0.0", dependencies: { c: "1", "@s/b": "^2", "../x": "1" } },
    ...{ optionalDependencies: { d: "1" }, peerDependencies: { e: "*" }, devDependencies: { f: "1" } },
  };
  const facts = npm.analyse(file("node_modules/a/package.json", JSON.stringify(manifest)));
  assert.deepEqual(needsOf(facts), { a: "@s/b c d e" });
  const none = npm.analyse(file("node_modules/b/package.json", '{"name":"b","version":"1.0.0","dependencies":[]}'));
  assert.deepEqual(needsOf(none), { b: undefined });
});
