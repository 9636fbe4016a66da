import assert from "node:assert/strict";
import { test } from "node:test";
import type { Distribution, Lifecycle, Package, PackageType } from "../model.ts";
import { lifecycleOf } from "./lifecycle.ts";

const now = new Date("2026-09-01T12:00:00Z");

function packageOf(type: PackageType, name: string, version: string, changes: Partial<Package> = {}): Package {
  return { type, name, version, licenses: [], purl: `pkg:${type}/${name}@${version}`, path: `opt/${name}`, ...changes };
}

function distribution(id: string, versionId?: string, prettyName?: string): Distribution {
  return {
    id,
    idLike: [],
    ...(versionId === undefined ? {} : { versionId }),
    ...(prettyName === undefined ? {} : { prettyName }),
  };
}

function look(packages: readonly Package[], of?: Distribution, at = now) {
  const evidence = lifecycleOf({ packages, ...(of === undefined ? {} : { distribution: of }) }, at);
  return evidence === undefined
    ? undefined
    : {
        releases: evidence.state === "present" ? shown(evidence.facts) : [],
        gaps: evidence.gaps.map((gap) => gap.reason),
      };
}

function shown({ releases }: Lifecycle): string[] {
  return releases.map(
    ({ product, release, ends, packages }) => `${product} ${release} ${ends ?? "open"} ${packages.length}`,
  );
}

test("what has no lifecycle has no evidence", () => {
  assert.equal(look([packageOf("npm", "left-pad", "1.0.0")]), undefined);
});

test("distributions by their os-release", () => {
  const cases: [Distribution, string][] = [
    [distribution("debian", "11"), "Debian 11 2026-08-31 0"],
    [distribution("ubuntu", "22.04"), "Ubuntu 22.04 2027-06-01 0"],
    [distribution("alpine", "3.10.4"), "Alpine 3.10 2021-05-01 0"],
    [distribution("alpine", "3.1.2"), "Alpine 3.1 2016-11-01 0"],
    [distribution("rhel", "9.4"), "Red Hat Enterprise Linux 9 2032-05-31 0"],
    [distribution("centos", "8", "CentOS Linux 8"), "CentOS Linux 8 2021-12-31 0"],
    [distribution("centos", "8", "CentOS Stream 8"), "CentOS Stream 8 2024-05-31 0"],
    [distribution("centos", "9"), "CentOS Stream 9 2027-05-31 0"],
    [distribution("amzn", "2"), "Amazon Linux 2 2026-06-30 0"],
    [distribution("amzn", "2017.09"), "Amazon Linux 2018.03 2023-12-31 0"],
    [distribution("amzn", "2023"), "Amazon Linux 2023 2029-06-30 0"],
    [distribution("sles", "15.6"), "SUSE Linux Enterprise Server 15.6 2025-12-31 0"],
    [distribution("sles", "15"), "SUSE Linux Enterprise Server 15 2019-12-31 0"],
  ];
  for (const [of, expected] of cases) assert.deepEqual(look([], of), { releases: [expected], gaps: [] });
});

test("a rolling distribution and Alpine's edge are supported without a date", () => {
  for (const each of [distribution("wolfi", "20230201"), distribution("alpine", "3.25.0_alpha20260701")]) {
    assert.deepEqual(look([], each), { releases: [], gaps: [] });
  }
});

test("what the table does not have is a gap", () => {
  for (const each of [
    distribution("alpine", "3.99.0"),
    distribution("haiku", "1"),
    distribution("debian"),
    distribution("__proto__", "1"),
    distribution("constructor", "1"),
  ]) {
    const seen = look([], each);
    assert.deepEqual([seen?.releases, seen?.gaps.length], [[], 1], each.id);
  }
});

test("the layer of a distribution is that of the package that names it", () => {
  const packages = [
    packageOf("deb", "base-files", "12.4", { layer: 0 }),
    packageOf("deb", "bash", "5.2", { layer: 1 }),
  ];
  const evidence = lifecycleOf({ distribution: distribution("debian", "12"), packages }, now);
  assert.ok(evidence?.state === "present");
  assert.deepEqual(evidence.facts.releases[0]?.packages, [packages[0]]);
});

