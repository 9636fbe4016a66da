/** Key rings and messages that GnuPG itself makes, once a run: what mutations begin with. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignedCase } from "./case.ts";

const ALGORITHMS = ["rsa2048", "ed25519", "nistp256/ecdsa", "nistp384/ecdsa"];
const TEXT = "Suite: stable\nDate: Mon, 01 Jan 2024 00:00:00 UTC\n- a dash\ntrailing  \t\n\nä\n";

let made: readonly SignedCase[] | undefined;

/** By a primary key, by a subkey, and by keys that expired or were revoked since; of each algorithm. */
export function realCases(): readonly SignedCase[] {
  made ??= make();
  return made;
}

function make(): SignedCase[] {
  const home = mkdtempSync(join(tmpdir(), "gpg-"));
  const gpg = (words: readonly string[], input = ""): Buffer => {
    const { status, stdout, stderr } = spawnSync(
      "gpg",
      ["--homedir", home, "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...words],
      { input },
    );
    if (status !== 0) throw new Error(`gpg ${words.join(" ")}: ${stderr}`);
    return stdout;
  };
  try {
    return ALGORITHMS.flatMap((algorithm) => {
      const owner = `${algorithm.replace("/", "-")}@example.org`;
      gpg(["--quick-gen-key", owner, algorithm, "sign", "2y"]);
      const [, print] = /^fpr:+([0-9A-F]+):/m.exec(gpg(["--with-colons", "--list-keys", owner]).toString()) ?? [];
      const sign = () => gpg(["--clearsign", "--local-user", owner], TEXT);
      const byPrimary = sign();
      const ring = gpg(["--export", owner]);
      gpg(["--quick-add-key", print as string, algorithm, "sign", "1y"]);
      const bySubkey = sign();
      const withSubkey = gpg(["--export", owner]);
      gpg(["--quick-set-expire", print as string, "seconds=1"]);
      const expiring = gpg(["--export", owner]);
      gpg(["--quick-set-expire", print as string, "1y"]);
      const renewed = gpg(["--export", owner]);
      return [
        { keyring: ring, message: byPrimary },
        { keyring: withSubkey, message: bySubkey },
        { keyring: withSubkey, message: byPrimary },
        { keyring: renewed, message: bySubkey },
        { keyring: expiring, message: bySubkey },
      ];
    });
  } finally {
    spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(home, { recursive: true, force: true });
  }
}
