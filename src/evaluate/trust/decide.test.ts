import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ImageDecision } from "../../engines/trust/decision-model.ts";
import { type Signer, signerId } from "../../engines/trust/model.ts";
import { githubSigner } from "../../engines/trust/provenance/provenance.fixture.ts";
import { decideTrust } from "./decide.ts";
import {
  amd64,
  arm64,
  attested,
  child,
  digestOf,
  imageWith,
  now,
  packager,
  refused,
  release,
  rule,
  rulesOf,
  security,
  signed,
  signers,
  statement,
  stranger,
} from "./trust.fixture.ts";

const said = ({ verdict, reason }: Pick<ImageDecision, "verdict" | "reason">): [string, string] => [verdict, reason];
const decide = (image: ReturnType<typeof imageWith>, ...images: ReturnType<typeof rule>[]) =>
  decideTrust(image, rulesOf(images), now);

test("signed by whom the rule names is trusted, and by nobody else", () => {
  assert.deepEqual(said(decide(imageWith([signed(release)]), rule())), ["trusted", "signed by release"]);
  assert.deepEqual(said(decide(imageWith([]), rule())), ["not-trusted", "not signed; needed: release"]);
  const main = githubSigner({}, "https://github.com/shop/api/.github/workflows/release.yml@refs/heads/main");
  const cases: readonly [Signer, string][] = [
    [main, "ref differs: refs/heads/main, not refs/tags/*"],
    [
      { ...release, issuer: "https://issuer.example.com" } as Signer,
      "issuer differs: https://issuer.example.com, not https://token.actions.githubusercontent.com",
    ],
    [stranger, `signed by key ${digestOf("7")}, whom the rule does not name`],
  ];
  for (const [signer, why] of cases) {
    const decision = decide(imageWith([signed(signer)]), rule());
    assert.deepEqual(said(decision), ["not-trusted", `not signed by release: ${why}`]);
    assert.deepEqual(decision.subject.tried[0]?.refusal, { code: "trust.signer", reason: why });
  }
  const decision = decide(imageWith([refused({ code: "trust.signature", reason: "the payload was changed" })]), rule());
  assert.deepEqual(said(decision), ["not-trusted", "not signed by release: the payload was changed"]);
  assert.equal(decision.subject.tried[0]?.refusal?.code, "trust.signature");
});

test("a root that the rule names must vouch for the identity", () => {
  const named = { ...signers, release: { ...signers.release, root: "github" } as never };
  const decision = decideTrust(imageWith([signed(release)]), rulesOf([rule()], { signers: named }), now);
  assert.match(decision.reason, /vouched for by public-good, not by github/);
});

test("keys count by their fingerprint and certificates by subject and authority", () => {
  const any = rule({ signedBy: { of: ["security", "packager"], atLeast: 1 } });
  assert.equal(decide(imageWith([signed(security)]), any).verdict, "trusted");
  assert.equal(decide(imageWith([signed(packager)]), any).verdict, "trusted");
  for (const other of [
    { ...security, fingerprint: digestOf("8") },
    { ...packager, authority: "other.pem" },
    { ...packager, subject: "CN=packager,O=shop" },
  ] as Signer[]) {
    assert.equal(decide(imageWith([signed(other)]), any).verdict, "not-trusted");
  }
  // A key's name is whatever its file is called.
  const unread = { ...rulesOf([any]), keys: new Map() };
  assert.equal(decideTrust(imageWith([signed(security)]), unread, now).verdict, "not-trusted");
});

test("M of N counts different signers once each, over all forms of signatures", () => {
  const two = rule({ signedBy: { of: ["release", "security", "packager"], atLeast: 2 } });
  const count = (...signatures: Parameters<typeof imageWith>[0]) => said(decide(imageWith(signatures), two));
  assert.deepEqual(count(signed(release), signed(security)), ["trusted", "signed by release, security"]);
  assert.deepEqual(count(signed(release), signed(release, { form: "notation-jws" })), [
    "not-trusted",
    "signed by 1 of 2 (release); missing: security, packager",
  ]);
  const v2 = githubSigner({}, "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v2");
  assert.equal(count(signed(release), signed(v2))[0], "not-trusted");
  assert.equal(count(signed([release, security]))[0], "trusted");
});

