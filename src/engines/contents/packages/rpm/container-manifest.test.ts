import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { rpmContainerManifest } from "./container-manifest.ts";

const PATH = "var/lib/rpmmanifest/container-manifest-2";
const MANIFEST = [
  "azurelinux-release\t3.0-16.azl3\t1719950000\t1719940000\tMicrosoft Corporation\t(none)\t580\tnoarch\t0\tazurelinux-release-3.0-16.azl3.src.rpm",
  "openssl-libs\t3.3.0-1.azl3\t1719950001\t1719940001\tMicrosoft Corporation\t(none)\t6000000\tx86_64\t0\topenssl-3.3.0-1.azl3.src.rpm",
  "bind-libs\t9.20.0-1.azl3\t1719950002\t1719940002\t(none)\t(none)\t600\tx86_64\t32\tbind-9.20.0-1.azl3.src.rpm",
  "gpg-pubkey\t3135ce90-5e6fda74\t1719950003\t1719940003\t(none)\t(none)\t0\t(none)\t0\t(none)",
  "",
].join("\n");

describe("rpm's list of distroless Azure Linux", () => {
  test("packages with epoch, architecture, vendor and source", () => {
    const packages = packagesOf(factsOf(rpmContainerManifest, PATH, MANIFEST));
    assert.deepEqual(
      packages.map(({ name, version, architecture, source, supplier }) => [
        ...[name, version, architecture, `${source?.name} ${source?.version}`, supplier],
      ]),
      [
        ["azurelinux-release", "3.0-16.azl3", "noarch", "azurelinux-release 3.0-16.azl3", "Microsoft Corporation"],
        ["openssl-libs", "3.3.0-1.azl3", "x86_64", "openssl 3.3.0-1.azl3", "Microsoft Corporation"],
        ["bind-libs", "32:9.20.0-1.azl3", "x86_64", "bind 9.20.0-1.azl3", undefined],
      ],
    );
  });

  test("a line of another form is said", () => {
    const facts = factsOf(
      rpmContainerManifest,
      PATH,
      "zlib-1.3-1.azl3.x86_64\n\t1\t\t\t\t\t\t\t\ts\na\t\t\t\t\t\t\t\t\ts\n",
    );
    assert.deepEqual(unreadOf(facts), [
      "line 1 has not ten fields",
      "line 2 states no name",
      "line 3 (a) states no version",
    ]);
  });

  test("whatever the bytes, an answer", () => {
    const seed = MANIFEST.replace("gpg-pubkey", "zlib");
    answersWhateverTheBytes(rpmContainerManifest, PATH, seed.split("\n").slice(1, 2).join("\n"));
  });
});
