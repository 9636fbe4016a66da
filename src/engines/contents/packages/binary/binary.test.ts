import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { binary } from "./binary.ts";
import {
  type ElfOptions,
  elfFile,
  goBuildInfo,
  goBuildInfoWithAddresses,
  LOADED_AT,
  machoFile,
  peFile,
  universalFile,
} from "./executable.fixture.ts";

const MODULES = ["path\texample.org/shop", "mod\texample.org/shop\tv1.2.3\th1:x=", "dep\texample.org/a\tv0.1.0\th1:y="];
const EXPECTED = ["stdlib@1.22.5", "example.org/shop@v1.2.3", "example.org/a@v0.1.0"];
const INFO = goBuildInfo("go1.22.5", MODULES);
const KINDS: readonly Omit<ElfOptions, "sectionTable">[] = [
  { bits: 64, order: "little" },
  { bits: 64, order: "big" },
  { bits: 32, order: "little" },
  { bits: 32, order: "big" },
];

function read(bytes: Buffer, path = "usr/bin/shop") {
  return factsOf(binary, path, bytes);
}

function namesIn(bytes: Buffer): string[] {
  return packagesOf(read(bytes)).map(({ name, version }) => `${name}@${version}`);
}

describe("Go's build information", () => {
  for (const kind of KINDS) {
    test(`in its section of an ELF file, ${kind.bits} bits, ${kind.order} endian`, () => {
      assert.deepEqual(namesIn(elfFile({ ".text": Buffer.alloc(100), ".go.buildinfo": INFO }, kind)), EXPECTED);
    });

    test(`with addresses, as before 1.18, ${kind.bits} bits, ${kind.order} endian`, () => {
      // The section's place does not depend on its content.
      const at = elfFile({ ".go.buildinfo": INFO }, kind).indexOf(INFO);
      const info = goBuildInfoWithAddresses(LOADED_AT + at, "go1.22.5", MODULES, kind);
      assert.deepEqual(namesIn(elfFile({ ".go.buildinfo": info }, kind)), EXPECTED);
    });

    test(`in a section of a Mach-O file, ${kind.bits} bits, ${kind.order} endian`, () => {
      assert.deepEqual(namesIn(machoFile({ __text: Buffer.alloc(50), __go_buildinfo: INFO }, kind)), EXPECTED);
    });
  }

  test("in the writable data where there is no section of its own", () => {
    const decoy = Buffer.from("xxxxxxx\xff Go buildinf:        ", "latin1");
    assert.deepEqual(
      namesIn(elfFile({ ".data": Buffer.concat([decoy, Buffer.alloc(0)]), ".more": INFO }, { sectionTable: false })),
      EXPECTED,
    );
    assert.deepEqual(namesIn(peFile({ ".data": INFO })), EXPECTED);
    assert.deepEqual(namesIn(peFile({ ".data": INFO }, 32)), EXPECTED);
    assert.deepEqual(namesIn(machoFile({ __data: INFO })), EXPECTED);
  });

  test("at the address that its section states, as Go reads it, whatever else the section's place in the file holds", () => {
    const decoy = goBuildInfo("go1.22.5", ["path\texample.org/decoy", "mod\texample.org/decoy\tv1.0.0\t"]);
    const file = elfFile({ ".go.buildinfo": INFO, ".data": decoy });
    const [table, entry] = [64 + 56, 64];
    file.writeBigUInt64LE(BigInt(file.indexOf(decoy)), table + entry + 24);
    assert.deepEqual(namesIn(file), EXPECTED);
  });

  test("in its section, whose name ends another's or stands a second time in the table of names", () => {
    const file = elfFile({ "x.go.buildinfo": Buffer.alloc(16), ".go.buildinfo": INFO, ".go.buildinfX": INFO });
    const [table, entry, names] = [64 + 56, 64, file.lastIndexOf(".go.buildinfX")];
    const start = file.indexOf("\0x.go.buildinfo\0");
    file.write("o", names + 12);
    file.writeUInt32LE(names - start, table + 2 * entry);
    assert.deepEqual(namesIn(file), EXPECTED);
    const suffix = elfFile({ "x.go.buildinfo": INFO });
    suffix.writeUInt32LE(2, table + entry);
    assert.deepEqual(namesIn(suffix), EXPECTED);
  });

  test("with a toolchain of another name is a gap where it lists modules", () => {
    const read = factsOf(binary, "app", elfFile({ ".data": goBuildInfo("x", MODULES) }));
    assert.equal(read?.kind, "unreadable");
  });

  test("of a universal file once, whatever its slices", () => {
    const slice = machoFile({ __go_buildinfo: INFO });
    assert.deepEqual(namesIn(universalFile(machoFile({ __text: INFO.subarray(0, 8) }), slice, slice)), EXPECTED);
    assert.equal(read(universalFile()), undefined);
  });

  test("replaced modules stand under what was built in their place", () => {
    const modules = [
      "path\texample.org/shop",
      "mod\texample.org/shop\t(devel)\t",
      "dep\texample.org/a\tv0.1.0",
      "=>\texample.org/fork\tv0.2.0\th1:z=",
      "dep\texample.org/b\tv0.1.0",
      "=>\t../b\t(devel)\t",
      "dep\texample.org/c\tv2.0.0+incompatible\th1:z=",
      'build\t-ldflags="-X main.version=9.9.9"',
      "build\tvcs.revision=abc",
    ];
    assert.deepEqual(namesIn(elfFile({ ".go.buildinfo": goBuildInfo("go1.22", modules) })), [
      "stdlib@1.22",
      "example.org/shop@",
      "example.org/fork@v0.2.0",
      "example.org/b@",
      "example.org/c@v2.0.0+incompatible",
    ]);
  });

  const toolchains: readonly [text: string, version: string | undefined][] = [
    ["go1.21.0 X:boringcrypto", "1.21.0"],
    ["devel go1.25-8a1ebc6 Thu Jan 1 00:00:00 2026 +0000", "1.25-8a1ebc6"],
    ["go1.21rc2", "1.21rc2"],
    ["devel +8a1ebc6 Thu Jan 1 00:00:00 2026 +0000", undefined],
  ];
  for (const [text, version] of toolchains) {
    test(`the toolchain ${text}`, () => {
      const facts = read(elfFile({ ".go.buildinfo": goBuildInfo(text, ["path\tcmd/go"]) }));
      assert.deepEqual(
        packagesOf(facts).map((item) => item.version),
        version === undefined ? [] : [version],
      );
      assert.equal(unreadOf(facts).length, version === undefined ? 1 : 0);
    });
  }

  test("without modules what it is made of is unknown, except of Go's own commands", () => {
    const build = (path: string) => read(elfFile({ ".go.buildinfo": goBuildInfo("go1.22.5", [`path\t${path}`]) }));
    const facts = build("example.org/shop/cmd");
    assert.equal(facts?.kind === "packages" ? facts.concerns : undefined, "golang");
    assert.match(unreadOf(facts)[0] ?? "", /without modules/);
    assert.deepEqual(unreadOf(build("cmd/gofmt")), []);
    assert.deepEqual(unreadOf(build("command-line-arguments")), []);
    assert.deepEqual(namesIn(elfFile({ ".go.buildinfo": goBuildInfo("go1.22.5", []) })), ["stdlib@1.22.5"]);
  });

  const broken: readonly [title: string, info: Buffer][] = [
    ["cut off in its header", INFO.subarray(0, 30)],
    ["cut off in its strings", INFO.subarray(0, 60)],
    ["without strings", Buffer.concat([INFO.subarray(0, 32), Buffer.alloc(2)])],
    ["of another toolchain", goBuildInfo("rustc 1.0", MODULES)],
    ["elsewhere", Buffer.alloc(64)],
    ["with a length without end", Buffer.concat([INFO.subarray(0, 32), Buffer.alloc(20, 0xff)])],
    ["with addresses of nothing", goBuildInfoWithAddresses(0x7fffffff, "go1.9", MODULES)],
  ];
  for (const [title, info] of broken) {
    test(`${title} is unreadable, and says what that concerns`, () => {
      const facts = read(elfFile({ ".go.buildinfo": info }));
      assert.equal(facts?.kind, "unreadable");
      assert.equal(facts.concerns, "golang");
    });
  }

  test("a module whose name is none is unread", () => {
    const facts = read(
      elfFile({ ".go.buildinfo": goBuildInfo("go1.22.5", ["dep\ta b\tv1", "dep\t\tv1", "dep\tc\tv1"]) }),
    );
    assert.deepEqual(
      packagesOf(facts).map(({ name }) => name),
      ["stdlib", "c"],
    );
    assert.equal(unreadOf(facts).length, 2);
  });
});

