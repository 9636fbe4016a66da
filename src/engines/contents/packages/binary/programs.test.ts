import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { factsOf, packagesOf } from "../../facts.fixture.ts";
import { binary } from "./binary.ts";
import { elfFile } from "./executable.fixture.ts";
import { javaRelease } from "./java-release.ts";
import { programNames } from "./programs.ts";

/** The texts as C has them: each ended by a NUL. */
function programWith(...texts: string[]): Buffer {
  return elfFile({ ".rodata": Buffer.from(`\0${texts.map((text) => `${text}\0`).join("")}`, "latin1") });
}

function recognised(path: string, bytes: Buffer): string | undefined {
  const facts = factsOf(binary, path, bytes);
  if (facts === undefined) return undefined;
  const [found, ...more] = packagesOf(facts);
  assert.deepEqual([found?.type, more], ["generic", []]);
  return `${found?.name}@${found?.version}`;
}

const REDIS = ["Redis version=%s, bits=%d, commit=%s", "2.8.12", "7.0.15", "7.0.15buildhost-1700000000000000000"];

const PROGRAMS: readonly [path: string, texts: readonly string[], expected: string][] = [
  ["usr/local/bin/node", ["node.js/v20.11.1"], "node@20.11.1"],
  ["usr/lib/libnode.so.115", ["GET node.js/v20.11.1Protocol"], "node@20.11.1"],
  ["usr/bin/python3.13", ["PYTHONHOME", "3.2.0", "3.13.5"], "python@3.13.5"],
  ["usr/lib/libpython3.13.so.1.0", ["PYTHONHOME", "3.2.0", "/opt/python/3.13.0rc1"], "python@3.13.0rc1"],
  ["usr/lib/libpython2.7.so.1.0", ["PYTHONHOME", "2.7.18+"], "python@2.7.18"],
  ["usr/bin/python3", ["PYTHONHOME", "3.9.2"], "python@3.9.2"],
  ["usr/sbin/nginx", ["nginx version: nginx/1.26.3", "nginx/1.26.3"], "nginx@1.26.3"],
  ["opt/nginx", ["nginx version: openresty/1.21.4.1"], "openresty@1.21.4.1"],
  ["usr/bin/redis-server", REDIS, "redis@7.0.15"],
  [
    "usr/bin/valkey-server",
    ["Valkey version=%s, bits=", "7.2.4", "8.1.1", "valkey8.1.11792855166000000000"],
    "valkey@8.1.1",
  ],
  ["usr/lib/postgresql/17/bin/postgres", ["postgres (PostgreSQL) 17.12 (Debian)"], "postgresql@17.12"],
  ["usr/bin/postgres", ["postgres (PostgreSQL) 18beta1"], "postgresql@18beta1"],
  ["usr/lib/libcrypto.so.3", ["OpenSSL 3.5.9 29 Sep 2026"], "openssl@3.5.9"],
  ["usr/lib/libcrypto.so.1.1.1k", ["OpenSSL 1.1.1k  FIPS 25 Mar 2021"], "openssl@1.1.1k"],
  ["usr/bin/openssl", ["OpenSSL 3.0.15+quic 3 Sep 2024"], "openssl@3.0.15"],
  ["usr/local/apache2/bin/httpd", ["Apache/2.4.62", "Apache/2", "Apache/2.4"], "apache@2.4.62"],
  ["usr/sbin/haproxy", [" version 3.0.11-1+deb13u5, released 2026/11/18", " version 2.5"], "haproxy@3.0.11"],
  ["usr/bin/memcached", ["VERSION 1.6.38"], "memcached@1.6.38"],
  ["usr/sbin/mariadbd", ["MariaDB 10.2.2", "11.8.9-MariaDB", "11.8.9"], "mariadb@11.8.9"],
  ["usr/sbin/mysqld", ["MariaDB", "10.6.1-MariaDB-log"], "mariadb@10.6.1"],
  ["usr/bin/php8.4", ["X-Powered-By: PHP/8.4.28"], "php@8.4.28"],
  ["usr/lib/libruby-3.3.so.3.3.14", ["ruby 3.3.14 (2026-11-19 revision f4c37f481b)"], "ruby@3.3.14"],
  ["usr/bin/ruby", ["ruby 2.7.8p225 (2023-03-30 revision 1f4d455848) [x86_64-linux]"], "ruby@2.7.8"],
  ["usr/bin/bun", ["Bun v1.4.5 (a7733435c) Linux x64"], "bun@1.4.5"],
  ["usr/bin/deno", ["Deno/2.9.6", "Deno/2.9.6+e518fbd"], "deno@2.9.6"],
  ["usr/sbin/varnishd", ["varnish-7.7.0 revision 71fc9d2"], "varnish@7.7.0"],
  ["usr/sbin/slapd", ["@(#) $OpenLDAP: slapd 2.6.10+dfsg-1 (May 29 2025) $"], "openldap@2.6.10"],
  ["usr/bin/git", ["git/2.47.3"], "git@2.47.3"],
  ["usr/bin/curl", ["curl/8.14.1"], "curl@8.14.1"],
  ["usr/lib/libcurl.so.4.8.0", ["CLIENT libcurl 8.14.1"], "curl@8.14.1"],
  ["bin/busybox", ["BusyBox v1.37.0 (Debian 1:1.37.0-6)"], "busybox@1.37.0"],
  ["bin/bash", ["@(#)Bash version 5.2.37(1) release GNU"], "bash@5.2.37"],
];

