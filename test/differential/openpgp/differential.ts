/**
 * The OpenPGP verifier beside gpgv. Being accepted is what an attacker wants: whatever gpgv refuses is refused here, and
 * what both take has one text.
 */
import { readClock } from "../../../src/core/clock.ts";
import { readKeyring } from "../../../src/engines/updates/openpgp/certificates.ts";
import { verifyCleartext } from "../../../src/engines/updates/openpgp/verify.ts";
import type { Differential } from "../differential.ts";
import type { Random } from "../random.ts";
import { packCase, type SignedCase, unpackCase } from "./case.ts";
import { askGpgv, comparable } from "./gpgv.ts";
import { madeCase } from "./made-cases.ts";
import { mutated } from "./mutations.ts";
import { realCases } from "./real-keys.ts";
import { regressions } from "./regressions.ts";

export const differential: Differential = {
  reader: "openpgp",
  consumer: "gpgv",
  needs: ["gpg", "gpgv"],
  cases: { short: 150, soak: 10_000 },
  accepting: "difference",
  regressions,
  generate: (random) => packCase(generated(random)),
  consume: (cases) => askGpgv(cases.map(unpackCase)),
  read(bytes) {
    const { keyring, message } = unpackCase(bytes);
    const verified = verifyCleartext(message, readKeyring(keyring), readClock());
    return "fault" in verified
      ? { kind: "refused", why: verified.fault }
      : { kind: "value", value: comparable(Buffer.from(verified.text).toString("latin1")) };
  },
};

function generated(random: Random): SignedCase {
  const fresh = random.once(2) ? madeCase(random) : random.pick(realCases());
  return random.once(3) ? fresh : mutated(fresh, random);
}
