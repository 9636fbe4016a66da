import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { isThere, writeNew } from "../../engines/files/write.ts";
import { generateSigningKey } from "../../engines/trust/signing/key.ts";
import { passwordIn } from "./signing-options.ts";

/** `bulkhead generate-key [PREFIX]`: a pair that cosign reads, too. */
export function generateKey(prefix: string, { passwordFile }: { readonly passwordFile?: string }): ExitCode {
  const { COSIGN_PASSWORD: fromEnvironment } = process.env;
  const password =
    passwordFile === undefined
      ? fromEnvironment === undefined
        ? undefined
        : Buffer.from(fromEnvironment)
      : passwordIn(passwordFile);
  if (password === undefined || password.length === 0) {
    const remedy = "set COSIGN_PASSWORD, or use --password-file FILE";
    throw new Problem({ kind: "usage", code: "signing.password", place: prefix, cause: "no password given", remedy });
  }
  const [privateFile, publicFile] = [`${prefix}.key`, `${prefix}.pub`];
  for (const file of [privateFile, publicFile]) {
    if (!isThere(file)) continue;
    throw new Problem({ kind: "usage", code: "files.exists", place: file, cause: "file already exists" });
  }
  const { privatePem, publicPem, fingerprint } = generateSigningKey(password);
  writeNew(privateFile, privatePem, { mode: 0o600 });
  writeNew(publicFile, publicPem);
  const lines = [`${privateFile}: private key, encrypted`, `${publicFile}: public key ${fingerprint}`];
  process.stdout.write(`${lines.map(printable).join("\n")}\n`);
  return 0;
}
