/** Signed suites and root file systems made in code, for tests: a small Debian, served on the loopback. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { inventoryOfFolder } from "../../src/collect/image/inventory.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { sourceFilesOfFolder } from "../../src/collect/updates/source-files.ts";
import { lookUpUpdates, type UpdateLookup } from "../../src/collect/updates/updates.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import type { PendingUpdates } from "../../src/engines/updates/model.ts";
import {
  certificate,
  clearsigned,
  type FixtureKey,
  fixtureKey,
} from "../../src/engines/updates/openpgp/signer.fixture.ts";
import { openSuiteCache, type SuiteCache } from "../../src/engines/updates/suite-cache.ts";
import { type FeedClient, feedClient } from "../../src/engines/vulnerability/feeds/http.ts";
import { type FeedServer, feedServer, SERVED_AT } from "../../src/engines/vulnerability/feeds/server.fixture.ts";

export interface FixturePackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly source?: string;
}

/** `.xz` needs the program. */
export type Packing = "" | ".gz" | ".zst" | ".xz";

export interface FixtureSuite {
  readonly suite: string;
  readonly packages: readonly FixturePackage[];
  /** ISO 8601. */
  readonly date?: string;
  readonly validUntil?: string;
  /** Further fields of the Release file, or others in place of those made here. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly packings?: readonly Packing[];
  readonly architectures?: readonly string[];
}

export const NOW = new Date("2026-06-10T00:00:00Z");
const DATE = "2026-06-09T00:00:00Z";

export function stanza({ name, version, architecture = "amd64", source }: FixturePackage): string[] {
  return [
    `Package: ${name}`,
    ...(source === undefined ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    "Maintainer: Nobody <nobody@example.org>",
    `Description: ${name}`,
  ];
}

/** A folder with a server and a key; gone when the binding goes out of scope. */
export async function site() {
  const folder = mkdtempSync(join(tmpdir(), "suites-"));
  const server: FeedServer = await feedServer();
  // apt takes 2048 bits until 2030.
  const key = fixtureKey("rsa", { bits: 3072 });
  const client: FeedClient = feedClient({ patience: { stall: 2_000, document: 10_000, tries: 1, backoff: 1 } });
  const root = join(folder, "root");
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const put = (path: string, body: Buffer) => server.files.set(path, { body, lastModified: SERVED_AT });

  return {
    folder,
    root,
    server,
    key,
    client,
    cache: openSuiteCache(join(folder, "cache")),
    write,
    put,
    /** Puts a suite on the server; answers the text of its Release file. */
    publish(suite: FixtureSuite, signers: readonly FixtureKey[] = [key], signedAt?: number): string {
      const { packings = [".gz"], architectures = ["amd64"] } = suite;
      const base = `/debian/dists/${suite.suite}`;
      const lines: string[] = [];
      for (const architecture of architectures) {
        const own = suite.packages.filter((each) => [architecture, "all"].includes(each.architecture ?? "amd64"));
        const plain = Buffer.from(own.map((each) => `${poolStanza(each)}\n\n`).join(""));
        const path = `main/binary-${architecture}/Packages`;
        lines.push(` ${sha256(plain)} ${plain.length} ${path}`);
        for (const packing of packings) {
          const packed = pack(packing, plain);
          put(`${base}/${path}${packing}`, packed);
          if (packing !== "") lines.push(` ${sha256(packed)} ${packed.length} ${path}${packing}`);
        }
      }
      const fields: Record<string, string> = {
        Origin: "Debian",
        Suite: suite.suite,
        Codename: suite.suite,
        Date: httpDate(suite.date ?? DATE),
        ...(suite.validUntil === undefined ? {} : { "Valid-Until": httpDate(suite.validUntil) }),
        Architectures: architectures.join(" "),
        Components: "main",
        ...suite.fields,
      };
      const text = [
        ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
        "SHA256:",
        ...lines,
        "",
      ].join("\n");
      const options = signedAt === undefined ? {} : { created: signedAt };
      put(`${base}/InRelease`, clearsigned(text, signers, options));
      return text;
    },
    /** Writes a root file system of Debian 13 with these packages and suites. */
    debian(packages: readonly FixturePackage[], suites: readonly string[], keys: readonly FixtureKey[] = [key]): void {
      rmSync(root, { recursive: true, force: true });
      write("etc/os-release", 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n');
      write("usr/share/keyrings/fixture.pgp", Buffer.concat(keys.map((each) => certificate(each))));
      write(
        "etc/apt/sources.list.d/debian.sources",
        `Types: deb\nURIs: ${server.url}/debian\nSuites: ${suites.join(" ")}\nComponents: main\nSigned-By: /usr/share/keyrings/fixture.pgp\n`,
      );
      write("var/lib/dpkg/status", statusOf(packages));
    },
    async lookUp({
      now = NOW,
      cache,
      ...lookup
    }: Partial<UpdateLookup> & { now?: Date; cache?: SuiteCache; offline?: boolean } = {}): Promise<
      Evidence<PendingUpdates>
    > {
      const from = { ...(lookup.offline === true ? {} : { client }), ...(cache === undefined ? {} : { cache }) };
      const inventory = await inventoryOfFolder(root, { now });
      const whole: UpdateLookup = { keyring: [], ...lookup, from };
      return await lookUpUpdates(inventory, async () => sourceFilesOfFolder(root), whole, {
        maxAgeDays: defaultPolicy.advisories.maxAgeDays,
        now,
      });
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function pack(packing: Packing, plain: Buffer): Buffer {
  if (packing === ".xz") return spawnSync("xz", ["-c"], { input: plain }).stdout;
  return packing === ".gz" ? gzipSync(plain) : packing === ".zst" ? inFrames(plain) : plain;
}

/** Two frames, as a program that packs on several threads writes them. */
function inFrames(plain: Buffer): Buffer {
  const half = plain.length >> 1;
  return Buffer.concat([plain.subarray(0, half), plain.subarray(half)].map((part) => zstdCompressSync(part)));
}

export function statusOf(packages: readonly FixturePackage[]): string {
  return packages
    .map((each) => {
      const [name, ...rest] = stanza(each);
      return [name, "Status: install ok installed", ...rest, "", ""].join("\n");
    })
    .join("");
}

/** With what apt wants of a package that it could fetch. */
function poolStanza(each: FixturePackage): string {
  const { name, version, architecture = "amd64" } = each;
  const file = `pool/${name}_${version.replace(":", "%3a")}_${architecture}.deb`;
  return [...stanza(each), `Filename: ${file}`, "Size: 1", `SHA256: ${sha256(Buffer.from(file))}`].join("\n");
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function httpDate(iso: string): string {
  return new Date(iso).toUTCString().replace("GMT", "UTC");
}

/** `name installed → available (suite)`, with `!` where a security suite has it. */
export function named(evidence: Evidence<PendingUpdates>): string[] {
  if (evidence.state === "absent") return ["absent"];
  return evidence.facts.updates.map(
    ({ package: { name, version }, available, suite, securitySuite }) =>
      `${name} ${version} → ${available} (${suite}${securitySuite ? "!" : ""})`,
  );
}

export function gapsOf(evidence: Evidence<PendingUpdates>): string[] {
  return evidence.gaps.map(({ code, reason }) => `${code}: ${reason}`);
}
