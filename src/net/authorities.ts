/** A file of certificate authorities that the user names. */

import { readFileSync } from "node:fs";
import { systemCause } from "../core/system-cause.ts";

/** The file's text in PEM, or why it is none as a sentence about it. */
export function readAuthorities(path: string): { readonly pem: string } | { readonly fault: string } {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    return { fault: systemCause(error) };
  }
  return pem.includes("-----BEGIN CERTIFICATE-----") ? { pem } : { fault: "it holds no certificate in PEM form" };
}
