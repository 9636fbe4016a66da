import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { certificate, fixtureKey } from "../../src/engines/updates/openpgp/signer.fixture.ts";
import { openSuiteCache } from "../../src/engines/updates/suite-cache.ts";
import { gapsOf, NOW, named, site } from "./suites.fixture.ts";

const installed = [
  { name: "libc6", version: "2.41-12", source: "glibc" },
  { name: "bash", version: "5.2.37-2+b5", source: "bash (5.2.37-2)" },
  { name: "tzdata", version: "2026a-0+deb13u1", architecture: "all" },
  { name: "own-package", version: "1" },
];
const trixie = {
  suite: "trixie",
  packages: [...installed.slice(0, 2), { name: "tzdata", version: "2026b-0+deb13u1", architecture: "all" }],
};
const security = {
  suite: "trixie-security",
  packages: [{ name: "libc6", version: "2.41-12+deb13u1", source: "glibc" }],
};
const suites = ["trixie", "trixie-security"];

async function published() {
  const made = await site();
  made.debian(installed, suites);
  made.publish(trixie);
  made.publish({ ...security, packings: [".zst"], validUntil: "2026-06-16T00:00:00Z" });
  return made;
}

test("names what is newer in the suites, those of security first", async () => {
  await using made = await published();
  const found = await made.lookUp();
  assert.deepEqual(gapsOf(found), []);
  assert.deepEqual(named(found), [
    "libc6 2.41-12 → 2.41-12+deb13u1 (trixie-security!)",
    "tzdata 2026a-0+deb13u1 → 2026b-0+deb13u1 (trixie)",
  ]);
  assert.ok(found.state === "present");
  assert.equal(found.facts.packages, 4);
  assert.deepEqual(
    found.facts.suites.map(({ name, signedBy, trust }) => [name, signedBy, trust]),
    suites.map((name) => [name, made.key.fingerprint, "image"]),
  );
  // The policy's seven days from the look, and before that the suite's own end.
  assert.equal(found.validUntil, "2026-06-16T00:00:00.000Z");
});

const hasXz = spawnSync("xz", ["--version"]).status === 0;

test("reads indexes in .xz alone, as Debian's security suite has them", {
  skip: hasXz ? false : "xz is not installed",
}, async () => {
  await using made = await published();
  made.publish({ ...security, packings: [".xz"] });
  const found = await made.lookUp();
  assert.deepEqual(gapsOf(found), []);
  assert.equal(named(found)[0], "libc6 2.41-12 → 2.41-12+deb13u1 (trixie-security!)");
});

test("the caller's keys are the only ones that count", async () => {
  await using made = await published();
  const own = { path: "own.pgp", bytes: certificate(made.key) };
  const other = { path: "other.pgp", bytes: certificate(fixtureKey("eddsa-legacy")) };
  const trusted = await made.lookUp({ keyring: [other, own] });
  assert.ok(trusted.state === "present");
  assert.deepEqual(
    trusted.facts.suites.map(({ trust }) => trust),
    ["caller", "caller"],
  );
  const strange = await made.lookUp({ keyring: [other] });
  assert.deepEqual(named(strange), []);
  assert.match(gapsOf(strange).join(), /updates.signature.*not trusted.*updates.no-security-suite/s);
});

