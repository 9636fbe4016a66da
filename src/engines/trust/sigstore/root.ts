/** Trusted roots (protos/sigstore_trustroot.proto): who may vouch for what, and when. */
import type { KeyObject } from "node:crypto";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial as LibraryMaterial, toTrustMaterial } from "@sigstore/verify";
import { valueAt } from "../../../core/untyped.ts";
import type { SigstoreRoot } from "../model.ts";
import { refusalOf, refused } from "../refusal.ts";
import type { Certificate } from "../x509/read.ts";
import { certificateOf } from "../x509/signer-certificate.ts";
import type { TrustedTimestamper } from "./timestamp.ts";

/** A transparency log whose signatures count. */
export interface TrustedLog {
  readonly root: string;
  /** By which entries name it. */
  readonly id: Buffer;
  readonly url: string;
  readonly key: KeyObject;
  /** Milliseconds since 1970, both inclusive. */
  readonly from: number;
  readonly until: number;
}

export interface UsableRoot {
  readonly name: string;
  /** For the library: certificate authorities and logs of certificates. */
  readonly library: LibraryMaterial;
  readonly authorities: readonly Certificate[];
  readonly hasCertificateLogs: boolean;
  readonly logs: readonly TrustedLog[];
  readonly timestampers: readonly TrustedTimestamper[];
}

const known = new WeakMap<SigstoreRoot, UsableRoot>();

/**
 * The root, checked: whatever vouches must say since when, so that no missing date is taken for always.
 *
 * @throws a refusal `trust.unknown-root`
 */
export function usableRoot(root: SigstoreRoot): UsableRoot {
  const usable = known.get(root) ?? readRoot(root);
  known.set(root, usable);
  return usable;
}

/** Why nothing may rest on the document, as a sentence; undefined where it is usable. */
export function rootFault(document: object): string | undefined {
  try {
    readRoot({ name: "the trusted root", document });
    return undefined;
  } catch (error) {
    return refusalOf(error, "trust.unknown-root").reason;
  }
}

function readRoot({ name, document }: SigstoreRoot): UsableRoot {
  const fault = (cause: string) => refused("trust.unknown-root", `the trusted root ${name} ${cause}`);
  const parts = ["certificateAuthorities", "tlogs", "ctlogs", "timestampAuthorities"] as const;
  for (const part of parts) {
    const entries = valueAt(document, [part]) ?? [];
    if (!Array.isArray(entries)) throw fault(`has no list of ${part}`);
    for (const [i, entry] of entries.entries()) {
      const start = valueAt(entry, part.endsWith("logs") ? ["publicKey", "validFor", "start"] : ["validFor", "start"]);
      if (typeof start !== "string") throw fault(`does not say from when ${part}[${i}] is valid`);
      if (Number.isNaN(Date.parse(start))) throw fault(`has a start of ${part}[${i}] that is not a date`);
    }
  }
  let library: LibraryMaterial;
  let read: TrustedRoot;
  try {
    read = TrustedRoot.fromJSON(document);
    library = toTrustMaterial(read, {});
  } catch (error) {
    throw fault(`cannot be read: ${refusalOf(error, "trust.unknown-root").reason}`);
  }
  if ([read.certificateAuthorities, read.tlogs, read.timestampAuthorities].every(({ length }) => length === 0)) {
    throw fault("is empty");
  }
  return {
    name,
    library,
    authorities: read.certificateAuthorities.flatMap(({ certChain }) => chainOf(certChain, name)),
    hasCertificateLogs: library.ctlogs.length > 0,
    logs: library.tlogs.map((log) => ({
      root: name,
      id: log.logID,
      url: log.baseURL,
      key: log.publicKey,
      from: log.validFor.start.getTime(),
      until: log.validFor.end.getTime(),
    })),
    timestampers: read.timestampAuthorities.map(({ uri, certChain }, i) => {
      const { start, end } = library.timestampAuthorities[i]?.validFor ?? {};
      const certificates = (certChain?.certificates ?? []).map(({ rawBytes }) => rawBytes);
      const [signer] = chainOf(certChain, name);
      if (signer === undefined || start === undefined || end === undefined) {
        throw fault("has an empty timestamp authority");
      }
      return {
        authority: { name: uri === "" ? name : uri, purpose: "timestamping", certificates },
        signer,
        from: start.getTime(),
        until: end.getTime(),
      };
    }),
  };
}

function chainOf(chain: { certificates: { rawBytes: Buffer }[] } | undefined, name: string): Certificate[] {
  return (chain?.certificates ?? []).map(({ rawBytes }, i) =>
    certificateOf(rawBytes, `certificate ${i + 1} of an authority of the trusted root ${name}`),
  );
}
