/**
 * Whose word Red Hat's VEX files are: beside the archive, and beside each file, stands `.asc`, a detached OpenPGP signature (CSAF 2.0,
 * section 7.1.19, by the keys that the publisher's `provider-metadata.json` names). It is asked for where a key is given, and
 * from then on: updates that give none go by the key that verified the last archive.
 */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { certificatesFor, type KeyFile } from "../../engines/updates/keys.ts";
import type { Certificate } from "../../engines/updates/openpgp/certificates.ts";
import { type Signer, UNTRUSTED, verifyDetached, verifyDetachedStream } from "../../engines/updates/openpgp/verify.ts";
import { bounds } from "../../engines/vulnerability/bounds.ts";
import { type FeedClient, getDocument } from "../../engines/vulnerability/feeds/http.ts";

/** Keys that the files have to be signed by one of. */
export interface SigningKeys {
  readonly files: readonly KeyFile[];
  readonly certificates: readonly Certificate[];
  readonly now: Date;
}

const KEPT = "keyring.json";
/** A slice of a large file. */
const CHUNK = 1024 * 1024;

/** Those given, else those that were kept; undefined where there are neither. @throws Problem where none can be read */
export function signingKeys(given: readonly KeyFile[], folder: string, now: Date): SigningKeys | undefined {
  const files = given.length > 0 ? given : keptKeys(folder);
  if (files === undefined) return undefined;
  const certificates = certificatesFor({ caller: files, machine: [], image: [] }, undefined).flatMap(
    (ring) => ring.certificates,
  );
  if (certificates.length > 0) return { files, certificates, now };
  throw new Problem({
    kind: "input",
    code: "updates.signature",
    place: files.map(({ path }) => path).join(", ") || join(folder, KEPT),
    cause: "no OpenPGP key can be read in it",
    remedy: "give Red Hat Product Security's public key with --keyring",
  });
}

/** Once they verified an archive. */
export function keepKeys({ files }: SigningKeys, folder: string): void {
  const keys = files.map(({ bytes }) => bytes.toString("base64"));
  writeWhole(join(folder, KEPT), JSON.stringify({ keys }), { mode: 0o600 });
}

/** One that cannot be read is no key, and not no wish for one. */
function keptKeys(folder: string): readonly KeyFile[] | undefined {
  const path = join(folder, KEPT);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const parsed: unknown = parseJson(text);
    const keys = isObject(parsed) && Array.isArray(parsed.keys) ? (parsed.keys as unknown[]) : [];
    return keys.map((key) => ({ path, bytes: Buffer.from(String(key), "base64") }));
  } catch {
    return [];
  }
}

/** @throws Problem where there is none */
export async function fetchSignature(url: URL, client: FeedClient): Promise<Buffer> {
  const { status, body } = await getDocument(client, signatureUrl(url), {}, bounds.smallFileBytes);
  if (status !== 200) throw refused(url, "it is not signed: there is no .asc beside it, and a key was given");
  return body;
}

/** What was read of a large file, once: its SHA-256 in hex, and who signed it or why that does not count. */
export interface Read {
  readonly sha256: string;
  readonly signer?: Signer | { readonly fault: string };
}

export async function readSigned(
  path: string,
  signature: Buffer | undefined,
  keys: SigningKeys | undefined,
): Promise<Read> {
  const hash = createHash("sha256");
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  }
  if (signature !== undefined && keys !== undefined) {
    const signer = await verifyDetachedStream(chunks(), signature, keys.certificates, keys.now);
    return { sha256: hash.digest("hex"), signer };
  }
  for await (const _ of chunks());
  return { sha256: hash.digest("hex") };
}

/** Why a small file is not one of the keys' word; undefined where it is. */
export function faultOf(bytes: Buffer, signature: Buffer, { certificates, now }: SigningKeys): string | undefined {
  const signer = verifyDetached(bytes, signature, certificates, now);
  return "fault" in signer ? signer.fault : undefined;
}

/** Whether the file may be good for all that: it is signed, by a key that was not given. */
export function isForeign(fault: string): boolean {
  return fault.startsWith(UNTRUSTED);
}

export function refused(url: URL, cause: string): Problem {
  return new Problem({
    kind: "unavailable",
    code: "updates.signature",
    place: url.href,
    cause,
    remedy: "nothing of it is taken: check the server, and that --keyring has Red Hat Product Security's key",
  });
}

function signatureUrl(url: URL): URL {
  return new URL(`${url.href}.asc`);
}
