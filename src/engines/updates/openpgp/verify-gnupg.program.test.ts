import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readClock } from "../../../core/clock.ts";
import { readKeyring } from "./certificates.ts";
import {
  type CertificateOptions,
  certificate,
  clearsigned,
  type FixtureKey,
  fixtureKey,
  SIGNED_TEXT,
} from "./signer.fixture.ts";
import { verifyCleartext } from "./verify.ts";

const rsa = fixtureKey("rsa");
const subkey = fixtureKey("eddsa-legacy");
const stranger = fixtureKey("eddsa-legacy");
const hasGpg = spawnSync("gpg", ["--version"]).status === 0 && spawnSync("gpgv", ["--version"]).status === 0;

describe("against GnuPG", { skip: hasGpg ? false : "gpg and gpgv are not installed" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gpg-"));
  process.on("exit", () => {
    spawnSync("gpgconf", ["--homedir", folder, "--kill", "all"]);
    rmSync(folder, { recursive: true, force: true });
  });
  const gpg = (words: readonly string[], input = ""): Buffer => {
    const { status, stdout, stderr } = spawnSync(
      "gpg",
      ["--homedir", folder, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...words],
      { input },
    );
    assert.equal(status, 0, stderr.toString());
    return stdout;
  };

  for (const algorithm of ["rsa2048", "ed25519", "nistp256/ecdsa", "nistp384/ecdsa"]) {
    test(`reads what it makes: ${algorithm}`, () => {
      const owner = `${algorithm.replace("/", "-")}@example.org`;
      gpg(["--quick-gen-key", owner, algorithm, "sign", "2y"]);
      const print = gpg(["--with-colons", "--list-keys", owner])
        .toString()
        .match(/^fpr:+([0-9A-F]+):/m)?.[1] as string;
      gpg(["--quick-add-key", print, algorithm, "sign", "1y"]);
      const ring = gpg(["--export", owner]);
      const message = gpg(["--clearsign", "--local-user", owner], SIGNED_TEXT);
      const verified = verifyCleartext(message, readKeyring(ring), readClock());
      assert.ok(!("fault" in verified), JSON.stringify(verified));
      assert.equal(verified.certificate, print.toLowerCase());
      // GnuPG signs with the newest subkey.
      assert.notEqual(verified.fingerprint, verified.certificate);
      const later = verifyCleartext(message, readKeyring(ring), new Date(readClock().getTime() + 400 * 86_400_000));
      assert.match("fault" in later ? later.fault : "none", /expired/);
    });
  }

  const makes: readonly [name: string, key: FixtureKey, options: CertificateOptions][] = [
    ["rsa", rsa, {}],
    ["a revoked key", rsa, { revoked: true }],
    ["an expired key", rsa, { keyExpiresAfter: 60 }],
    ["an expired key with a newer word over itself", rsa, { keyExpiresAfter: 60, direct: true }],
    ["a key with a newer word over itself", rsa, { direct: true }],
    ["a subkey", subkey, { subkey: { key: subkey } }],
    ["a revoked subkey", subkey, { subkey: { key: subkey, revoked: true } }],
    ["a subkey without its word", subkey, { subkey: { key: subkey, back: false } }],
    ["a subkey of another", subkey, { subkey: { key: subkey, boundBy: stranger } }],
  ];
  for (const [name, key, options] of makes) {
    test(`says of what is made here what gpgv says: ${name}`, () => {
      const ring = certificate(rsa, options);
      const message = clearsigned(SIGNED_TEXT, [key]);
      writeFileSync(join(folder, "ring.gpg"), ring);
      writeFileSync(join(folder, "message"), message);
      const output = join(folder, "text");
      rmSync(output, { force: true });
      const { stdout } = spawnSync("gpgv", [
        ...["--homedir", folder, "--status-fd", "1", "--keyring", join(folder, "ring.gpg")],
        ...["--output", output, join(folder, "message")],
      ]);
      // As apt reads it: a good signature is one of a key that is neither expired nor revoked.
      const good = /^\[GNUPG:\] GOODSIG /m.test(stdout.toString());
      const verified = verifyCleartext(message, readKeyring(ring), readClock());
      assert.equal(!("fault" in verified), good, stdout.toString());
      if (good && !("fault" in verified)) {
        const same = (text: string) => text.replace(/[ \t]+$/gm, "").trimEnd();
        assert.equal(same(verified.text), same(readFileSync(output, "utf8")));
      }
    });
  }
});
