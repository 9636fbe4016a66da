/** PEM (RFC 7468): text with binary blocks in it. What stands between the blocks explains them and is not looked at. */
import { decodeBase64 } from "../base64.ts";

export interface PemBlock {
  /** `PUBLIC KEY`, `CERTIFICATE`. */
  readonly label: string;
  readonly der: Uint8Array;
}

export type PemBlocks = { readonly blocks: readonly PemBlock[] } | { readonly fault: string };

const BEGIN = "-----BEGIN ";
const DASHES = "-----";
/** The registered ones have at most 25 characters. */
const LABEL_LENGTH = 64;

/** Every block of a text, in order; or why one of them is none, as a sentence about the text. */
export function readPem(text: string): PemBlocks {
  const blocks: PemBlock[] = [];
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at)) {
    const start = at + BEGIN.length;
    const labelEnd = text.indexOf(DASHES, start);
    const label = text.slice(start, labelEnd);
    if (labelEnd < 0 || label.length > LABEL_LENGTH || !/^[A-Z0-9 ]*$/.test(label))
      return { fault: "invalid PEM header" };
    const end = `-----END ${label}-----`;
    const bodyEnd = text.indexOf(end, labelEnd);
    if (bodyEnd < 0) return { fault: `PEM block ${label} without an end` };
    const base64 = text.slice(labelEnd + DASHES.length, bodyEnd).replace(/[ \t\r\n]+/g, "");
    const der = decodeBase64(base64);
    // Headers of old encrypted keys (RFC 1421) are none of base64 either.
    if (der === undefined || der.length === 0) {
      return { fault: `PEM block ${label} with invalid base64` };
    }
    blocks.push({ label, der });
    at = bodyEnd + end.length;
  }
  return { blocks };
}
