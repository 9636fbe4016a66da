import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createServer, connect as tlsConnect } from "node:tls";
import fc from "fast-check";
import { readClock } from "../../core/clock.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { issueCertificate, makeAuthority } from "./make.ts";
import { readCertificates, readServerCertificate, trustFault } from "./read.ts";

const DAY = 86_400_000;
const now = new Date("2026-11-27T12:00:00Z");
const days = (from: number, until: number) => ({
  from: new Date(now.getTime() + from * DAY),
  until: new Date(now.getTime() + until * DAY),
});
const NAME = "admission.bulkhead.svc";

const authority = makeAuthority("bulkhead admission", days(-1, 365));
const leaf = issueCertificate(authority, [NAME, `${NAME}.cluster.local`, "127.0.0.1", "fd00::1:0:2"], days(-1, 30));
const other = makeAuthority("bulkhead admission", days(-1, 365));

const facts = (...pems: readonly string[]) => readCertificates(pems.join(""), "test");

test("what is made is read as it was meant", () => {
  const [ca, ...none] = facts(authority.certificate);
  assert.equal(none.length, 0);
  assert.deepEqual([ca?.isAuthority, ca?.names, ca?.notAfter], [true, [], new Date(now.getTime() + 365 * DAY)]);
  const [made] = facts(leaf.certificate);
  assert.deepEqual([made?.isAuthority, made?.names.slice(0, 3)], [false, [NAME, `${NAME}.cluster.local`, "127.0.0.1"]]);
  assert.equal(made?.certificate.checkIP("fd00::1:0:2"), "fd00::1:0:2");
  assert.equal(made?.certificate.issuer, "CN=bulkhead admission");
  assert.match(made?.certificate.serialNumber ?? "", /^[4-7][0-9A-F]{31}$/);
  assert.equal(made?.certificate.checkIssued(ca?.certificate as X509Certificate), true);
  assert.equal(made?.fingerprint.length, 64);
});

test("a certificate ends with its authority at the latest", () => {
  const [made] = facts(issueCertificate(authority, [NAME], days(0, 4_000)).certificate);
  assert.deepEqual(made?.notAfter, new Date(now.getTime() + 365 * DAY));
});

test("times after 2049 have their own form", () => {
  const [made] = facts(makeAuthority("a", { from: now, until: new Date("2051-01-01T00:00:00Z") }).certificate);
  assert.deepEqual(made?.notAfter, new Date("2051-01-01T00:00:00Z"));
});

describe("openssl", { skip: spawnSync("openssl", ["version"]).error !== undefined && "no openssl" }, () => {
  function written(t: TestContext, files: Readonly<Record<string, string>>): (name: string) => string {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-certificates-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return (name) => join(folder, name);
  }

  test("verifies what is made, strictly, and only under its authority and for its names", (t) => {
    const at = written(t, {
      "ca.pem": authority.certificate,
      "leaf.pem": leaf.certificate,
      "other.pem": other.certificate,
    });
    const verify = (ca: string, name: string) =>
      spawnSync("openssl", [
        ...["verify", "-x509_strict", "-purpose", "sslserver", "-attime", String(now.getTime() / 1_000)],
        ...["-verify_hostname", name, "-CAfile", at(ca), at("leaf.pem")],
      ]).status;
    assert.equal(verify("ca.pem", NAME), 0);
    assert.notEqual(verify("ca.pem", "elsewhere.example"), 0);
    assert.notEqual(verify("other.pem", NAME), 0);
  });

  test("reads the same extensions, and parses the bytes as DER", (t) => {
    const at = written(t, { "ca.pem": authority.certificate, "leaf.pem": leaf.certificate });
    const text = (name: string) => execFileSync("openssl", ["x509", "-in", at(name), "-noout", "-text"]).toString();
    assert.match(
      text("ca.pem"),
      /Basic Constraints: critical\s+CA:TRUE, pathlen:0\s+X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign/,
    );
    const shown = text("leaf.pem");
    assert.match(
      shown,
      /Key Usage: critical\s+Digital Signature\s+X509v3 Extended Key Usage: \s*TLS Web Server Authentication/,
    );
    assert.match(shown, /IP Address:FD00:0:0:0:0:1:0:2/);
    const identifier = /Subject Key Identifier: \s*([0-9A-F:]{59})/.exec(text("ca.pem"))?.[1] ?? "none";
    assert.ok(shown.replace(/\s+/g, " ").includes(`Authority Key Identifier: ${identifier}`), shown);
  });
});

