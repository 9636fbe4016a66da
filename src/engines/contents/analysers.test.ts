import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { analyserVersions, lockfileEndings, lockfileNames } from "./analyser-index.ts";
import { analyserFor, analysers, folderAnalyserFor } from "./analysers.ts";

const WANTED: readonly [path: string, id: string][] = [
  ["etc/os-release", "os-release"],
  ["usr/lib/os-release", "os-release"],
  ["etc/alpine-release", "alpine-release"],
  ["etc/debian_version", "debian-version"],
  ["etc/passwd", "accounts"],
  ["etc/shadow", "accounts"],
  ["var/lib/dpkg/status", "dpkg"],
  ["var/lib/dpkg/status.d/base", "dpkg"],
  ["var/lib/dpkg/status.d/base.md5sums", "dpkg-files"],
  ["var/lib/dpkg/info/libc6:amd64.list", "dpkg-files"],
  ["lib/apk/db/installed", "apk"],
  ["usr/lib/apk/db/installed", "apk"],
  ["var/lib/rpm/rpmdb.sqlite", "rpm"],
  ["var/lib/rpm/rpmdb.sqlite-wal", "rpm"],
  ["usr/lib/sysimage/rpm/Packages.db", "rpm"],
  ["usr/share/rpm/Packages", "rpm"],
  ["app/node_modules/@s/a/package.json", "npm"],
  ["app/node_modules/a/package.json", "npm"],
  ["usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA", "pypi"],
  ["usr/lib/python3/dist-packages/a-1.0.egg-info/PKG-INFO", "pypi"],
  ["app/lib/a-1.JAR", "jar"],
  ["usr/lib/ruby/gems/3.3.0/specifications/a-1.0.gemspec", "gemspec"],
  ["app/vendor/composer/installed.json", "composer-installed"],
  ["app/a.deps.json", "dotnet-deps"],
  ["usr/lib/R/library/a/DESCRIPTION", "r-description"],
  ["opt/java/release", "java-release"],
  ["usr/lib/libcrypto.so.3", "binary"],
  ["var/lib/rpmmanifest/container-manifest-2", "rpm-container-manifest"],
  ["var/lib/pacman/local/openssl-3.0.0-1/desc", "pacman"],
  ["opt/conda/envs/a/conda-meta/openssl-1.1.1k-h27cfd23_0.json", "conda-meta"],
  ["opt/bitnami/redis/.spdx-redis.spdx", "bitnami-spdx"],
  ["var/db/pkg/dev-libs/openssl-1.1.1k/PF", "unread-portage"],
  ["nix/var/nix/db/schema", "unread-nix"],
  ["nix/store/0c7c96gikmzv87i7lv3vq5s1cmfjd6zf-glibc-2.31/lib/libc.so.6", "unread-nix"],
  ["home/linuxbrew/.linuxbrew/Cellar/a/1.0/INSTALL_RECEIPT.json", "unread-homebrew"],
  ["snap/core/1/meta/snap.yaml", "unread-snap"],
  ["var/lib/snapd/state.json", "unread-snap"],
  ["usr/lib/modules/6.1.0/modules.order", "unread-kernel-modules"],
  ["usr/lib/opkg/status", "unread-opkg"],
  ["var/db/xbps/pkgdb-0.38.plist", "unread-xbps"],
];

