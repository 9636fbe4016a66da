/** The cleartext signature framework: RFC 9580, section 7. */

import { bounds } from "../../../core/bounds.ts";
import { dearmor } from "./armor.ts";
import { readPackets, SIGNATURE } from "./packets.ts";
import { readSignature, type Signature } from "./signature.ts";

export interface Cleartext {
  /** What the signatures are over, line ends as LF and with a last one: nothing else of the file is signed. */
  readonly text: string;
  /** The same as it is hashed. */
  readonly signed: Buffer;
  readonly signatures: readonly Signature[];
}

/** The message, or why it is none as the end of a sentence about the file. */
export function readCleartext(bytes: Buffer): Cleartext | { readonly fault: string } {
  // One character a byte: what is hashed must be the bytes, whatever they mean.
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .map((line) => line.replace(/\r$/, ""));
  if (lines[0]?.trimEnd() !== "-----BEGIN PGP SIGNED MESSAGE-----") return { fault: "is no signed message" };
  let start = 1;
  while (lines[start] !== undefined && lines[start] !== "") {
    if (!/^Hash: [A-Za-z0-9, -]{1,80}$/.test(lines[start] as string)) return { fault: "has a header other than Hash" };
    start++;
  }
  const end = lines.indexOf("-----BEGIN PGP SIGNATURE-----", start);
  if (end < 0) return { fault: "has no signature" };
  const text: string[] = [];
  for (const line of lines.slice(start + 1, end)) {
    if (line.startsWith("-") && !line.startsWith("- ")) return { fault: "has a line whose dash is not escaped" };
    text.push(trimmedEnd(line.startsWith("- ") ? line.slice(2) : line));
  }
  const last = lines.indexOf("-----END PGP SIGNATURE-----", end);
  if (last < 0 || lines.slice(last + 1).some((line) => line.trim() !== "")) {
    return { fault: "does not end with its signature" };
  }
  const signatures = dearmor(lines.slice(end, last + 1).join("\n"), "PGP SIGNATURE")
    .flatMap(readPackets)
    .filter(({ tag }) => tag === SIGNATURE)
    .slice(0, bounds.openpgpSignatures)
    .flatMap(({ body }) => readSignature(body) ?? []);
  return {
    text: Buffer.from(`${text.join("\n")}\n`, "latin1").toString("utf8"),
    signed: Buffer.from(text.join("\r\n"), "latin1"),
    signatures,
  };
}

/** Spaces and tabs at the end of a line are not signed. Without an expression: a line may be megabytes of spaces. */
function trimmedEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
  return line.slice(0, end);
}
