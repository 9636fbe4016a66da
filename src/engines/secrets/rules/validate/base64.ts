import { parseJson } from "../../../../core/parse-json.ts";
import type { SecretValidity } from "../../rule.ts";

const form = /^[A-Za-z0-9+/_-]*={0,2}$/;
const maxLength = 32_768;

/** The bytes of a base64 or base64url text (RFC 4648), padded or not; undefined where it is neither, or over 32 KiB. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length === 0 || text.length > maxLength || !form.test(text)) return undefined;
  const digits = text.replace(/={1,2}$/, "").length;
  if (digits % 4 === 1) return undefined;
  return Buffer.from(text, "base64");
}

/** The object that a base64 text holds as JSON. */
export function decodeBase64Json(text: string): Record<string, unknown> | undefined {
  const bytes = decodeBase64(text);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = parseJson(bytes.toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** `user:password` of Basic authentication (RFC 7617): printable, with neither part empty. */
export function basicCredentials(text: string): { readonly user: string; readonly password: string } | undefined {
  const decoded = decodeBase64(text)?.toString("utf8");
  if (decoded === undefined) return undefined;
  const colon = decoded.indexOf(":");
  if (colon < 1 || colon === decoded.length - 1) return undefined;
  for (const character of decoded) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f || code === 0xfffd) return undefined;
  }
  return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

export function basicValidity(text: string): SecretValidity {
  return basicCredentials(text) === undefined ? "invalid" : "valid";
}
