/** What the tests are made of is what Sigstore's own library takes; and where it leaves something open, that is closed here. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { foundBundle, madeBundle, only, sigstore } from "../made-signatures.fixture.ts";
import { refusal, verified } from "../verdicts.fixture.ts";
import { extendedKeyUsage, keyUsage } from "../x509/made-certificates.fixture.ts";
import {
  alternativeName,
  IDENTITY,
  ISSUER,
  madeIdentity,
  madeRoot,
  nameOf,
  rootDocument,
  utf8Claim,
} from "./made-sigstore.fixture.ts";

type Bundle = ReturnType<typeof madeBundle>;

function takenByLibrary(bundle: Bundle, document: object = rootDocument(sigstore)): void {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(document), {}));
  verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(JSON.stringify(bundle)))));
}

describe("the library", () => {
  test("verifies the bundles of these tests, of every kind of entry that it knows", () => {
    for (const entry of ["hashedrekord 0.0.2", "dsse 0.0.2", "dsse 0.0.1", "intoto 0.0.2"] as const) {
      const bundle = madeBundle({ entry });
      takenByLibrary(bundle);
      verified(foundBundle(bundle));
    }
    const older = madeBundle({ entry: "intoto 0.0.1" });
    assert.throws(() => takenByLibrary(older), /unsupported intoto version/);
    verified(foundBundle(older));
  });

  test("takes what is refused here", () => {
    const server = [keyUsage(["digitalSignature"]), extendedKeyUsage(["1.3.6.1.5.5.7.3.1"])];
    const extensions = [...server, alternativeName(nameOf(IDENTITY)), utf8Claim(8, ISSUER)];
    const certificate = madeIdentity(sigstore, { extensions });
    const forServers = madeBundle({ signing: { kind: "identity", certificate } });
    takenByLibrary(forServers);
    assert.match(refusal(foundBundle(forServers)), /^signer: trust.certificate: .*is not for code signing/);

    const names = [nameOf(IDENTITY), nameOf("other@example.com")];
    const two = madeBundle({ signing: { kind: "identity", certificate: madeIdentity(sigstore, { names }) } });
    takenByLibrary(two);
    assert.match(refusal(foundBundle(two)), /has 2 subject alternative names$/);

    const bundle = madeBundle();
    const unset = rootDocument(sigstore).tlogs.map(({ publicKey: { validFor: _, ...publicKey }, ...log }) => ({
      ...log,
      publicKey,
    }));
    takenByLibrary(bundle, rootDocument(sigstore, { tlogs: unset }));
    assert.match(
      refusal(foundBundle(bundle), only({ roots: [madeRoot(sigstore, { tlogs: unset })] })),
      /does not say from when tlogs\[0\] is valid$/,
    );

    const spaced = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: `${bundle.dsseEnvelope.payload}\n` } };
    takenByLibrary(spaced);
    assert.match(refusal(foundBundle(spaced)), /^form: trust.form: dsseEnvelope.payload is not base64$/);

    const [entry] = bundle.verificationMaterial.tlogEntries;
    const moved = {
      ...bundle.verificationMaterial,
      tlogEntries: [{ ...entry, logIndex: "6" } as NonNullable<typeof entry>],
    };
    takenByLibrary({ ...bundle, verificationMaterial: moved });
    assert.match(
      refusal(foundBundle({ ...bundle, verificationMaterial: moved })),
      /names another index than its proof$/,
    );
  });
});
