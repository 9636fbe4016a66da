/** A file of certificate authorities that the user names. */
import { readFileSync } from "node:fs";

/** The file's text in PEM, or why it is none as a sentence about it. */
export function readAuthorities(path: string): { readonly pem: string } | { readonly fault: string } {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    return { fault: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})` };
  }
  return pem.includes("-----BEGIN CERTIFICATE-----") ? { pem } : { fault: "it holds no certificate in PEM form" };
}
