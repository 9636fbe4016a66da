import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * A self-signed RSA certificate for 127.0.0.1; undefined where there is no openssl to make it. It is valid from the kernel's now on, and
 * long: for programs that keep that clock, and for those whose clock a test's run has moved.
 */
export function selfSigned(): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-certificate-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=bulkhead test", "-addext", "subjectAltName=IP:127.0.0.1"];
    const made = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "36500"];
    execFileSync("openssl", ["req", "-x509", ...made, ...subject], {
      stdio: "ignore",
      env: { PATH: process.env.PATH },
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
