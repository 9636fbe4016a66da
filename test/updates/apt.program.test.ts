/** What is named as pending, against apt itself: the same root file system, the same suites. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import fc from "fast-check";
import { readClock } from "../../src/core/clock.ts";
import { clock } from "../environment.ts";
import { type FixturePackage, site } from "./suites.fixture.ts";

const hasApt = spawnSync("apt-get", ["--version"]).status === 0 && spawnSync("dpkg", ["--version"]).status === 0;

type Site = Awaited<ReturnType<typeof site>>;

/** apt with every folder of its own: nothing of the machine's is read or written. */
async function apt({ root }: Site, ...words: readonly string[]): Promise<string> {
  for (const folder of ["var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "apt-sources"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  // apt looks for the key ring on the machine, and not in the root.
  const sources = readFileSync(join(root, "etc/apt/sources.list.d/debian.sources"), "utf8");
  writeFileSync(join(root, "apt-sources/debian.sources"), sources.replace("/usr/share", `${root}/usr/share`));
  const config = join(root, "apt.conf");
  writeFileSync(
    config,
    [
      `Dir "${root}";`,
      `Dir::Etc::sourceparts "${root}/apt-sources";`,
      `Dir::State::status "${root}/var/lib/dpkg/status";`,
      'APT::Architecture "amd64";',
      'APT::Architectures { "amd64"; "i386"; };',
      'APT::Sandbox::User "";',
      'Acquire::Languages "none";',
      'Acquire::http::Proxy "DIRECT";',
      'Dir::Bin::dpkg "dpkg";',
    ].join("\n"),
  );
  const child = spawn(words[0] as string, words.slice(1), {
    env: { PATH: process.env.PATH ?? "", APT_CONFIG: config, LC_ALL: "C", HOME: root, ...clock },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** `name/suite version architecture [upgradable from: version]` → `name:architecture installed → available`. */
function upgradable(listed: string): string[] {
  return listed.split("\n").flatMap((line) => {
    const found = /^([^/]+)\/\S+ (\S+) (\S+) \[upgradable from: (.+)\]$/.exec(line);
    return found === null ? [] : [`${found[1]}:${found[3]} ${found[4]} → ${found[2]}`];
  });
}

async function ours(made: Site): Promise<string[]> {
  const found = await made.lookUp({ now: readClock() });
  assert.deepEqual(found.gaps, []);
  assert.ok(found.state === "present");
  return found.facts.updates.map(
    ({ package: { name, version, architecture }, available }) => `${name}:${architecture} ${version} → ${available}`,
  );
}

/**
 * Versions that are near each other, so that orders are not all told by the first digit. No two are spellings of one:
 * which of them apt shows is chance.
 */
const version = fc
  .tuple(
    fc.constantFrom("", "", "1:"),
    fc.constantFrom("1.0", "1.0~rc1", "1.0+dfsg", "1.1", "1.a", "2", "1.0.10", "1.0.9"),
    fc.constantFrom("", "-1", "-1+b1", "-1+deb13u1", "-1~bpo13+1", "-2"),
  )
  .map((parts) => parts.join(""));

const suitesOf = ["trixie", "trixie-security", "trixie-updates", "trixie-backports", "trixie-proposed"] as const;

const scene = fc
  .array(
    fc.record({
      architecture: fc.constantFrom("amd64", "amd64", "amd64", "all", "i386"),
      installed: version,
      offered: fc.array(fc.option(version, { nil: undefined }), {
        minLength: suitesOf.length,
        maxLength: suitesOf.length,
      }),
    }),
    { minLength: 60, maxLength: 60 },
  )
  .map((packages) => packages.map((each, i) => ({ ...each, name: `package-${i}` })));

test("names what `apt list --upgradable` names", {
  skip: hasApt ? false : "apt and dpkg are not installed",
}, async () => {
  await using made = await site();
  const date = new Date(Math.floor(readClock().getTime() / 1000) * 1000 - 3_600_000).toISOString();
  for (const packages of fc.sample(scene, { seed: 42, numRuns: 3 })) {
    made.debian(
      [
        ...packages.map(({ name, architecture, installed }) => ({ name, architecture, version: installed })),
        { name: "dpkg", version: "1.22", architecture: "amd64" },
      ],
      suitesOf,
    );
    for (const [i, suite] of suitesOf.entries()) {
      const offered: FixturePackage[] = packages.flatMap(({ name, architecture, offered: versions }) => {
        const own = versions[i];
        return own === undefined ? [] : [{ name, architecture, version: own }];
      });
      made.publish({
        suite,
        packages: offered,
        date,
        validUntil: new Date(readClock().getTime() + 86_400_000).toISOString(),
        architectures: ["amd64", "i386"],
        packings: [[".gz"], [".gz", ""], [""], [".zst"], [".gz"]][i] as (".gz" | "" | ".zst")[],
        fields: {
          "Acquire-By-Hash": "no",
          ...(suite === "trixie-backports" ? { NotAutomatic: "yes", ButAutomaticUpgrades: "yes" } : {}),
          ...(suite === "trixie-proposed" ? { NotAutomatic: "yes" } : {}),
        },
      });
    }
    await apt(made, "apt-get", "update");
    const theirs = upgradable(await apt(made, "apt", "list", "--upgradable"));
    assert.ok(theirs.length > 10, `only ${theirs.length} to compare`);
    // apt also lists what has the same version and another build; a newer version it is not.
    const newer = theirs.filter((line) => !/ (\S+) → \1$/.test(line));
    assert.deepEqual((await ours(made)).sort(), newer.sort());
  }
});
