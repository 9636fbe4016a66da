/**
 * Images made to escape: symlinks out of the root, cycles, long chains. What their files are named for is what must
 * come of them. Nothing of an image may be looked up outside of it, and nothing may be written outside the run's folder.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inventoryOfFolder } from "../../src/collect/image/inventory.ts";
import { Problem } from "../../src/core/problem.ts";
import { type FixtureEntry, fixtureImage, tarOf, writeLayout } from "../../src/engines/oci/image.fixture.ts";
import type { Case } from "../suite.ts";
import { type MergedImage, mergedImage } from "./merged.ts";
import { type ImagesContext, inventoryOf, NOW, scan } from "./scan.ts";
import { unpackZstd } from "./unpack.ts";

const ARCHIVE = "images/osv-scalibr-image-fixtures.tar.zst";
const SCANNED = "artifact/image/layerscanning/image/testdata/";
const UNPACKED = "artifact/image/unpack/testdata/";
const SAVED = "artifact/image/tar/testdata/";

interface Expectation {
  /** Files of the merged tree → the start of their content, or their size. */
  readonly files: Readonly<Record<string, string | number>>;
  /** Symlinks → the real path inside the root; undefined where they lead nowhere for ever. */
  readonly links?: Readonly<Record<string, string | undefined>>;
}

const TWO_FILES = { files: { "larger-sample.txt": 6800, "sample.txt": "sample text file\n" } } as const;
const INTO_SAMPLE = {
  "dir1/absolute-symlink.txt": "dir1/sample.txt",
  "dir1/chain-symlink.txt": "dir1/sample.txt",
  "dir1/relative-dot-symlink.txt": "dir1/sample.txt",
  "dir1/relative-symlink.txt": "dir1/sample.txt",
} as const;
const FROM_SUBFOLDER = {
  "dir2/dir3/absolute-chain-symlink.txt": "dir1/sample.txt",
  "dir2/dir3/absolute-subfolder-symlink.txt": "dir1/sample.txt",
  "dir2/dir3/relative-subfolder-symlink.txt": "dir1/sample.txt",
} as const;
/** `/../secret.txt` and `../../secret.txt`: above the root is the root. */
const CLAMPED = {
  "dir1/attack-symlink-absolute.txt": "secret.txt",
  "dir1/attack-symlink.txt": "secret.txt",
} as const;

const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  [`${SCANNED}basic.tar`]: TWO_FILES,
  [`${SAVED}basic.tar`]: TWO_FILES,
  [`${UNPACKED}basic.tar`]: TWO_FILES,
  [`${SCANNED}single-file.tar`]: { files: { "foo.txt": "foo\n" } },
  [`${SCANNED}two-files.tar`]: { files: { "bar.txt": "bar", "foo.txt": "foo" } },
  [`${SCANNED}multiple-files.tar`]: {
    files: { "dir1/bar.txt": "bar\n", "dir1/baz.txt": "baz\n", "foo.txt": "foo\n" },
  },
  // The higher layer's text is the longer one.
  [`${SCANNED}overwrite-file.tar`]: { files: { "sample.txt": 29 } },
  // Mode 000: what the owner may not read is content all the same.
  [`${UNPACKED}permissions.tar`]: { files: { "sample.txt": "sample text file\n" } },
  [`${SCANNED}symlink-basic.tar`]: { files: { "dir1/sample.txt": 12 }, links: INTO_SAMPLE },
  [`${SCANNED}symlink-dangling.tar`]: { files: {}, links: { ...INTO_SAMPLE, ...FROM_SUBFOLDER } },
  [`${UNPACKED}dangling-symlinks.tar`]: { files: {}, links: { ...INTO_SAMPLE, ...FROM_SUBFOLDER } },
  [`${UNPACKED}symlinks.tar`]: {
    files: { "dir1/sample.txt": 12 },
    links: {
      ...INTO_SAMPLE,
      ...FROM_SUBFOLDER,
      ...CLAMPED,
      "dir2/dir3/absolute-symlink-inside-root.txt": "dir1/sample.txt",
    },
  },
  [`${SCANNED}symlink-attack.tar`]: { files: {}, links: CLAMPED },
  [`${SCANNED}symlink-cycle.tar`]: {
    files: {},
    links: {
      "dir1/absolute-symlink.txt": undefined,
      "dir1/chain-symlink.txt": undefined,
      "dir1/sample.txt": undefined,
    },
  },
  // Seven are deeper than that project follows; a runtime follows forty.
  [`${SCANNED}symlink-depth-exceeded.tar`]: {
    files: { "dir1/sample.txt": 12 },
    links: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((i) => [`dir1/symlink${i}.txt`, "dir1/sample.txt"])),
  },
};

/** Not images: an empty archive, and a layer without one around it. */
const EMPTY = `${SCANNED}empty.tar`;
const BARE_LAYER = `${UNPACKED}escape.tar`;

/** Where the set's attacks would land if a root were left, or a layer unpacked in the working folder. */
const TARGETS = ["escape", "tmp/poc.txt", "trampoline", "secret.txt"].flatMap((path) => [
  `/${path}`,
  path,
  `../${path}`,
]);

