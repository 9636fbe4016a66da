import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { gemfileLock } from "./gemfile-lock.ts";

const SHA256 = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);

function read(text: string) {
  return factsOf(gemfileLock, "app/Gemfile.lock", text);
}

const LOCK = `GIT
  remote: https://example.org/turbo.git
  revision: 80216ce9d89920bf073709405e3fce6d0a3ccd9a
  branch: main
  specs:
    turbo (3.0.0)
      rack

PATH
  remote: .
  specs:
    own (0.1.0)
      rack (~> 2.0)

PLUGIN SOURCE
  remote: https://example.org/plugins
  type: s3
  specs:
    plugged (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    mini_portile2 (2.8.1)
    nokogiri (1.15.0)
      mini_portile2 (~> 2.8.0)
      racc (~> 1.4)
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.0)
    racc (1.7.0-java)
    rack (2.2.3)
    rspec (3.0.0.beta1)
      missing (>= 1, < 2)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  own!
  rspec (= 3.0.0.beta1)
  turbo!

CHECKSUMS
  nokogiri (1.15.0) sha256=${SHA256}
  nokogiri (1.15.0-x86_64-linux) sha256=${OTHER}
  rack (2.2.3) sha256=${SHA256}
  rspec (3.0.0.beta1)

RUBY VERSION
   ruby 3.0.2p107

BUNDLED WITH
   2.5.0
`;

describe("Gemfile.lock", () => {
  test("gems of every source with their graph; the project's own are none, and what they name is direct", () => {
    assert.deepEqual(packageLines(read(LOCK)), [
      "mini_portile2@2.8.1",
      "nokogiri@1.15.0 -> mini_portile2@2.8.1, racc@1.7.0",
      "plugged@1.0.0",
      "racc@1.7.0",
      "rack@2.2.3 direct",
      "rspec@3.0.0.beta1 direct",
      "turbo@3.0.0 direct -> rack@2.2.3",
    ]);
    assert.deepEqual(unreadOf(read(LOCK)), []);
  });

  test("a checksum counts where all platforms have the same gem", () => {
    const hashes = new Map(packagesOf(read(LOCK)).map(({ name, hashes }) => [name, hashes]));
    assert.deepEqual(hashes.get("rack"), { sha256: SHA256 });
    assert.equal(hashes.get("nokogiri"), undefined);
  });

  test("an empty file has no gem", () => {
    assert.deepEqual(read(""), { kind: "packages", packages: [], unread: [] });
  });

  test("what is no section or no gem is noted, the rest is there", () => {
    const facts = read(`<<<<<<< HEAD\n${LOCK}=======\n    lost (1.0)\nGEM\n  specs:\n    a\n    b (\n`);
    assert.equal(packagesOf(facts).length, 7);
    const lines = LOCK.split("\n").length;
    assert.deepEqual(unreadOf(facts), [
      "line 1 is not a section of a lockfile",
      `line ${lines + 1} is not a section of a lockfile`,
      `the gem in line ${lines + 5} (a) states no version`,
      `the gem in line ${lines + 6} has a name with white space or control characters`,
    ]);
  });

  test("an installed gem's own lockfile is not wanted", () => {
    for (const path of ["Gemfile.lock", "gems.locked", "gems/Gemfile.lock", "gems/a/b/Gemfile.lock"]) {
      assert.ok(gemfileLock.wants(path), path);
    }
    assert.ok(!gemfileLock.wants("usr/lib/ruby/gems/3.3.0/gems/a-1.0/Gemfile.lock"));
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(gemfileLock, "Gemfile.lock", LOCK));
});