test("programs that nobody maintains, one entry for each release", () => {
  const seen = look([
    packageOf("generic", "node", "18.20.8"),
    packageOf("generic", "node", "18.20.1"),
    packageOf("generic", "node", "22.1.0"),
    packageOf("generic", "java", "1.8.0_392"),
    packageOf("generic", "java", "17.0.9"),
    packageOf("generic", "openssl", "1.1.1w"),
    packageOf("generic", "memcached", "1.6.0"),
    packageOf("golang", "stdlib", "1.19.13"),
    packageOf("golang", "k8s.io/kubernetes", "v1.27.3"),
    packageOf("pypi", "Django", "4.2.1"),
    packageOf("nuget", "Microsoft.NETCore.App.Runtime.linux-x64", "6.0.36"),
    packageOf("maven", "org.springframework.boot:spring-boot", "2.7.18"),
  ]);
  assert.deepEqual(seen, {
    releases: [
      ".NET 6.0 2024-11-12 1",
      "Django 4.2 2026-04-07 1",
      "Go 1.19 2023-08-08 1",
      "Java 17 2027-10-31 1",
      "Java 8 2030-12-31 1",
      "Kubernetes 1.27 2024-06-28 1",
      "Node.js 18 2025-04-30 2",
      "Node.js 22 2027-04-30 1",
      "OpenSSL 1.1.1 2023-09-11 1",
      "Spring Boot 2.7 2023-06-30 1",
    ],
    gaps: [],
  });
});

test("a distribution's own package has its support; a vendor's package has the vendor's", () => {
  assert.equal(look([packageOf("deb", "nodejs", "18.19.0+dfsg-6~deb12u2")]), undefined);
  assert.equal(look([packageOf("deb", "postgresql-13", "13.16-0+deb11u1")]), undefined);
  assert.equal(look([packageOf("golang", "stdlib", "1.19", { ownedBy: "pkg:deb/debian/gh@1" })]), undefined);
  assert.equal(look([packageOf("rpm", "mariadb-server", "3:10.5.27-1.el9_5")]), undefined);
  assert.equal(look([packageOf("deb", "dotnet-runtime-8.0", "8.0.11-0ubuntu1~24.04.1")]), undefined);
  const vendors: [Package, string][] = [
    [packageOf("deb", "nodejs", "18.19.0-1nodesource1"), "Node.js 18 2025-04-30 1"],
    [packageOf("rpm", "nodejs", "2:18.19.0-1nodesource"), "Node.js 18 2025-04-30 1"],
    [packageOf("deb", "postgresql-13", "13.14-1.pgdg120+1"), "PostgreSQL 13 2025-11-13 1"],
    [packageOf("deb", "php8.1-cli", "8.1.27-1+0~20231222.58+debian12~1.gbpf06d4a"), "PHP 8.1 2025-12-31 1"],
    [packageOf("deb", "php8.1-fpm", "8.1.2-1+ubuntu22.04.1+deb.sury.org+1"), "PHP 8.1 2025-12-31 1"],
    [packageOf("deb", "nginx", "1.25.3-1~bookworm"), "nginx 1.25 2024-05-29 1"],
    [packageOf("deb", "mariadb-server", "1:10.5.23+maria~deb11"), "MariaDB 10.5 2025-06-24 1"],
    [packageOf("deb", "temurin-20-jdk", "20.0.2.0.0+9"), "Java 20 2023-09-19 1"],
    [packageOf("deb", "dotnet-runtime-7.0", "7.0.20-1"), ".NET 7.0 2024-05-14 1"],
  ];
  for (const [item, expected] of vendors) assert.deepEqual(look([item])?.releases, [expected], item.version);
});

test("what an upper layer removed runs no more", () => {
  assert.equal(look([packageOf("generic", "node", "18.0.0", { removedIn: 2 })]), undefined);
});

test("a release without an announced end is supported until one may come, and unknown from then on", () => {
  const go = [packageOf("golang", "stdlib", "1.26.1")];
  assert.deepEqual(look(go), { releases: ["Go 1.26 open 1"], gaps: [] });
  const later = look(go, undefined, new Date("2027-02-01T00:00:00Z"));
  assert.deepEqual([later?.releases, later?.gaps.length], [[], 1]);
  assert.match(later?.gaps[0] ?? "", /may have ended since 2027-02-01/);
});

test("a hostile version reaches a gap in printable form and bounded length", () => {
  const [reason = ""] = look([packageOf("generic", "node", `\u001b[31m${"9".repeat(5_000)}`)])?.gaps ?? [];
  assert.ok(!reason.includes("\u001b"));
  assert.ok(reason.length < 300);
});