export async function* confinementCases(context: ImagesContext): AsyncGenerator<Case> {
  const fixtures = unpackZstd(join(context.data, ARCHIVE));
  const folder = join(context.temporary, "confinement");
  mkdirSync(folder);
  const there = TARGETS.filter((path) => existsSync(path));
  let written = 0;
  const write = (name: string): string => {
    const file = join(folder, `${written++}.tar`);
    writeFileSync(file, fixtures.get(name) ?? "");
    return file;
  };

  yield {
    name: "confinement: every archive of the set has an expectation",
    run() {
      const archives = [...fixtures.keys()].filter((name) => name.endsWith(".tar"));
      assert.deepEqual(archives.sort(), [...Object.keys(EXPECTATIONS), EMPTY, BARE_LAYER].sort());
    },
  };

  for (const [name, expectation] of Object.entries(EXPECTATIONS)) {
    const file = write(name);
    yield {
      name: `confinement: ${name} scans, and its tree is what its layers say`,
      async run() {
        await assertScans(file, context);
        assertTree(await mergedImage(file), expectation);
      },
    };
  }

  yield {
    name: `confinement: ${EMPTY} is refused as no image`,
    run: () =>
      assert.rejects(scan(write(EMPTY), context), (error) => error instanceof Problem && error.code === "oci.archive"),
  };

  yield {
    name: `confinement: ${BARE_LAYER} as a layer leads nowhere outside`,
    async run() {
      const tar = fixtures.get(BARE_LAYER);
      assert.ok(tar);
      const layout = join(folder, "escape");
      writeLayout(layout, { escape: fixtureImage([{ tar }]) });
      await assertScans(`oci:${layout}`, context);
      const merged = await mergedImage(`oci:${layout}`);
      assert.notEqual(merged.symlinks.length, 0);
      assertInside(merged);
      // `escape` goes through twelve links to `.` and climbs eleven times: above the root is the root.
      assert.equal(merged.tree.resolve("escape"), "tmp");
      assert.equal(merged.tree.resolve("usr/share/doc/c/copyright"), undefined);
    },
  };

  yield* outsideDatabaseCases(folder, context);

  yield {
    name: "confinement: no attack's target came to be",
    run: () =>
      assert.deepEqual(
        TARGETS.filter((path) => existsSync(path)),
        there,
      ),
  };
  yield {
    name: "confinement: no spool is left",
    run: () => assert.deepEqual(readdirSync(context.spools), []),
  };
}

const OS_RELEASE = { name: "etc/os-release", content: 'ID=debian\nVERSION_ID="11"\n' };
const UP = "../".repeat(40);

/** A package database outside, which a link in the image or folder names: its packages are not the image's. */
async function* outsideDatabaseCases(folder: string, context: ImagesContext): AsyncGenerator<Case> {
  const outside = join(folder, "outside");
  mkdirSync(outside);
  writeFileSync(
    join(outside, "status"),
    "Package: planted\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n",
  );
  const attacks: Readonly<Record<string, FixtureEntry>> = {
    "an absolute link": { name: "var/lib/dpkg", flag: "2", link: outside },
    "a link that climbs": { name: "var/lib/dpkg", flag: "2", link: `${UP}${outside.slice(1)}` },
    "an absolute link to the file": { name: "var/lib/dpkg/status", flag: "2", link: join(outside, "status") },
    "a hard link that climbs": { name: "var/lib/dpkg/status", flag: "1", link: `${UP}${outside.slice(1)}/status` },
  };
  for (const [i, [how, entry]] of Object.entries(attacks).entries()) {
    yield {
      name: `confinement: ${how} to a package database outside the image reads nothing`,
      async run() {
        const layout = join(folder, `outside-${i}`);
        writeLayout(layout, { attack: fixtureImage([{ tar: tarOf([OS_RELEASE, entry]) }]) });
        const evaluations = await scan(`oci:${layout}`, context);
        assert.deepEqual([...new Set(evaluations.map((evaluation) => evaluation.verdict))], ["unknown"]);
        assert.doesNotMatch(JSON.stringify(evaluations), /planted/);
      },
    };
    if (entry.flag !== "2") continue;
    yield {
      name: `confinement: ${how} to a package database outside the folder reads nothing`,
      async run() {
        const root = join(folder, `root-${i}`);
        mkdirSync(join(root, "etc"), { recursive: true });
        writeFileSync(join(root, OS_RELEASE.name), OS_RELEASE.content);
        mkdirSync(join(root, entry.name, ".."), { recursive: true });
        symlinkSync(entry.link ?? "", join(root, entry.name));
        const evidence = await inventoryOfFolder(root, { now: NOW });
        assert.equal(evidence.state, "present");
        assert.doesNotMatch(JSON.stringify(evidence), /planted/);
      },
    };
  }
}

/** Every layer was read whole, and an image without packages is unknown. */
async function assertScans(reference: string, context: ImagesContext): Promise<void> {
  const { inventory } = await inventoryOf(reference);
  assert.deepEqual(inventory.packages, []);
  const evaluations = await scan(reference, context);
  assert.deepEqual(
    evaluations.map((evaluation) => evaluation.verdict),
    ["unknown"],
  );
}

function assertTree(merged: MergedImage, { files, links = {} }: Expectation): void {
  const found = merged.tree.files();
  assert.deepEqual(
    found.map((file) => file.path),
    Object.keys(files).sort(),
  );
  for (const { path, payload } of found) {
    const wanted = files[path];
    if (typeof wanted === "number") assert.equal(payload.length, wanted, path);
    else assert.equal(payload.toString("utf8"), wanted, path);
  }
  assert.deepEqual([...merged.symlinks].sort(), Object.keys(links).sort());
  for (const [link, target] of Object.entries(links)) assert.equal(merged.tree.resolve(link), target, link);
  assertInside(merged);
}

function assertInside({ tree, symlinks }: MergedImage): void {
  const paths = [
    ...tree.files().map((file) => file.path),
    ...symlinks.map((link) => tree.resolve(link)).filter((path) => path !== undefined),
  ];
  const outside = paths.filter((path) => path.startsWith("/") || path.split("/").includes(".."));
  assert.deepEqual(outside, []);
}
