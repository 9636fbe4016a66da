/** Pending updates of rpm packages, against dnf itself: the same root file system, the same repositories. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import type { PendingUpdates } from "../../src/engines/updates/model.ts";
import { checkUpdate, dnfIsHere, type FixtureRpm, missingRpmProgram, rpmSite } from "./rpm.fixture.ts";
import { gapsOf } from "./suites.fixture.ts";

const EL9 = 'ID="rhel"\nVERSION_ID="9.4"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"\n';

function rpms(...builds: readonly string[]): FixtureRpm[] {
  return builds.map((build) => ({ build }));
}

/** As dnf lists them. */
function listed(evidence: Evidence<PendingUpdates>): string[] {
  assert.ok(evidence.state === "present", JSON.stringify(evidence.gaps));
  return evidence.facts.updates
    .filter(({ replacedBy }) => replacedBy === undefined)
    .map(({ package: { name, architecture }, available, suite }) => `${name}.${architecture} ${available} ${suite}`)
    .sort();
}

const skip = missingRpmProgram === undefined ? false : `${missingRpmProgram} is not installed`;

describe("pending updates of rpm", { skip }, () => {
  test("what dnf lists, and which of it is of security", async (context) => {
    await using made = await rpmSite();
    made.publishRpm({
      id: "baseos",
      packages: [
        ...rpms("glib2-2.68.4-14.el9.x86_64", "glib2-2.68.4-14.el9_4.1.x86_64", "glib2-2.68.4-14.el9_4.1.i686"),
        ...rpms("tzdata-2024a-1.el9.noarch", "tzdata-2024b-2.el9.noarch", "bash-5.1.8-9.el9.x86_64"),
        ...rpms("shadow-utils-2:4.9-8.el9.x86_64", "other-1-1.x86_64"),
        { build: "new-tool-2-1.el9.x86_64", obsoletes: "old-tool < 2" },
      ],
      updates: [
        {
          id: "RHSA-2024:6464",
          severity: "Moderate",
          cves: ["CVE-2024-34397"],
          builds: ["glib2-2.68.4-14.el9_4.1.x86_64"],
        },
        { id: "RHBA-2024:1", type: "bugfix", builds: ["tzdata-2024b-2.el9.noarch"] },
      ],
    });
    const installed = rpms(
      ...["glib2-2.68.4-14.el9.x86_64", "tzdata-2024a-1.el9.noarch", "bash-5.1.8-9.el9.x86_64"],
      ...["shadow-utils-2:4.9-6.el9.x86_64", "old-tool-1-1.el9.x86_64"],
    );
    made.install(installed, EL9);
    made.enable(["baseos"]);
    const keyring = [{ path: "key.asc", bytes: made.vendorKey }];
    const found = await made.lookUp({ keyring, now: readClock() });
    assert.deepEqual(gapsOf(found), []);
    assert.deepEqual(listed(found), [
      "glib2.x86_64 2.68.4-14.el9_4.1 baseos",
      "shadow-utils.x86_64 2:4.9-8.el9 baseos",
      "tzdata.noarch 2024b-2.el9 baseos",
    ]);
    assert.ok(found.state === "present");
    const { updates, suites } = found.facts;
    assert.deepEqual(
      updates
        .map(({ package: { name }, securitySuite, mixed, replacedBy, available, since }) =>
          [name, securitySuite, mixed, replacedBy, replacedBy && available, since.by].join(" "),
        )
        .sort(),
      [
        "glib2 true false   built",
        "old-tool false false new-tool 2-1.el9 built",
        "shadow-utils false false   built",
        "tzdata false false   built",
      ],
    );
    assert.deepEqual(
      suites.map(({ name, trust, signedBy }) => [name, trust, signedBy.length]),
      [["baseos", "caller", 40]],
    );
    if (!dnfIsHere(context)) return;
    const dnf = await made.dnf("check-update");
    assert.deepEqual(listed(found), checkUpdate(dnf));
    assert.match(dnf, /Obsoleting Packages\nnew-tool\.x86_64 +2-1\.el9 +baseos *\n +old-tool\.x86_64 +1-1\.el9/);
    assert.match(
      await made.dnf("updateinfo", "list"),
      /^RHSA-2024:6464 Moderate\/Sec\. glib2-2\.68\.4-14\.el9_4\.1\.x86_64$/m,
    );
  });

  test("streams of modules, priorities and excludes as for dnf", async (context) => {
    await using made = await rpmSite();
    const stream = (name: string, builds: readonly string[]) => `---
document: modulemd
version: 2
data:
  name: nodejs
  stream: "${name}"
  version: ${name}00
  context: abcdef
  arch: x86_64
  summary: made
  description: made
  license:
    module: [MIT]
  artifacts:
    rpms:
${builds.map((build) => `    - ${build}\n`).join("")}...
`;
    const label = (name: string) => `nodejs:${name}:${name}00:abcdef:x86_64`;
    const node = (version: string, name: string): FixtureRpm => ({
      build: `nodejs-1:${version}-1.module+el9.x86_64`,
      module: label(name),
    });
    made.publishRpm({
      id: "appstream",
      packages: [node("18.20.2", "18"), node("20.12.2", "20"), ...rpms("zlib-1.2-2.x86_64", "held-2-1.x86_64")],
      modules:
        stream("18", ["nodejs-1:18.20.2-1.module+el9.x86_64"]) + stream("20", ["nodejs-1:20.12.2-1.module+el9.x86_64"]),
      packing: "gz",
    });
    made.publishRpm({ id: "extra", packages: rpms("zlib-1.3-1.x86_64"), packing: "xz" });
    made.install([node("18.14.2", "18"), ...rpms("zlib-1.2-1.x86_64", "held-1-1.x86_64")], EL9);
    made.write("etc/dnf/modules.d/nodejs.module", "[nodejs]\nname=nodejs\nprofiles=\nstate=enabled\nstream=18\n");
    made.enable(["appstream", "excludepkgs=held*"], ["extra", "priority=200"]);
    const found = await made.lookUp({ keyring: [{ path: "k", bytes: made.vendorKey }], now: readClock() });
    assert.deepEqual(listed(found), ["nodejs.x86_64 1:18.20.2-1.module+el9 appstream", "zlib.x86_64 1.2-2 appstream"]);
    assert.deepEqual(gapsOf(found), [
      "updates.excluded: pending updates: newer versions are excluded by its configuration: held",
    ]);
    if (dnfIsHere(context)) assert.deepEqual(listed(found), checkUpdate(await made.dnf("check-update")));
  });

  test("what does not count is unknown, with its reason", async () => {
    await using made = await rpmSite();
    const repository = { id: "core", packages: rpms("bash-2-1.x86_64") };
    made.publishRpm(repository);
    made.install(rpms("bash-1-1.x86_64", "local-1-1.x86_64"), EL9);
    made.enable(["core"]);
    const keyring = [{ path: "k", bytes: made.vendorKey }];
    const gaps = async (keys = keyring) =>
      (await made.lookUp({ keyring: keys, now: readClock() })).gaps
        .map(({ code, reason }) => `${code} ${reason}`)
        .join("\n");
    assert.match(await gaps(), /^updates.not-offered .*: 1 package in no repository that was read: local$/);
    // Signed by a key that nobody named, over plain HTTP.
    assert.match(await gaps([]), /updates.signature .*no key to verify it with, and did not come over TLS/);
    // The signature of another repomd.xml.
    const at = "/core/repodata/repomd.xml";
    const { body, lastModified } = made.server.files.get(at) as { body: Buffer; lastModified: string };
    made.server.files.set(at, { body: Buffer.concat([body, Buffer.from("\n")]), lastModified });
    assert.match(await gaps(), /updates.signature .*it has a signature that does not fit its content/);
    assert.match(await gaps([]), /updates.signature/);
    // Its list of packages is another.
    made.publishRpm(repository);
    const primary = [...made.server.files.keys()].find((path) => path.includes("-primary.xml")) as string;
    made.server.files.set(primary, { body: Buffer.from("x"), lastModified });
    assert.match(await gaps(), /updates.digest/);
    made.publishRpm({ ...repository, signed: false });
    assert.match(await gaps(), /updates.signature .*it is not signed/);
    made.enable(["core", "enabled=0"], ["gone"]);
    assert.match(await gaps(), /updates.missing/);
    made.write("etc/yum.repos.d/made.repo", "[x]\nbaseurl=https://$nowhere/x\n[y]\nbaseurl=file:///y\n");
    assert.match(await gaps(), /^updates.no-http .*: x: no URL of HTTP.*\nupdates.no-http .*: y: no URL of HTTP/);
  });

  test("an image's own key counts for what it is", async () => {
    await using made = await rpmSite();
    made.publishRpm({ id: "core", packages: rpms("bash-2-1.x86_64") });
    made.install(rpms("bash-1-1.x86_64"), EL9);
    made.enable(["core", "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-made"]);
    made.write("etc/pki/rpm-gpg/RPM-GPG-KEY-made", made.vendorKey);
    const found = await made.lookUp({ now: readClock() });
    assert.deepEqual(gapsOf(found), []);
    assert.ok(found.state === "present");
    assert.deepEqual(
      found.facts.suites.map(({ trust }) => trust),
      ["image"],
    );
    assert.deepEqual(listed(found), ["bash.x86_64 2-1 core"]);
    rmSync(join(made.root, "etc/pki/rpm-gpg/RPM-GPG-KEY-made"));
    assert.match(gapsOf(await made.lookUp({ now: readClock() })).join("\n"), /^updates\.signature/);
  });
});