describe("analyserFor", () => {
  for (const [path, id] of WANTED) test(path, () => assert.equal(analyserFor(path)?.id, id));

  const unwanted = [
    "",
    "status",
    "package.json",
    "etc/group",
    "var/lib/dpkg/status-old",
    "var/lib/dpkg/status.d",
    "var/lib/dpkg/info/base.md5sums",
    "var/lib/dpkg/status.d/deeper/base",
    "var/lib/dpkh/status.d/base",
    "etc/rpm/Packages",
    "constructor",
    "a/__proto__",
  ];
  for (const path of unwanted) {
    test(`nothing for ${path || "the empty path"}`, () => assert.equal(analyserFor(path), undefined));
  }

  test("no path is wanted by two analysers, and the first look misses none that one wants", () => {
    const part = fc.constantFrom(...WANTED.flatMap(([path]) => path.split("/")), "x", "");
    const paths = fc.oneof(
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/")),
      fc.constantFrom(...WANTED.map(([path]) => path)),
    );
    fc.assert(
      fc.property(paths, (path) => {
        const slash = path.lastIndexOf("/");
        const wanting = analysers.filter(
          ({ basenames = [], extensions = [], directories = [], wants }) =>
            (basenames.includes(path.slice(slash + 1)) ||
              directories.includes(path.slice(0, Math.max(0, slash))) ||
              extensions.some((extension) =>
                path
                  .slice(slash + 1)
                  .toLowerCase()
                  .endsWith(extension),
              )) &&
            wants(path),
        );
        assert.ok(wanting.length <= 1);
        assert.equal(analyserFor(path), wanting[0]);
      }),
      runs(2000),
    );
  });

  test("executables without a name of their own are wanted by one", () => {
    assert.equal(analyserFor("usr/bin/anything", true)?.id, "binary");
    assert.equal(analyserFor("usr/bin/anything", false), undefined);
    assert.equal(analyserFor("usr/bin/anything.sh", true), undefined);
    assert.equal(analyserFor("app/lib/a.jar", true)?.id, "jar");
  });

  test("ids are unique, since the cache is keyed by them", () => {
    assert.equal(new Set(analysers.map(({ id }) => id)).size, analysers.length);
  });
});

test("the index knows each analyser, and each name and ending of a lockfile", () => {
  assert.deepEqual(
    analyserVersions,
    analysers.map(({ id, version }) => [id, version]),
  );
  const declared = analysers.filter(({ evidence }) => evidence === "declared");
  assert.deepEqual([...lockfileNames], [...new Set(declared.flatMap(({ basenames = [] }) => basenames))].sort());
  assert.deepEqual(lockfileEndings, [...new Set(declared.flatMap(({ extensions = [] }) => extensions))].sort());
});

describe("folderAnalyserFor", () => {
  const declared: readonly [path: string, id: string][] = [
    ["app/package-lock.json", "package-lock"],
    ["npm-shrinkwrap.json", "package-lock"],
    ["app/yarn.lock", "yarn-lock"],
    ["app/pnpm-lock.yaml", "pnpm-lock"],
    ["app/bun.lock", "bun-lock"],
    ["app/bun.lockb", "bun-lockb"],
    ["app/deno.lock", "deno-lock"],
    ["app/poetry.lock", "poetry-lock"],
    ["app/uv.lock", "uv-lock"],
    ["app/pdm.lock", "pdm-lock"],
    ["app/pylock.dev.toml", "pylock"],
    ["app/Pipfile.lock", "pipfile-lock"],
    ["app/Cargo.lock", "cargo-lock"],
    ["app/go.mod", "go-mod"],
    ["app/vendor/modules.txt", "go-vendor-modules"],
    ["app/Gemfile.lock", "gemfile-lock"],
    ["gems.locked", "gemfile-lock"],
    ["app/composer.lock", "composer-lock"],
    ["app/packages.lock.json", "nuget-packages-lock"],
    ["app/obj/project.assets.json", "nuget-project-assets"],
    ["app/packages.config", "nuget-packages-config"],
    ["paket.lock", "paket-lock"],
    ["app/pubspec.lock", "pubspec-lock"],
    ["app/mix.lock", "mix-lock"],
    ["app/rebar.lock", "rebar-lock"],
    ["app/Package.resolved", "swift-package-resolved"],
    ["app/conan.lock", "conan-lock"],
    ["renv.lock", "renv-lock"],
    ["app/gradle.lockfile", "gradle-lockfile"],
    ["app/gradle/dependency-locks/compileClasspath.lockfile", "gradle-lockfile"],
    ["app/pom.xml", "maven-pom"],
    ["app/requirements-dev.txt", "requirements"],
  ];
  for (const [path, id] of declared) {
    test(`${path} is read in a folder and not in an image`, () => {
      assert.equal(folderAnalyserFor(path)?.id, id);
      assert.equal(analyserFor(path), undefined);
    });
  }
});
