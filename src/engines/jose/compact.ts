/** JSON Web Tokens in compact form (RFC 7515, section 7.1; RFC 7519): taken apart, not verified. */
import { parseJson } from "../../core/parse-json.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";

export interface CompactToken {
  readonly header: Untyped;
  readonly claims: Untyped;
  /** What the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Undefined where it is none: three parts in base64url, the first two of them JSON objects in UTF-8. */
export function parseCompact(text: string): CompactToken | undefined {
  if (text.length > bounds.tokenCharacters) return undefined;
  const [head, body, mark, ...more] = text.split(".");
  if (head === undefined || body === undefined || mark === undefined || more.length > 0) return undefined;
  const header = objectOf(head);
  const claims = objectOf(body);
  const signature = bytesOf(mark);
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  return { header, claims, signed: Buffer.from(`${head}.${body}`, "ascii"), signature };
}

/** Whether a password is meant as one: no look-up of a password is begun for it. */
export function looksCompact(text: string): boolean {
  return /^eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text);
}

function objectOf(part: string): Untyped | undefined {
  const bytes = bytesOf(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(value) && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without padding, and in the one form that the bytes have: two texts never mean the same token. */
function bytesOf(part: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(part)) return undefined;
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : undefined;
}