test("a client of TLS that trusts the authority connects", async (t) => {
  const until = { from: new Date(readClock().getTime() - DAY), until: new Date(readClock().getTime() + DAY) };
  const ca = makeAuthority("test", until);
  const { certificate: cert, key } = issueCertificate(ca, [NAME], until);
  const server = createServer({ cert, key }, (socket) => socket.end()).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = tlsConnect({ host: "127.0.0.1", port, ca: ca.certificate, servername: NAME });
  await once(socket, "secureConnect");
  assert.equal(socket.authorized, true);
  socket.destroy();
  const stranger = tlsConnect({ host: "127.0.0.1", port, ca: other.certificate, servername: NAME });
  const [error] = await once(stranger, "error");
  assert.equal(error.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test("why a certificate is not trusted is told", () => {
  const fault = (shown: readonly string[], authorities: readonly string[], at = now, name = NAME) =>
    trustFault(facts(...shown), facts(...authorities), { name, now: at });
  const pem = leaf.certificate;
  assert.equal(fault([pem], [other.certificate, authority.certificate]), undefined);
  assert.equal(fault([pem], [authority.certificate], now, "127.0.0.1"), undefined);
  assert.equal(fault([pem], [pem]), undefined);
  assert.equal(fault([], [authority.certificate]), "is not there");
  assert.equal(fault([pem], []), "is signed by none of the trusted authorities");
  assert.equal(fault([pem], [other.certificate]), "is signed by none of the trusted authorities");
  assert.equal(fault([pem], [authority.certificate], now, "other.svc"), "is not for other.svc");
  const later = new Date(now.getTime() + 40 * DAY);
  assert.equal(fault([pem], [authority.certificate], later), "expired on 2026-12-27T12:00:00.000Z");
  assert.equal(fault([pem], [authority.certificate], new Date(0)), "is valid from 2026-11-26T12:00:00.000Z on");
});

test("an authority that ran out is none, though its certificates did not", () => {
  const ended = facts(authority.certificate).map((each) => ({ ...each, notAfter: new Date(now.getTime() - DAY) }));
  const fault = trustFault(facts(leaf.certificate), ended, { name: NAME, now });
  assert.equal(fault, "is signed by an authority that expired on 2026-11-26T12:00:00.000Z");
  assert.equal(
    trustFault(facts(leaf.certificate), [...ended, ...facts(authority.certificate)], { name: NAME, now }),
    undefined,
  );
});

test("a server's certificate goes with its own key", () => {
  assert.equal(readServerCertificate(leaf, "test").length, 1);
  for (const [pair, code] of [
    [{ ...leaf, key: other.key }, "certificate.key"],
    [{ ...leaf, key: "nothing" }, "certificate.key"],
    [{ ...leaf, certificate: "" }, "certificate.unreadable"],
    [{ ...leaf, certificate: leaf.certificate.replace(/[A-Z]/g, "A") }, "certificate.unreadable"],
    [{ ...leaf, certificate: " ".repeat(bounds.pemBytes + 1) }, "certificate.unreadable"],
    [{ ...leaf, certificate: leaf.certificate.repeat(bounds.certificates + 1) }, "certificate.unreadable"],
  ] as const) {
    assert.throws(() => readServerCertificate(pair, "tls.crt"), { code, place: "tls.crt" });
  }
});

test("whatever stands in a bundle, it is read or refused", () => {
  fc.assert(
    fc.property(fc.nat(leaf.certificate.length), fc.string({ maxLength: 20 }), (at, put) => {
      const text = leaf.certificate.slice(0, at) + put + leaf.certificate.slice(at + put.length);
      try {
        readCertificates(text, "test");
      } catch (error) {
        assert.equal((error as { code?: string }).code, "certificate.unreadable");
      }
    }),
    runs(300),
  );
});