describe("crates of auditable Rust programs", () => {
  const crates = {
    packages: [
      { name: "shop", version: "0.1.0", source: "local", dependencies: [1, 2], root: true },
      { name: "serde", version: "1.0.190", source: "crates.io", dependencies: [3] },
      { name: "cc", version: "1.0.0", source: "crates.io", kind: "build" },
      { name: "itoa", version: "1.0.9", source: "crates.io" },
    ],
  };
  const section = (document: unknown) => elfFile({ ".dep-v0": deflateSync(JSON.stringify(document)) });

  test("with their graph", () => {
    const common = { type: "cargo", licenses: [] };
    assert.deepEqual(packagesOf(read(section(crates))), [
      { ...common, name: "shop", version: "0.1.0", reference: "0", dependsOn: ["1", "2"] },
      { ...common, name: "serde", version: "1.0.190", reference: "1", dependsOn: ["3"], direct: true },
      { ...common, name: "cc", version: "1.0.0", reference: "2", usage: "development", direct: true },
      { ...common, name: "itoa", version: "1.0.9", reference: "3" },
    ]);
  });

  test("in Portable Executable and Mach-O files", () => {
    const bytes = deflateSync(JSON.stringify(crates));
    assert.equal(packagesOf(read(peFile({ ".text": Buffer.alloc(9), ".dep-v0": bytes }))).length, 4);
    assert.equal(packagesOf(read(machoFile({ ".dep-v0": bytes }))).length, 4);
  });

  test("dependencies that lead nowhere are left out", () => {
    const odd = { packages: [{ name: "a", version: "1", dependencies: [0, 9, -1, "0", null, 0.5] }] };
    assert.deepEqual(packagesOf(read(section(odd)))[0]?.dependsOn, ["0"]);
  });

  const broken: readonly [title: string, file: Buffer][] = [
    ["no zlib", elfFile({ ".dep-v0": Buffer.from("no zlib") })],
    ["no JSON", elfFile({ ".dep-v0": deflateSync("{") })],
    ["no list", section({ packages: {} })],
    ["null", section(null)],
    ["a bomb", elfFile({ ".dep-v0": deflateSync(Buffer.alloc(20_000_000)) })],
    ["an entry without a name", section({ packages: [{ version: "1" }] })],
    ["an entry that is none", section({ packages: [null] })],
  ];
  for (const [title, file] of broken) {
    test(`${title} is unread`, () => {
      const facts = read(file);
      assert.equal(unreadOf(facts).length, 1);
      assert.equal(facts?.kind === "packages" ? facts.concerns : undefined, "cargo");
    });
  }
});