describe("well-known programs", () => {
  for (const [path, texts, expected] of PROGRAMS) {
    test(`${expected} at ${path}`, () => assert.equal(recognised(path, programWith(...texts)), expected));
  }

  test("in a file without a section for its texts", () => {
    assert.equal(recognised("nginx", elfFile({ ".data": Buffer.from("nginx version: nginx/1.2.3\0") })), "nginx@1.2.3");
  });

  test("another name with the same texts is no proof, nor is the name alone", () => {
    const everything = programWith(...PROGRAMS.flatMap(([, texts]) => texts));
    for (const path of ["usr/bin/scanner", "nginx/a", "usr/bin/nginx.bak", "usr/bin/mynode", "lib/libssl.a"]) {
      assert.equal(recognised(path, everything), undefined, path);
    }
    for (const [path] of PROGRAMS) assert.equal(recognised(path, programWith("1.2.3", "3.13.5")), undefined, path);
  });

  test("texts that disagree prove nothing", () => {
    assert.equal(
      recognised("nginx", programWith("nginx version: nginx/1.2.3", "nginx version: nginx/1.2.4")),
      undefined,
    );
    assert.equal(recognised("python3", programWith("PYTHONHOME", "3.13.5", "3.2.0")), undefined);
    const [telling = "", ...texts] = REDIS;
    assert.equal(recognised("redis-server", programWith(telling, "7.0.15", "7.0.16")), undefined);
    assert.equal(recognised("redis-server", programWith(...texts)), undefined);
  });

  test("a file full of labels or versions ends", () => {
    const labels = programWith("nginx version: nginx/x".repeat(50_000), "nginx version: nginx/1.2.3");
    assert.equal(recognised("nginx", labels), undefined);
    const versions = Array.from({ length: 50_000 }, (_, index) => `${index % 999}.${index % 17}.${index % 998}`);
    assert.equal(recognised("redis-server", programWith(REDIS[0] ?? "", ...versions, "1".repeat(99))), undefined);
  });

  test("files that may lack an execute bit are wanted by name", () => {
    for (const name of ["libcrypto.so.3", "libssl.so.1.1", "libpython3.13.so.1.0", "libcurl.so.4.8.0", "busybox"]) {
      assert.ok(programNames.includes(name), name);
    }
  });

  test("whatever the texts, at most one version", () => {
    const text = fc.constantFrom(
      ...PROGRAMS.flatMap(([, texts]) => texts),
      "1.2.3",
      "3.13.5",
      "",
      "nginx/",
      "VERSION ",
    );
    const path = fc.constantFrom(...PROGRAMS.map(([name]) => name));
    fc.assert(
      fc.property(path, fc.array(text, { maxLength: 6 }), (name, texts) => {
        assert.match(recognised(name, programWith(...texts)) ?? "a@1", /^[a-z]+@\d[\w.]*$/);
      }),
      runs(500),
    );
  });
});

describe("a Java runtime's release file", () => {
  const read = (text: string) => factsOf(javaRelease, "opt/java/openjdk/release", text);

  test("states the version", () => {
    assert.deepEqual(read('IMPLEMENTOR="A"\nJAVA_VERSION="17.0.21"\r\nOS_ARCH="x86_64"\n'), {
      kind: "packages",
      packages: [{ type: "generic", name: "java", version: "17.0.21", licenses: [] }],
      unread: [],
    });
  });

  test("of another program is nothing", () => {
    for (const text of ["", "13.1\n", 'JAVA_VERSION="17"\n', 'OS_ARCH="x"\nJAVA_VERSION="1 7"\n', "OS_ARCH=x\n"]) {
      assert.equal(read(text), undefined, text);
    }
  });
});
