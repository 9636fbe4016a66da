/** Maven's metadata (maven.apache.org/repositories/metadata.html): which versions there are. Nothing says when each came. */
import { bounds } from "./bounds.ts";
import type { RegistryDocument } from "./document.ts";
import { broken, recordOf } from "./fields.ts";

/** @throws Problem `packages.answer` */
export function readMavenMetadata(bytes: Buffer, name: string, place: string): RegistryDocument {
  if (bytes.length > bounds.documentBytes) throw broken(place, `larger than ${bounds.documentBytes} bytes`);
  const text = bytes.toString("utf8");
  const start = text.indexOf("<versions>");
  const end = text.indexOf("</versions>", start);
  if (start < 0 || end < 0) throw broken(place, "no repository metadata: versions are missing");
  const found = [...text.slice(start, end).matchAll(/<version>([^<]{1,200})<\/version>/g)].map(([, version = ""]) =>
    version.trim(),
  );
  if (found.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} versions`);
  return {
    type: "maven",
    name,
    versions: recordOf(found.map((version) => [version, {}])),
    allVersions: true,
    notServed: ["published", "deprecated", "yanked", "license", "scripts", "hashes", "attestations", "signatures"],
  };
}
