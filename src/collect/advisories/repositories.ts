/** Copies of rpm repositories in folders, verified as they would be when they are fetched. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem, usageProblem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds as updatesBounds } from "../../engines/updates/bounds.ts";
import { certificatesFor, type KeyFile } from "../../engines/updates/keys.ts";
import { verifyDetached } from "../../engines/updates/openpgp/verify.ts";
import { readRepomd } from "../../engines/updates/rpm/repomd.ts";
import { hasDigest } from "../../engines/updates/suite-cache.ts";
import { updateinfoDocument, type VendorDocument } from "../../engines/vulnerability/database/vendor-document.ts";
import { splitEcosystem } from "../../engines/vulnerability/ecosystems.ts";
import { REPOMD, type RepositoryPath } from "./repository-path.ts";

export interface FolderRepository {
  readonly document: VendorDocument;
  /** Hex fingerprint of the key that signed it; absent where no key was named. */
  readonly signedBy?: string;
}

/**
 * Its advisories. repomd.xml names them by digest; where keys are named it has to be signed by one of them.
 *
 * @throws Problem `updates.signature`, `updates.digest`, `updates.release`, `updates.missing`
 */
export function readFolderRepository(
  { path, ecosystem }: RepositoryPath,
  keyring: readonly KeyFile[],
  now: Date,
): FolderRepository {
  const place = join(path, REPOMD);
  const bytes = read(place, updatesBounds.suiteReleaseBytes);
  const signedBy = keyring.length === 0 ? undefined : signerOf(bytes, place, keyring, now);
  const { files, date } = readRepomd(bytes, place);
  const origin = {
    name: ecosystem ?? path,
    ...(ecosystem === undefined ? {} : { scope: splitEcosystem(ecosystem) }),
    asOf: new Date(Math.min(date.getTime(), now.getTime())).toISOString(),
  };
  const file = files.get("updateinfo");
  if (file === undefined) {
    throw refused(place, "updates.missing", "the repository has no updateinfo.xml, so no advisories");
  }
  const packed = read(join(path, file.location), updatesBounds.suiteIndexBytes);
  if (!hasDigest(packed, file.digest)) {
    throw refused(join(path, file.location), "updates.digest", "not what repomd.xml names: its digest is another");
  }
  return {
    document: updateinfoDocument(file.location, packed, origin),
    ...(signedBy === undefined ? {} : { signedBy }),
  };
}

function signerOf(bytes: Buffer, place: string, keyring: readonly KeyFile[], now: Date): string {
  const signature = `${place}.asc`;
  if (!existsSync(signature)) throw refused(place, "updates.signature", "it is not signed");
  const certificates = certificatesFor({ caller: keyring, machine: [], image: [] }, undefined).flatMap(
    (ring) => ring.certificates,
  );
  const signer = verifyDetached(bytes, read(signature, updatesBounds.smallFileBytes), certificates, now);
  if ("fault" in signer) throw refused(place, "updates.signature", `it ${signer.fault}`);
  return signer.fingerprint;
}

function read(path: string, limit: number): Buffer {
  try {
    if (statSync(path).size > limit) throw usageProblem(path, `larger than ${limit} bytes`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw usageProblem(path, systemCause(error));
  }
}

function refused(place: string, code: string, cause: string): Problem {
  return new Problem({ kind: "input", code, place, cause });
}
