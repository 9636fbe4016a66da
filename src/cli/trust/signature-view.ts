/** Signatures as texts: how each is kept, who made it, and when. */
import { isAbsolute, relative } from "node:path";
import { counted } from "../../core/counted.ts";
import type { SignatureForm, SignaturePlace, SignedTime, Signer } from "../../engines/trust/model.ts";
import type { SignerView, TimeView } from "../../report/trust/verify-view.ts";

export const formNames: Readonly<Record<SignatureForm, string>> = {
  "cosign-sig": "cosign .sig",
  "cosign-att": "cosign .att",
  "cosign-referrer": "cosign referrer",
  "bundle-attestation": "bundle attestation",
  "bundle-signature": "bundle signature",
  "notation-jws": "notation JWS",
  "notation-cose": "notation COSE",
};

export function placeText({ by, name, manifest }: SignaturePlace): string {
  switch (by) {
    case "tag":
      return `tag ${name}`;
    case "referrers":
      return `referrer ${manifest ?? name}`;
    case "referrers-tag":
      return `referrer ${manifest ?? name} by tag`;
    case "file":
      return `file ${name}`;
  }
}

export function signerView(signer: Signer): SignerView {
  switch (signer.kind) {
    case "identity": {
      const { kind, identity, issuer, root } = signer;
      return { kind, identity, issuer, root: shownFile(root) };
    }
    case "key": {
      const { kind, name, fingerprint } = signer;
      return { kind, name: shownFile(name), fingerprint };
    }
    case "certificate": {
      const { kind, subject, authority, fingerprint } = signer;
      return { kind, subject, authority: shownFile(authority), fingerprint };
    }
  }
}

const TIMES: Readonly<Record<SignedTime["by"], string>> = {
  log: "log entry",
  "timestamp-authority": "timestamp authority",
  "signing-authority": "signing authority",
};

export function timeView({ by, at, detail }: SignedTime): TimeView {
  return { by: TIMES[by], at, ...(detail === undefined ? {} : { detail }) };
}

export function timeText({ by, at, detail }: SignedTime): string {
  return `${at} by ${TIMES[by]}${detail === undefined ? "" : ` ${detail}`}`;
}

const DAY = 24 * 60 * 60 * 1000;

/** `today`, `3 days ago`; a time that is to come is said to be. */
export function agoText(at: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(at)) / DAY);
  if (Number.isNaN(days)) return "at an unreadable time";
  if (days < 0) return "in the future";
  return days === 0 ? "today" : `${counted(days, "day")} ago`;
}

/** A file of a policy, which goes by its absolute path, from the working directory on where it is below that. */
export function shownFile(file: string): string {
  if (!isAbsolute(file)) return file;
  const near = relative(process.cwd(), file);
  return near === "" || near.startsWith("..") ? file : near;
}