test("two names of one signer are one signer", () => {
  const named = {
    ...signers,
    again: { kind: "key", file: "copy.pub" } as const,
    wide: { ...signers.release, identity: "https://github.com/shop/**@refs/**" } as never,
  };
  const rules = (of: readonly string[]) => ({
    ...rulesOf([rule({ signedBy: { of, atLeast: 2 } })], { signers: named }),
    keys: new Map([
      ["security.pub", digestOf("5")],
      ["copy.pub", digestOf("5")],
    ]),
  });
  assert.equal(decideTrust(imageWith([signed(security)]), rules(["security", "again"]), now).verdict, "not-trusted");
  assert.equal(decideTrust(imageWith([signed(release)]), rules(["release", "wide"]), now).verdict, "not-trusted");
  const other = githubSigner({}, "https://github.com/shop/web/.github/workflows/x.yml@refs/heads/main");
  const both = imageWith([signed(release), signed(other)]);
  assert.equal(decideTrust(both, rules(["wide", "release"]), now).verdict, "trusted");
});

test("an attestation approves nothing, and cosign's own statement of a signature does", () => {
  const sbom = statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX" });
  assert.deepEqual(said(decide(imageWith([attested(release, sbom)]), rule())), [
    "not-trusted",
    "not signed; needed: release",
  ]);
  const sign = statement("https://sigstore.dev/cosign/sign/v1", {});
  assert.equal(decide(imageWith([attested(release, sign, { form: "bundle-signature" })]), rule()).verdict, "trusted");
});

test("what could not be read leaves unknown what it might have met, and nothing else", () => {
  const gaps = [{ code: "registry.unreachable", reason: "registry.example.com: connection refused" }];
  assert.deepEqual(said(decide(imageWith([], { gaps }), rule())), [
    "unknown",
    "registry.example.com: connection refused",
  ]);
  assert.equal(decide(imageWith([signed(stranger)], { gaps }), rule()).verdict, "unknown");
  assert.equal(decide(imageWith([signed(release)], { gaps }), rule()).verdict, "trusted");
});

test("by rules that nobody vouches for nothing is trusted, and much is not", () => {
  const rules = rulesOf([rule()], {}, false);
  assert.deepEqual(said(decideTrust(imageWith([signed(release)]), rules, now)), [
    "unknown",
    "signed by release, by rules that nobody vouches for (--policy)",
  ]);
  assert.equal(decideTrust(imageWith([signed(stranger)]), rules, now).verdict, "not-trusted");
});

test("what a file adds that may only tighten counts against an image and never for it", () => {
  const added = { ...signers, mine: { kind: "key", file: "security.pub", tightensOnly: true } as const };
  const only = rulesOf([rule({ tightensOnly: true })], { signers: added });
  assert.equal(decideTrust(imageWith([signed(release)]), only, now).verdict, "unknown");
  assert.equal(decideTrust(imageWith([]), only, now).verdict, "not-trusted");
  // A rule that the caller vouches for, whose signer only the other file defines.
  const borrowed = rulesOf([rule({ signedBy: { of: ["mine"], atLeast: 1 } })], { signers: added });
  const decision = decideTrust(imageWith([signed(security)]), borrowed, now);
  assert.deepEqual(said(decision), [
    "not-trusted",
    "the rule names the signer mine, which trust.signers does not define",
  ]);
});

test("all rules that match apply, and where none does nobody said who may sign", () => {
  const both = [rule(), rule({ match: "registry.example.com/**", signedBy: { of: ["security"], atLeast: 1 } })];
  assert.equal(decide(imageWith([signed(release)]), ...both).verdict, "not-trusted");
  assert.equal(decide(imageWith([signed(release), signed(security)]), ...both).verdict, "trusted");
  const other = imageWith([signed(release)], { reference: "ghcr.io/shop/api:1" });
  assert.deepEqual(said(decide(other, ...both)), ["no-rule", "no rule of trust.images is about it"]);
  assert.deepEqual(other.subject.signatures.length, 1);
});

test("a rule is about the repository that docker reads, and about no path on this machine", () => {
  const hub = rule({ match: "docker.io/library/*" });
  const verdict = (reference: string) => decide(imageWith([signed(release)], { reference }), hub).verdict;
  assert.equal(verdict("nginx"), "trusted");
  assert.equal(verdict("index.docker.io/library/nginx:1.27"), "trusted");
  assert.equal(verdict("oci:nginx"), "no-rule");
  assert.equal(verdict("docker.io/other/nginx"), "no-rule");
});