describe("files that are something else", () => {
  test("a program that says nothing is nothing", () => {
    assert.equal(read(elfFile({ ".text": Buffer.alloc(100) })), undefined);
    assert.equal(read(elfFile({ ".text": INFO.subarray(0, 10) }, { sectionTable: false })), undefined);
  });

  test("are told by their first bytes", () => {
    const starts = (bytes: Buffer) => binary.startsRight?.(bytes.subarray(0, 16));
    for (const kind of KINDS) {
      assert.ok(starts(elfFile({}, kind)));
      assert.ok(starts(machoFile({}, kind)));
    }
    assert.ok(starts(peFile({})));
    assert.ok(starts(universalFile(machoFile({}))));
    const javaClass = Buffer.from("cafebabe00000041", "hex");
    for (const other of [javaClass, Buffer.from("#!/bin/sh\necho"), Buffer.from("\x7fEL"), Buffer.alloc(0)]) {
      assert.ok(!starts(other));
    }
  });

  test("scripts are told by their ending", () => {
    for (const path of ["usr/bin/a.py", "a.sh"]) assert.ok(!binary.wants(path));
    for (const path of ["usr/bin/a", "usr/lib.js/a", "usr/bin/a.exe", "usr/bin/python3.13"])
      assert.ok(binary.wants(path));
  });

  const seeds: readonly [title: string, seed: Buffer][] = [
    ["ELF", elfFile({ ".go.buildinfo": INFO, ".rodata": Buffer.from("\0nginx version: nginx/1.26.3\0") })],
    ["ELF without sections", elfFile({ ".data": INFO }, { sectionTable: false, bits: 32, order: "big" })],
    ["ELF with addresses", elfFile({ ".data": goBuildInfoWithAddresses(LOADED_AT + 0x200, "go1.9", MODULES) })],
    ["ELF of Rust", elfFile({ ".dep-v0": deflateSync('{"packages":[{"name":"a","version":"1"}]}') })],
    ["PE", peFile({ ".text": Buffer.alloc(20), ".data": INFO })],
    ["Mach-O", machoFile({ __text: Buffer.alloc(20), __go_buildinfo: INFO })],
    ["universal", universalFile(machoFile({ __go_buildinfo: INFO }), machoFile({}, { bits: 32, order: "big" }))],
  ];
  for (const [title, seed] of seeds) {
    test(`whatever the bytes of a ${title} file, an answer`, () => {
      fc.assert(
        fc.property(mutatedBytes(seed), (bytes) => {
          const facts = read(bytes, "usr/sbin/nginx");
          assert.ok(facts === undefined || facts.kind === "packages" || facts.kind === "unreadable");
        }),
        runs(300),
      );
    });

    test(`a ${title} file cut off anywhere never shows more than the whole`, () => {
      const whole = read(seed, "usr/sbin/nginx");
      const most = whole?.kind === "packages" ? whole.packages.length : 0;
      for (let end = 0; end < seed.length; end++) {
        const facts = read(seed.subarray(0, end), "usr/sbin/nginx");
        assert.ok(facts?.kind !== "packages" || facts.packages.length <= most);
      }
    });
  }
});
