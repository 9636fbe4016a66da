/** The event that `runtime prove` makes: a program of a name that nobody else has is executed, and reads the hashes of passwords. */
import { randomBytes } from "node:crypto";

/** 128 random bits: nobody foresees them. */
export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

/** What the program is called. */
export function proofProgram(nonce: string): string {
  return `bulkhead-proof-${nonce}`;
}

/** What every rule set has a rule about, and who reads it harms nothing. */
export const PROOF_FILE = "/etc/shadow";

/**
 * The same for a shell of a container or pod, where its image has one: a copy of `cat` in the writable layer, which is no file
 * of the image, is executed on the file; then `cat` itself, which names the copy. What is read goes nowhere.
 */
export function proofScript(nonce: string): string {
  const program = proofProgram(nonce);
  return [
    'c="$(command -v cat)"',
    "for d in /tmp /var/tmp /dev/shm /; do",
    `p="\${d%/}/${program}"`,
    'cp "$c" "$p" 2>/dev/null && break',
    "done",
    `"$p" ${PROOF_FILE} "$p" >/dev/null 2>&1`,
    `cat ${PROOF_FILE} "$p" >/dev/null 2>&1`,
    'rm -f "$p"',
    "exit 0",
  ].join("\n");
}
