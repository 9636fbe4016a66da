/** PEM (RFC 7468) of certificates and public keys, as documents and annotations carry them. */
import { decodeBase64 } from "./base64.ts";

const BLOCK = /^-----BEGIN ([A-Z0-9 ]{1,64})-----\n([A-Za-z0-9+/=\n]+)\n-----END \1-----(?:\n|$)/;
/** What begins a certificate or a public key (SubjectPublicKeyInfo). */
export type PemLabel = "CERTIFICATE" | "PUBLIC KEY";

/**
 * The DER of each block, in order. Between blocks nothing but empty lines is taken: text beside them is nobody's.
 *
 * @returns undefined where the text is not PEM of this label alone
 */
export function readPem(text: string, label: PemLabel, most: number): Buffer[] | undefined {
  const blocks: Buffer[] = [];
  let rest = text.replaceAll("\r\n", "\n").replace(/^\n+/, "");
  while (rest !== "") {
    const [whole, found, body = ""] = BLOCK.exec(rest) ?? [];
    if (whole === undefined || found !== label || blocks.length === most) return undefined;
    const der = decodeBase64(body.replaceAll("\n", ""));
    if (der === undefined) return undefined;
    blocks.push(der);
    rest = rest.slice(whole.length).replace(/^\n+/, "");
  }
  return blocks.length === 0 ? undefined : blocks;
}
