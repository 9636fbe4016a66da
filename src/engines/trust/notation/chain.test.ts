import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  authorityExtensions,
  basicConstraints,
  CODE_SIGNING,
  ecKeys,
  extendedKeyUsage,
  extension,
  keyUsage,
  type Made,
  madeCertificate,
  rsaKeys,
  TIME_STAMPING,
} from "../x509/made-certificates.fixture.ts";
import { formats, intermediate, root, signer, strangerRoot } from "./made-envelopes.fixture.ts";
import { outcome, shopOf, verified } from "./outcome.fixture.ts";

for (const format of formats) {
  suite(`in ${format}`, () => {
    test("chains that lead to nobody who is trusted, or are none", () => {
      const stranger = madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer: strangerRoot });
      const cases: readonly (readonly [readonly Made[], RegExp])[] = [
        [
          [stranger, strangerRoot],
          /^signer: trust.unknown-root: no authority that is trusted for signing has CN=root,O=Shop$/,
        ],
        // The names fit; the keys do not.
        [
          [stranger, root],
          /^signer: trust.certificate: certificate 1 \(CN=release,O=Shop\) is not signed by its issuer's key$/,
        ],
        [[signer, root], /^signer: trust.certificate: certificate 1 \(CN=release,O=Shop\) names another issuer$/],
        [[signer, root, intermediate], /certificate 1 .* names another issuer$/],
        [[signer, intermediate], /certificate 2 \(CN=images,O=Shop\) did not sign itself: the chain lacks its root$/],
        [
          [signer, intermediate, root, root],
          /certificate 3 \(CN=root,O=Shop\) signed itself and is not the last of the chain$/,
        ],
        [
          [signer, intermediate, root, strangerRoot],
          /certificate 3 .* signed itself and is not the last of the chain$/,
        ],
        [[signer, intermediate, strangerRoot], /certificate 2 \(CN=images,O=Shop\) is not signed by its issuer's key$/],
      ];
      for (const [chain, expected] of cases) assert.match(outcome(verified(format, { chain })), expected);
      const long = [signer, ...Array.from({ length: 10 }, () => intermediate)];
      assert.match(
        outcome(verified(format, { chain: long })),
        /^form: trust.bound: the certificate chain has more than 10 /,
      );
      assert.match(
        outcome(verified(format, { chain: [] })),
        /^form: trust.form: the envelope has no certificate chain$/,
      );
      assert.match(
        outcome(verified(format, {}, { roots: [], keys: [], authorities: [] })),
        /^signer: trust.unknown-root: /,
      );
    });

    test("an intermediate beside its root is no end of a chain; pinned alone it is one", () => {
      assert.equal(outcome(verified(format, {}, shopOf(intermediate))), "verified");
      assert.match(outcome(verified(format, {}, shopOf(strangerRoot, intermediate))), /^signer: trust.unknown-root: /);
      // What cannot be read may be its root.
      const unread = { ...root, der: Buffer.from([0x30, 0]) };
      assert.match(
        outcome(verified(format, {}, shopOf(unread, intermediate))),
        /^signer: trust.unknown-root: .* has CN=root,O=Shop; of shop, certificate 1 ends where a value should follow$/,
      );
    });

    test("what certificates may be used for", () => {
      const signing = (...extensions: readonly Buffer[]) => {
        const leaf = madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer: root, extensions });
        return outcome(verified(format, { chain: [leaf, root] }));
      };
      const digitalSignature = keyUsage(["digitalSignature"]);
      assert.equal(signing(digitalSignature), "verified");
      assert.equal(signing(digitalSignature, basicConstraints(false)), "verified");
      assert.equal(signing(keyUsage(["digitalSignature", "nonRepudiation"])), "verified");
      const leaves: readonly (readonly [readonly Buffer[], string])[] = [
        [[], "has no key usage"],
        [[keyUsage(["digitalSignature"], false)], "has a key usage that is not critical"],
        [[keyUsage(["nonRepudiation"])], "has no key usage digitalSignature"],
        [[keyUsage(["digitalSignature", "keyCertSign"])], "has the key usage keyCertSign"],
        [[keyUsage(["digitalSignature", "keyEncipherment"])], "has the key usage keyEncipherment"],
        [[keyUsage(["digitalSignature", "decipherOnly"])], "has the key usage decipherOnly"],
        [[digitalSignature, basicConstraints(true)], "is a certificate authority"],
        [[digitalSignature, extendedKeyUsage([CODE_SIGNING, TIME_STAMPING])], "is for timeStamping"],
        [[digitalSignature, extendedKeyUsage(["2.5.29.37.0"])], "is for anyExtendedKeyUsage"],
        [[digitalSignature, extendedKeyUsage(["1.3.6.1.5.5.7.3.1"])], "is for serverAuth"],
        [
          [digitalSignature, extension("1.2.3.4", true, Buffer.from([5, 0]))],
          "has a critical extension that is not understood: 1.2.3.4",
        ],
        [[digitalSignature, digitalSignature], "has the extension 2.5.29.15 twice"],
      ];
      for (const [extensions, cause] of leaves) {
        assert.ok(
          signing(...extensions).startsWith("signer: trust.certificate: certificate 1 "),
          signing(...extensions),
        );
        assert.ok(signing(...extensions).endsWith(cause), signing(...extensions));
      }
      assert.equal(signing(digitalSignature, extension("1.2.3.4", false, Buffer.from([5, 0]))), "verified");

      const issuing = (...extensions: readonly Buffer[]) => {
        const issuer = madeCertificate({ subject: "CN=issuer", keys: ecKeys(), issuer: root, extensions });
        const leaf = madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer });
        return outcome(verified(format, { chain: [leaf, issuer, root] }));
      };
      assert.equal(issuing(...authorityExtensions), "verified");
      assert.equal(issuing(...authorityExtensions, extendedKeyUsage([CODE_SIGNING])), "verified");
      const issuers: readonly (readonly [readonly Buffer[], string])[] = [
        [[keyUsage(["keyCertSign"])], "may not issue certificates"],
        [[basicConstraints(false), keyUsage(["keyCertSign"])], "may not issue certificates"],
        [[basicConstraints(true, undefined, false), keyUsage(["keyCertSign"])], "may not issue certificates"],
        [[basicConstraints(true)], "has no key usage"],
        [[basicConstraints(true), keyUsage(["keyCertSign"], false)], "has a key usage that is not critical"],
        [[basicConstraints(true), keyUsage(["digitalSignature"])], "has no key usage keyCertSign"],
        [
          [...authorityExtensions, extendedKeyUsage(["1.3.6.1.5.5.7.3.1"])],
          "may not issue certificates for code signing",
        ],
        [
          [...authorityExtensions, extension("2.5.29.30", true, Buffer.from([0x30, 0]))],
          "has a critical extension that is not understood: 2.5.29.30",
        ],
      ];
      for (const [extensions, cause] of issuers) {
        assert.equal(issuing(...extensions), `signer: trust.certificate: certificate 2 (CN=issuer) ${cause}`);
      }
      const below = madeCertificate({
        subject: "CN=b",
        keys: ecKeys(),
        issuer: intermediate,
        extensions: authorityExtensions,
      });
      const leaf = madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer: below });
      assert.match(
        outcome(verified(format, { chain: [leaf, below, intermediate, root] })),
        /certificate 3 \(CN=images,O=Shop\) may have 0 authorities below it, and has 1$/,
      );
      const sha1 = { algorithm: "1.2.840.10045.4.1", hash: "sha1" } as const;
      const weak = madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer: root, ...sha1 });
      assert.match(
        outcome(verified(format, { chain: [weak, root] })),
        /certificate 1 \(CN=leaf\) is signed with SHA-1 with ECDSA$/,
      );
      const nobody = madeCertificate({ subject: "", keys: ecKeys(), issuer: root });
      assert.match(
        outcome(verified(format, { chain: [nobody, root] })),
        /certificate 1 \(without a name\) names nobody$/,
      );
      const small = madeCertificate({ subject: "CN=leaf", keys: rsaKeys(1024), issuer: root });
      assert.match(outcome(verified(format, { chain: [small, root] })), /has a key that is an RSA key of 1024 bits$/);
    });
  });
}
