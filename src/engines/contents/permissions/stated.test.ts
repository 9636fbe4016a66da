import assert from "node:assert/strict";
import { test } from "node:test";
import { type FixtureEntry, paxEntry, tarOf } from "../../oci/image.fixture.ts";
import { createTarWalker } from "../../oci/tar.ts";
import { bounds } from "../bounds.ts";
import { capabilityAttribute } from "./permissions.fixture.ts";
import { createPermissionsReader, type LayerPermissions } from "./stated.ts";

function stated(entries: readonly FixtureEntry[]): LayerPermissions | undefined {
  const reader = createPermissionsReader();
  let at = 0;
  const walker = createTarWalker("test.tar", {
    entry(entry) {
      reader.see(entry, at++);
      return false;
    },
  });
  walker.write(tarOf(entries));
  walker.end();
  return reader.finish();
}

/** `place type mode` */
function told(...entries: readonly FixtureEntry[]): string[] {
  return (stated(entries)?.entries ?? []).map(([at, { type, mode }]) => `${at} ${type} ${mode.toString(8)}`);
}

test("setuid and setgid programs, and what everybody may write", () => {
  assert.deepEqual(
    told(
      { name: "motd" },
      { name: "su", mode: 0o4755 },
      { name: "wall", mode: 0o2755 },
      { name: "notes", mode: 0o666 },
      { name: "open", flag: "5", mode: 0o777 },
      { name: "again", flag: "1", link: "su", mode: 0o4755 },
    ),
    ["1 file 4755", "2 file 2755", "3 file 666", "4 directory 777", "5 file 4755"],
  );
});

test("sticky folders, folders that hand on their group, links, devices, and bits that nothing acts on are ordinary", () => {
  assert.equal(
    stated([
      { name: "tmp", flag: "5", mode: 0o1777 },
      { name: "mail", flag: "5", mode: 0o2775 },
      { name: "link", flag: "2", link: "tmp", mode: 0o777 },
      { name: "null", flag: "3", mode: 0o666 },
      { name: "locks", mode: 0o2644 },
      { name: "nobody-runs-it", mode: 0o4644 },
    ]),
    undefined,
  );
});

test("capabilities are read from the extended header, whatever the mode", () => {
  const value = capabilityAttribute([13]).toString("latin1");
  const header = paxEntry({ path: "ping" });
  // The header's text is Latin-1 here: each byte of the value is one character.
  const record = ` SCHILY.xattr.security.capability=${value}\n`;
  const length = record.length + 2;
  const content = Buffer.concat([Buffer.from(String(header.content)), Buffer.from(`${length}${record}`, "latin1")]);
  const [[, ping] = []] =
    stated([
      { ...header, content },
      { name: "ping", mode: 0o755 },
    ])?.entries ?? [];
  assert.deepEqual(ping?.capabilities, {
    ...{ kind: "capabilities", permitted: ["cap_net_raw"], inheritable: [], effective: true },
  });
});

test("the owner of a setuid file, from the header or the extended one", () => {
  const [[, own] = []] = stated([{ name: "su", mode: 0o4755 }])?.entries ?? [];
  assert.equal(own?.owner, 0);
  const [[, other] = []] = stated([paxEntry({ uid: "70000" }), { name: "su", mode: 0o4755 }])?.entries ?? [];
  assert.equal(other?.owner, 70_000);
  const [[, odd] = []] = stated([paxEntry({ uid: "-1" }), { name: "su", mode: 0o4755 }])?.entries ?? [];
  assert.equal(odd?.owner, 0);
});

test("over the bounds they are counted, and writable files hide no program", () => {
  const many = Array.from({ length: bounds.writablePaths + 3 }, (_, i) => ({ name: `f${i}`, mode: 0o666 }));
  const { entries, more } = stated([...many, { name: "su", mode: 0o4755 }]) ?? { entries: [], more: 0 };
  assert.equal(more, 3);
  assert.equal(entries.at(-1)?.[0], many.length);
});
