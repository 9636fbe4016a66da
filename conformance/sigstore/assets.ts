/** The bundles of sigstore-conformance with what lies beside each: out of the public data's archive, or of a checkout. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { SigstoreRoot } from "../../src/engines/trust/model.ts";
import { unpackZstd } from "../images/unpack.ts";

const FOLDER = "sigstore";
export const ARCHIVE = join(FOLDER, "sigstore-conformance-assets.tar.zst");
const ROOT = "trusted_root.json";
const BUNDLE = /(?:^|\/)bundle-verify\/([^/]+)\/bundle\.sigstore\.json$/;

export interface Asset {
  /** Ends in `_fail` where it must be refused. */
  readonly name: string;
  readonly bundle: Buffer;
  readonly artifact: Buffer;
  /** The bundle's own, or the public instance's. */
  readonly root: SigstoreRoot;
  /** PEM. */
  readonly key?: string;
  /** Where they are not those of all the others. */
  readonly identity?: string;
  readonly issuer?: string;
}

/** @param data - the folder of public data, or one with a checkout and the public instance's `trusted_root.json` */
export function assetsOf(data: string): readonly Asset[] {
  const archive = join(data, ARCHIVE);
  const isArchive = existsSync(archive);
  const files = isArchive ? unpackZstd(archive) : filesUnder(data);
  const publicRoot = readFileSync(join(data, isArchive ? FOLDER : ".", ROOT), "utf8");
  const publicGood = { name: "public-good", document: JSON.parse(publicRoot) as object };
  const assets: Asset[] = [];
  for (const path of [...files.keys()].sort()) {
    const [, name] = BUNDLE.exec(path) ?? [];
    const bundle = files.get(path);
    if (name === undefined || bundle === undefined) continue;
    const folder = path.slice(0, path.lastIndexOf("/"));
    const beside = (file: string) => files.get(`${folder}/${file}`);
    const text = (file: string) => beside(file)?.toString("utf8").trim();
    const artifact = beside("artifact") ?? files.get(`${folder.slice(0, folder.lastIndexOf("/"))}/a.txt`);
    if (artifact === undefined) throw new Error(`${folder} has no artifact`);
    const own = text(ROOT);
    const [key, identity, issuer] = [beside("key.pub")?.toString("utf8"), text("identity"), text("issuer")];
    assets.push({
      name,
      bundle,
      artifact,
      root: own === undefined ? publicGood : { name: ROOT, document: JSON.parse(own) as object },
      ...(key === undefined ? {} : { key }),
      ...(identity === undefined ? {} : { identity }),
      ...(issuer === undefined ? {} : { issuer }),
    });
  }
  return assets;
}

function filesUnder(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path).split(sep).join("/"), readFileSync(path)];
    }),
  );
}