test("signatures on an index are none on its images, where a rule asks for each", () => {
  const children = [
    child("linux/amd64", amd64, [signed(release, { subject: amd64 })]),
    child("linux/arm64", arm64, []),
  ];
  const image = imageWith([signed(release)], { children });
  const loose = decide(image, rule());
  assert.equal(loose.verdict, "trusted");
  assert.deepEqual(
    loose.children.map(({ platform, verdict }) => [platform, verdict]),
    [
      ["linux/amd64", "trusted"],
      ["linux/arm64", "not-trusted"],
    ],
  );
  assert.deepEqual(said(decide(image, rule({ eachImage: true }))), [
    "not-trusted",
    "linux/arm64: not signed; needed: release",
  ]);
  const gap = { code: "registry.timeout", reason: "too slow" };
  const unread = imageWith([signed(release)], { children: [child("linux/amd64", amd64, [], [gap])] });
  assert.equal(decide(unread, rule({ eachImage: true })).verdict, "unknown");
  const onlyChildren = imageWith([], { children });
  assert.equal(decide(onlyChildren, rule()).verdict, "not-trusted");
});

test("a signature is as old as the first time that anybody vouches for", () => {
  const aged = rule({ maxAgeDays: 7 });
  const fresh = decide(imageWith([signed(release)]), aged);
  assert.deepEqual([fresh.verdict, fresh.validUntil], ["trusted", "2026-12-01T10:00:00.000Z"]);
  const stamped = signed(release, {
    times: [
      { by: "timestamp-authority", at: "2026-11-26T10:00:00Z" },
      { by: "log", at: "2026-11-01T10:00:00Z" },
    ],
  });
  assert.deepEqual(said(decide(imageWith([stamped]), aged)), [
    "not-trusted",
    "not signed by release: signed 26 days ago, at most 7",
  ]);
  const ageless = decide(imageWith([signed(release, { times: [] })]), aged);
  assert.equal(ageless.subject.tried[0]?.refusal?.code, "trust.age");
  const future = decide(imageWith([signed(release, { at: "2026-11-28T10:00:00Z" })]), aged);
  assert.match(future.reason, /is not yet/);
});

test("of several signers the age of the one that runs out first counts, and of several signatures the youngest", () => {
  const two = rule({ signedBy: { of: ["release", "security"], atLeast: 2 }, maxAgeDays: 30 });
  const image = imageWith([
    signed(release, { at: "2026-11-10T00:00:00Z" }),
    signed(release, { at: "2026-11-20T00:00:00Z" }),
    signed(security, { at: "2026-11-15T00:00:00Z" }),
  ]);
  assert.equal(decide(image, two).validUntil, "2026-12-15T00:00:00.000Z");
  const one = rule({ signedBy: { of: ["release", "security"], atLeast: 1 }, maxAgeDays: 30 });
  assert.equal(decide(image, one).validUntil, "2026-12-20T00:00:00.000Z");
});

test("every signature that was found is told, with what became of it", () => {
  const sbom = statement("https://cyclonedx.org/bom", { bomFormat: "CycloneDX" });
  const image = imageWith([
    signed(stranger),
    signed(release),
    attested(security, sbom),
    refused({ code: "trust.form", reason: "no JSON" }, "bundle-attestation"),
  ]);
  const { tried } = decide(image, rule()).subject;
  assert.deepEqual(
    tried.map(({ signers: names, refusal }) => [names.join(), refusal?.code]),
    [
      ["", "trust.signer"],
      ["release", undefined],
      ["security", "trust.not-asked"],
      ["", "trust.form"],
    ],
  );
});

test("one more signature never takes trust away, and one more rule never gives any", () => {
  const signer = fc.constantFrom(release, security, packager, stranger);
  const signature = fc.oneof(
    signer.map((by) => signed(by)),
    fc.constant(refused({ code: "trust.signature", reason: "changed" })),
  );
  const someRule = fc
    .record({
      of: fc.subarray(["release", "security", "packager"], { minLength: 1 }),
      atLeast: fc.integer({ min: 1, max: 3 }),
    })
    .map((signedBy) => rule({ signedBy }));
  fc.assert(
    fc.property(
      fc.array(signature, { maxLength: 5 }),
      signature,
      fc.array(someRule, { minLength: 1, maxLength: 3 }),
      someRule,
      (found, more, rules, other) => {
        const trusted = (some: typeof found, by: typeof rules) => decide(imageWith(some), ...by).verdict === "trusted";
        if (trusted(found, rules)) assert.ok(trusted([...found, more], rules));
        if (!trusted(found, rules)) assert.ok(!trusted(found, [...rules, other]));
        const ids = new Set(found.flatMap((one) => (one.outcome === "verified" ? one.signers.map(signerId) : [])));
        for (const { signedBy } of rules) {
          if (signedBy !== undefined && ids.size < signedBy.atLeast) assert.ok(!trusted(found, rules));
        }
      },
    ),
  );
});
