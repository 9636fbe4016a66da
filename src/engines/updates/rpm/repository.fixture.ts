/** A repository of rpm made in code: its files by their paths, with or without a signature. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { armored, type FixtureKey, packet, signatureBody } from "../openpgp/signer.fixture.ts";

/** @param contents - `primary`, `updateinfo`, `modules` → its content @param time - seconds since 1970 */
export function repositoryFiles(
  contents: Readonly<Record<string, string>>,
  time: number,
  key?: FixtureKey,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const entries = Object.entries(contents).map(([type, content]) => {
    const packed = gzipSync(content);
    const digest = createHash("sha256").update(packed).digest("hex");
    const location = `repodata/${digest}-${type}.xml.gz`;
    files.set(location, packed);
    return `<data type="${type}"><checksum type="sha256">${digest}</checksum><location href="${location}"/><timestamp>${time}</timestamp><size>${packed.length}</size></data>`;
  });
  const repomd = Buffer.from(
    `<?xml version="1.0"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>${time}</revision>${entries.join("")}</repomd>\n`,
  );
  files.set("repodata/repomd.xml", repomd);
  if (key !== undefined) files.set("repodata/repomd.xml.asc", detached(repomd, key));
  return files;
}

/** A signature over the bytes as they are, armored. */
export function detached(bytes: Buffer, key: FixtureKey, type = 0x00): Buffer {
  return Buffer.from(armored("PGP SIGNATURE", packet(2, signatureBody(key, bytes, { type }))));
}
