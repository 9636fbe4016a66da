/** The Debian packages that the image's base layer is made of: pinned by digest in debian.json, and fetched by it. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareDpkg, type DpkgVersion, parseDpkg } from "../../src/engines/vulnerability/versions/dpkg.ts";
import { readXz } from "../../src/formats/xz/xz.ts";
import { bytesOf } from "../../src/net/body.ts";
import { bounds } from "../../src/net/bounds.ts";
import { createHttpClient } from "../../src/net/client.ts";
import { follow } from "../../src/net/redirect.ts";

export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Below the server: `debian/pool/main/g/glibc/libc6_2.41-12_amd64.deb`, `debian-security/pool/…`. */
  readonly path: string;
  /** Hex, of the .deb. */
  readonly sha256: string;
  /** Where only the sensor needs it. */
  readonly sensor?: true;
}

interface Pins {
  readonly suite: string;
  /** A moment at which snapshot.debian.org has these files, once a point release has taken them out of the archive. */
  readonly snapshot: string;
  readonly packages: Readonly<Record<Architecture, readonly PinnedPackage[]>>;
}

const FILE = join(import.meta.dirname, "debian.json");
const SERVER = "https://deb.debian.org/";
const NAMES = ["base-files", "ca-certificates", "gcc-14-base", "libc6", "libgcc-s1", "libstdc++6"] as const;
/** What the sensor is linked with beside the C library. */
const SENSOR_NAMES = ["libbpf1", "libelf1t64", "libzstd1", "zlib1g"] as const;
const SUITE = "trixie";
const SUITES = [
  { archive: "debian", suite: SUITE },
  { archive: "debian", suite: `${SUITE}-updates` },
  { archive: "debian-security", suite: `${SUITE}-security` },
] as const;
/** Bytes of one package, and of one index. */
const PACKAGE_BYTES = 16 * 1024 * 1024;
const INDEX_BYTES = 64 * 1024 * 1024;

function pins(): Pins {
  return JSON.parse(readFileSync(FILE, "utf8")) as Pins;
}

/** @param sensor - those of the sensor's layer, in the place of the base's */
export function pinnedPackages(architecture: Architecture, sensor = false): readonly PinnedPackage[] {
  return pins().packages[architecture].filter((pinned) => (pinned.sensor === true) === sensor);
}

/** @param cache - a folder that keeps what was fetched, by digest @throws Error where no source has these bytes */
export async function fetchPackage({ path, sha256 }: PinnedPackage, cache: string): Promise<Buffer> {
  const kept = join(cache, `${sha256}.deb`);
  if (existsSync(kept)) {
    const bytes = readFileSync(kept);
    if (digestOf(bytes) === sha256) return bytes;
  }
  const [archive = "", rest = ""] = path.split(/\/(.*)/s);
  const urls = [
    new URL(path, SERVER),
    new URL(`${archive}/${pins().snapshot}/${rest}`, "https://snapshot.debian.org/archive/"),
  ];
  const faults: string[] = [];
  for (const url of urls) {
    try {
      const bytes = await download(url, PACKAGE_BYTES);
      if (digestOf(bytes) === sha256) {
        mkdirSync(cache, { recursive: true });
        writeFileSync(kept, bytes);
        return bytes;
      }
      faults.push(`${url}: other bytes than those that are pinned`);
    } catch (error) {
      faults.push(`${url}: ${(error as Error).message}`);
    }
  }
  throw new Error(`${faults.join("; ")} (pin newer ones with npm run image -- --pin)`);
}

/** Writes debian.json anew: the newest version of each package in the suite and its security updates. */
export async function pinNewest(now: Date): Promise<void> {
  const packages = {} as Record<Architecture, PinnedPackage[]>;
  for (const architecture of architectures) {
    const indexes = await Promise.all(
      SUITES.map(async ({ archive, suite }) => {
        const url = new URL(`${archive}/dists/${suite}/main/binary-${architecture}/Packages.xz`, SERVER);
        const text = readXz(await download(url, INDEX_BYTES), 4 * INDEX_BYTES);
        if (!Buffer.isBuffer(text)) throw new Error(`${url} ${text.fault}`);
        return { archive, text: text.toString() };
      }),
    );
    packages[architecture] = [
      ...NAMES.map((name) => newest(indexes, name)),
      ...SENSOR_NAMES.map((name) => ({ ...newest(indexes, name), sensor: true as const })),
    ];
  }
  const snapshot = `${now.toISOString().slice(0, 10).replaceAll("-", "")}T000000Z`;
  const document: Pins = { suite: SUITE, snapshot, packages };
  writeFileSync(FILE, `${JSON.stringify(document, null, 2)}\n`);
}

interface Index {
  readonly archive: string;
  /** Its Packages file. */
  readonly text: string;
}

function newest(indexes: readonly Index[], name: string): PinnedPackage {
  let best: { readonly version: DpkgVersion; readonly pinned: PinnedPackage } | undefined;
  for (const { archive, text } of indexes) {
    const at = text.startsWith(`Package: ${name}\n`) ? 0 : text.indexOf(`\n\nPackage: ${name}\n`);
    if (at < 0) continue;
    const end = text.indexOf("\n\n", at + 2);
    const stanza = text.slice(at, end < 0 ? undefined : end).trimStart();
    const field = (key: string) => new RegExp(`^${key}: (.+)$`, "m").exec(stanza)?.[1] ?? "";
    const version = parseDpkg(field("Version"));
    if (version === undefined || (best !== undefined && compareDpkg(version, best.version) <= 0)) continue;
    const path = `${archive}/${field("Filename")}`;
    const pinned = { name, version: field("Version"), path, sha256: field("SHA256") };
    best = { version, pinned };
  }
  if (best === undefined) throw new Error(`${SUITE} has no ${name}`);
  return best.pinned;
}

async function download(url: URL, limit: number): Promise<Buffer> {
  const { stallMilliseconds } = bounds;
  const client = createHttpClient({ stallMilliseconds });
  try {
    const answer = await follow(client, { url, method: "GET", headers: {} });
    if (answer.status !== 200) {
      answer.body.destroy();
      throw new Error(`the server answered ${answer.status}`);
    }
    return await bytesOf(answer, { limit, stallMilliseconds });
  } finally {
    client.close();
  }
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
