/** GnuPG's side: `gpgv`, one message and one key ring a call, and judged as apt judges its word. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Reading } from "../differential.ts";
import type { SignedCase } from "./case.ts";

/** Calls at a time. */
const PARALLEL = 3;

export async function askGpgv(cases: readonly SignedCase[]): Promise<Reading[]> {
  const folder = mkdtempSync(join(tmpdir(), "gpgv-"));
  const readings: Reading[] = [];
  let next = 0;
  const work = async (worker: number): Promise<void> => {
    for (let at = next++; at < cases.length; at = next++) {
      readings[at] = await askOnce(cases[at] as SignedCase, folder, String(worker));
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, (_, worker) => work(worker)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return readings;
}

async function askOnce({ keyring, message }: SignedCase, folder: string, name: string): Promise<Reading> {
  const [ring, file, output] = ["ring", "message", "text"].map((kind) => join(folder, `${name}.${kind}`)) as [
    string,
    string,
    string,
  ];
  writeFileSync(ring, keyring);
  writeFileSync(file, message);
  rmSync(output, { force: true });
  const { code, status } = await run([
    ...["--homedir", folder, "--status-fd", "1", "--keyring", ring],
    ...["--output", output, file],
  ]);
  const said = (word: string) => status.some((line) => line.startsWith(`[GNUPG:] ${word}`));
  // A signature of a key that is not there is passed over, and gpgv ends with 2; any other fault is one of the message.
  const missing = status.filter((line) => line.startsWith("[GNUPG:] NO_PUBKEY")).length;
  const failed = status.filter((line) => line.startsWith("[GNUPG:] ERRSIG")).length;
  const wrong = ["BADSIG", "NODATA", "UNEXPECTED", "BADARMOR", "ERROR"].find(said);
  if (wrong !== undefined || failed > missing || (code !== 0 && missing === 0)) {
    return { kind: "refused", why: wrong ?? `exit code ${code}` };
  }
  if (!said("GOODSIG") || !said("VALIDSIG")) return { kind: "refused", why: "no good signature" };
  return { kind: "value", value: comparable(readFileSync(output).toString("latin1")) };
}

function run(words: readonly string[]): Promise<{ readonly code: number | null; readonly status: readonly string[] }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; status: string[] }>();
  const child = spawn("gpgv", words, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, LC_ALL: "C" } });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", reject);
  child.on("close", (code) => resolve({ code, status: Buffer.concat(chunks).toString("latin1").split("\n") }));
  return promise;
}

/** White space at line ends is not signed, and a last line end may be missing. */
export function comparable(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(/[ \t\r]+$/, ""))
    .join("\n")
    .replace(/\n+$/, "");
}
