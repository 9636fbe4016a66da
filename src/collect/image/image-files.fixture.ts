/** Images with packages in them, held in memory. For tests. */
import { Readable } from "node:stream";
import type { Digest } from "../../core/digest.ts";
import type { BlobStore } from "../../engines/oci/blob.ts";
import { type FixtureEntry, type FixtureImage, fixtureImage, tarOf } from "../../engines/oci/image.fixture.ts";
import { type OpenImage, openImageAt } from "../../engines/oci/image.ts";

/** Name → version. */
type Versions = Readonly<Record<string, string>>;

export const alpine310: FixtureEntry = { name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.10.4\n" };
export const alpine322: FixtureEntry = { name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.22.1\n" };
export const debian13: FixtureEntry = { name: "etc/os-release", content: 'ID=debian\nVERSION_ID="13"\n' };

export function apkDatabase(packages: Versions, name = "lib/apk/db/installed"): FixtureEntry {
  const stanzas = Object.entries(packages).map(
    ([is, version]) => `P:${is}\nV:${version}\nA:x86_64\no:${is}\nL:MIT\n\n`,
  );
  return { name, content: stanzas.join("") };
}

export function dpkgStatus(packages: Versions, name = "var/lib/dpkg/status"): FixtureEntry {
  const stanzas = Object.entries(packages).map(
    ([is, version]) => `Package: ${is}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`,
  );
  return { name, content: stanzas.join("") };
}

export function npmPackage(name: string, version: string, folder = "app"): FixtureEntry {
  return { name: `${folder}/node_modules/${name}/package.json`, content: JSON.stringify({ name, version }) };
}

/** One layer from each list of entries, the lowest first; its user is not root. */
export function imageOf(...layers: readonly (readonly FixtureEntry[])[]): FixtureImage {
  return fixtureImage(
    layers.map((entries, i) => ({ tar: tarOf(entries), createdBy: `RUN step ${i + 1}` })),
    { config: { config: { User: "10001" } } },
  );
}

export interface MemoryStore extends BlobStore {
  /** How often each blob was opened. */
  readonly opened: Map<Digest, number>;
  /** What is stored, whatever its name says. */
  readonly blobs: Map<Digest, Buffer>;
}

/** @param stamp - makes it a store of local files, which have stamps */
export function memoryStore(image: FixtureImage, stamp?: (digest: Digest) => string | undefined): MemoryStore {
  const blobs = new Map(image.blobs);
  const opened = new Map<Digest, number>();
  const blob = (digest: Digest): Buffer => blobs.get(digest) ?? Buffer.alloc(0);
  return {
    place: "memory",
    blobs,
    opened,
    document: async ({ digest }) => blob(digest),
    async open({ digest }) {
      opened.set(digest, (opened.get(digest) ?? 0) + 1);
      return Readable.from([blob(digest)], { objectMode: false });
    },
    ...(stamp === undefined ? {} : { stamp: async (digest: Digest) => stamp(digest) }),
    close: async () => {},
  };
}

export async function openFixture(image: FixtureImage, store: BlobStore = memoryStore(image)): Promise<OpenImage> {
  return await openImageAt(store, { digest: image.manifest, mediaType: "" }, undefined);
}