describe("a suite whose word does not count is a gap, and says why", () => {
  type Made = Awaited<ReturnType<typeof published>>;
  const IN_RELEASE = "/debian/dists/trixie-security/InRelease";
  const INDEX = "/debian/dists/trixie-security/main/binary-amd64/Packages.zst";
  const replace = ({ server, put }: Made, path: string, change: (body: Buffer) => Buffer) =>
    put(path, change(server.files.get(path)?.body as Buffer));

  const cases: readonly [name: string, spoil: (made: Made) => void, gap: RegExp][] = [
    [
      "changed after it was signed",
      (made) => replace(made, IN_RELEASE, (body) => Buffer.from(body.toString().replace("Debian", "Debiam"))),
      /updates.signature: .*does not fit its content/,
    ],
    ["signed by a stranger", (made) => made.publish(security, [fixtureKey("rsa")]), /updates.signature: .*not trusted/],
    [
      "over",
      (made) => made.publish({ ...security, validUntil: "2026-06-09T12:00:00Z" }),
      /updates.expired: .*2026-06-09/,
    ],
    ["dated in the future", (made) => made.publish({ ...security, date: "2026-06-11T00:00:00Z" }), /updates.date: /],
    [
      "signed in the future",
      (made) => made.publish(security, [made.key], NOW.getTime() / 1000 + 86_400),
      /updates.signature: .*in the future/,
    ],
    [
      "another suite",
      (made) => made.publish({ ...security, fields: { Suite: "trixie", Codename: "trixie" } }),
      /updates.other-suite: .*calls itself trixie or trixie, not trixie-security/,
    ],
    ["not found", (made) => made.server.files.delete(IN_RELEASE), /updates.missing: /],
    ["without its index", (made) => made.server.files.delete(INDEX), /updates.missing: /],
    [
      "of another index",
      (made) =>
        replace(made, INDEX, (body) => Buffer.concat([body.subarray(0, -1), Buffer.from([(body.at(-1) ?? 0) ^ 1])])),
      /updates.digest: /,
    ],
    [
      "with a longer index",
      (made) => replace(made, INDEX, (body) => Buffer.concat([body, body])),
      /feeds.answer: .*more than/,
    ],
    ["no signed message", (made) => replace(made, IN_RELEASE, () => Buffer.from("Suite: x\n")), /updates.signature: /],
    [
      "at a server that answers nonsense",
      (made) => {
        made.server.fault = (_, response) => {
          response.writeHead(500).end();
          return true;
        };
      },
      /feeds.unreachable: .*answered 500/,
    ],
  ];
  for (const [name, spoil, gap] of cases) {
    test(name, async () => {
      await using made = await published();
      spoil(made);
      const found = await made.lookUp();
      assert.match(gapsOf(found).join("\n"), gap);
      assert.match(gapsOf(found).join("\n"), /updates.no-security-suite/);
      assert.doesNotMatch(named(found).join(), /deb13u1 \(trixie-security/);
    });
  }

  test("older than a copy that was seen", async () => {
    await using made = await published();
    assert.deepEqual(gapsOf(await made.lookUp({ cache: made.cache })), []);
    made.publish({ suite: "trixie-security", packages: [], date: "2026-06-01T00:00:00Z" });
    const found = await made.lookUp({ cache: made.cache, now: new Date("2026-06-10T06:00:00Z") });
    assert.match(gapsOf(found).join("\n"), /updates.rolled-back: .*dated 2026-06-01.*2026-06-09/);
    // And it goes on being refused: the copy that was right is what it is held against.
    const again = await made.lookUp({ cache: made.cache, now: new Date("2026-06-10T12:00:00Z") });
    assert.match(gapsOf(again).join("\n"), /updates.rolled-back/);
  });

  test("of a key that was revoked", async () => {
    await using made = await published();
    made.write("usr/share/keyrings/fixture.pgp", certificate(made.key, { revoked: true }));
    assert.match(gapsOf(await made.lookUp()).join("\n"), /updates.signature: .*was revoked/);
  });

  test("that the image names nowhere, or not by a URL of HTTP", async () => {
    await using made = await published();
    made.debian(installed, []);
    assert.match(gapsOf(await made.lookUp()).join("\n"), /updates.no-sources/);
    made.write("etc/apt/sources.list", "deb file:/srv/packages trixie main\ndeb https://a.example/x ./\n");
    const gaps = gapsOf(await made.lookUp()).join("\n");
    assert.match(gaps, /updates.no-http: .*file:/);
    assert.match(gaps, /updates.flat/);
  });

  test("an image without a security suite is no news", async () => {
    await using made = await published();
    made.debian(installed, ["trixie"]);
    const found = await made.lookUp();
    assert.match(gapsOf(found).join("\n"), /the security suite of trixie was not read/);
    assert.deepEqual(named(found), ["tzdata 2026a-0+deb13u1 → 2026b-0+deb13u1 (trixie)"]);
  });
});

describe("the cache", () => {
  test("answers what is fresh, and what did not change, without its indexes", async () => {
    await using made = await published();
    const look = (hours: number) =>
      made.lookUp({ cache: made.cache, now: new Date(NOW.getTime() + hours * 3_600_000) });
    await look(0);
    assert.equal(made.server.requests.length, 4);
    await look(0.5);
    assert.equal(made.server.requests.length, 4);
    assert.deepEqual(named(await look(2)).length, 2);
    assert.deepEqual(
      made.server.requests.slice(4).map(({ status, path }) => [status, path.split("/").at(-1)]),
      [
        [304, "InRelease"],
        [304, "InRelease"],
      ],
    );
  });

  test("answers without the network, with its own date, and says what it has not", async () => {
    await using made = await published();
    const nothing = await made.lookUp({ cache: made.cache, offline: true });
    assert.match(gapsOf(nothing).join("\n"), /updates.not-cached/);
    await made.lookUp({ cache: made.cache });
    const found = await made.lookUp({ cache: made.cache, offline: true, now: new Date("2026-06-12T00:00:00Z") });
    assert.equal(named(found).length, 2);
    assert.equal(found.state === "present" ? found.observedAt : "", NOW.toISOString());
  });

  test("stands in for a server that is gone, and says so", async () => {
    await using made = await published();
    await made.lookUp({ cache: made.cache });
    made.server.fault = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    const found = await made.lookUp({ cache: made.cache, now: new Date("2026-06-11T00:00:00Z") });
    assert.equal(named(found).length, 2);
    assert.match(gapsOf(found).join("\n"), /updates.stale-copy: .*answered 503/);
  });

  test("that someone changed is one that has nothing", async () => {
    await using made = await published();
    await made.lookUp({ cache: made.cache });
    const broken = openSuiteCache(join(made.folder, "cache"));
    broken.storeSigned(`${made.server.url}/debian/dists/trixie-security/InRelease`, {
      bytes: Buffer.from("Suite: trixie-security\n"),
      checkedAt: NOW.toISOString(),
    });
    assert.match(gapsOf(await made.lookUp({ cache: broken })).join("\n"), /updates.signature/);
  });

  test("remembers since when an update has been there", async () => {
    await using made = await published();
    const since = async (now: string) => {
      const found = await made.lookUp({ cache: made.cache, now: new Date(now) });
      assert.ok(found.state === "present");
      const [first] = found.facts.updates;
      return [first?.available, first?.since.at.slice(0, 10), first?.since.by];
    };
    assert.deepEqual(await since(NOW.toISOString()), ["2.41-12+deb13u1", "2026-06-09", "release"]);
    const next = { name: "libc6", version: "2.41-12+deb13u2", source: "glibc" };
    made.publish({ ...security, packages: [next], date: "2026-07-20T00:00:00Z" });
    made.publish({ ...trixie, date: "2026-07-20T00:00:00Z" });
    // It lacks the newest since July, and what came before that since June.
    assert.deepEqual(await since("2026-07-21T00:00:00Z"), ["2.41-12+deb13u2", "2026-06-09", "seen"]);
  });
});
