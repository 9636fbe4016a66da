/** Files of whoever receives audit events. */
import { readFileSync } from "node:fs";
import { asProblem, usageProblem } from "../../core/problem.ts";
import type { ServerCertificate } from "../../net/server-model.ts";

interface CertificateFiles {
  readonly certificate?: string;
  readonly key?: string;
}

/** @throws Problem where one is named without the other, or cannot be read */
export function auditCertificate({ certificate, key }: CertificateFiles): ServerCertificate | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw usageProblem("--certificate", "a certificate needs its key", "give both --certificate and --key");
  }
  return { certificate: fileText(certificate), key: fileText(key) };
}

/** One a line, so that an old and a new one hold while they are exchanged. */
export function auditTokens(file: string): readonly string[] {
  const tokens = fileText(file)
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  if (tokens.length === 0) throw usageProblem(file, "no token in the file");
  return tokens;
}

/** @throws Problem where it cannot be read */
export function fileText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw asProblem(error, file);
  }
}
