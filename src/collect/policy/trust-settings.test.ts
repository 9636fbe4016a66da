/** What a policy file says of trust, and what a file under review may say of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Policy, policyDigest } from "../../core/policy.ts";
import { defaultPolicy } from "./default.ts";
import type { PolicyPlace } from "./place.ts";
import { strict, tree } from "./policies.fixture.ts";
import { policyOf, statedBy } from "./stated.ts";
import { tighten } from "./tighten.ts";
import { parsePolicy, validatePolicy } from "./validate.ts";

const text = `apiVersion: bulkhead/v1
trust:
  roots: [public-good, github, { ca: ca.pem }, { ca: tsa.pem, for: timestamping }, { trustedRoot: root.json }]
  signers:
    release:
      identity: https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*
      issuer: https://token.actions.githubusercontent.com
      root: public-good
    security: { key: security.pub }
    packager: { certificate: "CN=packager,O=Shop", ca: ca.pem }
  builders:
    - { signer: packager, ids: ["https://builds.example.com/*"], level: 2 }
  images:
    - match: registry.example.com/shop/**
      signedBy: { of: [release, security, release], atLeast: 2 }
      attestations:
        - { type: slsa, level: 3, source: github.com/shop/api, ref: refs/tags/*, triggers: [push] }
        - { type: https://example.com/review/v1, signedBy: [security], where: predicate.approved }
    - { match: ghcr.io/shop/*, signedBy: { of: [release] }, eachImage: true, maxAgeDays: 90 }
`;

const place: PolicyPlace = { kind: "tree", path: "bulkhead.yaml" };

function policyIn(file: string, folder = "here"): Policy {
  const parsed = parsePolicy(file, place.path);
  assert.ok("file" in parsed, JSON.stringify(parsed));
  return policyOf(
    statedBy(parsed, place.path, (name) => `${folder}/${name}`),
    { kind: "trusted", name: "p", loosened: [] },
  );
}

test("files are resolved, names of one rule are different ones, and each entry knows its place", () => {
  const { trust } = policyIn(text);
  const at = (line: number, column: number) => ({ path: "bulkhead.yaml", line, column });
  assert.deepEqual(trust, {
    roots: [
      { kind: "public-good" },
      { kind: "github" },
      { kind: "ca", file: "here/ca.pem", purpose: "signing", written: "ca.pem" },
      { kind: "ca", file: "here/tsa.pem", purpose: "timestamping", written: "tsa.pem" },
      { kind: "trusted-root", file: "here/root.json", written: "root.json" },
    ],
    signers: {
      release: {
        kind: "identity",
        identity: "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*",
        issuer: "https://token.actions.githubusercontent.com",
        root: "public-good",
        statedAt: at(6, 7),
      },
      security: { kind: "key", file: "here/security.pub", written: "security.pub", statedAt: at(9, 15) },
      packager: {
        kind: "certificate",
        subject: "CN=packager,O=Shop",
        ca: "here/ca.pem",
        written: "ca.pem",
        statedAt: at(10, 15),
      },
    },
    builders: [{ signer: "packager", ids: ["https://builds.example.com/*"], level: 2 }],
    images: [
      {
        match: "registry.example.com/shop/**",
        signedBy: { of: ["release", "security"], atLeast: 2 },
        attestations: [
          { type: "slsa", level: 3, source: "github.com/shop/api", ref: "refs/tags/*", triggers: ["push"] },
          { type: "https://example.com/review/v1", signedBy: ["security"], where: "predicate.approved" },
        ],
        eachImage: false,
        statedAt: at(14, 7),
      },
      {
        match: "ghcr.io/shop/*",
        signedBy: { of: ["release"], atLeast: 1 },
        attestations: [],
        eachImage: true,
        maxAgeDays: 90,
        statedAt: at(19, 7),
      },
    ],
  });
  assert.deepEqual(defaultPolicy.trust, { roots: [{ kind: "public-good" }], signers: {}, builders: [], images: [] });
});

test("where an entry stands is no part of what the policy is", () => {
  assert.equal(policyDigest(policyIn(text)), policyDigest(policyIn(text.replace("\ntrust:", "\n\n\ntrust:"))));
  assert.notEqual(policyDigest(policyIn(text)), policyDigest(policyIn(text.replace("atLeast: 2", "atLeast: 1"))));
});

test("what says nothing, contradicts itself or is of another type is refused with its place", () => {
  const file = (lines: string) => `apiVersion: bulkhead/v1\ntrust:\n${lines}`;
  const causes = (lines: string) =>
    validatePolicy(file(lines), "p").map(({ line, cause }) => `${line} ${cause.replace("trust.", "")}`);
  const image = "match: r.example.com/**, signedBy: { of: [a] }";
  const cases: readonly [string, string][] = [
    ["  signers: { a: {} }", "3 signers.a does not say who it is"],
    ["  signers: { a: { key: k, identity: x, issuer: https://i } }", "3 signers.a does not say who it is"],
    ["  signers: { a: { identity: x } }", "3 signers.a needs identity and issuer together"],
    ["  signers: { a: { key: k, issuer: https://i } }", "3 signers.a needs identity and issuer together"],
    ["  signers: { a: { key: k, root: github } }", "3 signers.a has root without identity"],
    ["  signers: { a: { certificate: CN=a } }", "3 signers.a needs certificate and ca together"],
    ['  signers: { a: { identity: "x y*", issuer: https://i } }', "3 signers.a.identity has another form"],
    ['  signers: { a: { identity: x, issuer: "https://*" } }', "3 signers.a.issuer has another form"],
    ['  signers: { a: { key: "env://KEY" } }', "3 signers.a.key has another form"],
    ['  signers: { "a b": { key: k } }', "3 signers has a name of another form"],
    ["  roots: [other]", '3 roots[0]: "other" is not allowed'],
    ["  roots: [{ for: signing }]", "3 roots[0] does not say where the root is"],
    ["  roots: [{ trustedRoot: r, for: signing }]", "3 roots[0] has `for` without `ca`"],
    ["  builders: [{ signer: a, ids: [], level: 3 }]", "3 builders[0].ids: a list of 0 is not allowed"],
    ["  builders: [{ signer: a, ids: [x], level: 4 }]", "3 builders[0].level: 4 is not allowed"],
    ["  images: [{ match: r.example.com/** }]", "3 images[0] asks for nothing"],
    ['  images: [{ match: "r.example.com/a:1", signedBy: { of: [a] } }]', "3 images[0].match has another form"],
    [
      "  images: [{ match: r.example.com/**, signedBy: { of: [a, a], atLeast: 2 } }]",
      "3 images[0].signedBy asks for more signers than it names",
    ],
    [
      "  images: [{ match: r.example.com/**, attestations: [{ type: sbom }] }]",
      "3 images[0] does not say who signs an attestation",
    ],
    [
      `  images: [{ ${image}, attestations: [{ type: slsa }] }]`,
      "3 images[0].attestations[0] does not say whose provenance counts",
    ],
    [
      `  images: [{ ${image}, attestations: [{ type: vsa }] }]`,
      "3 images[0].attestations[0] does not say whose verification counts",
    ],
    [
      `  images: [{ ${image}, attestations: [{ type: sbom, level: 3 }] }]`,
      "3 images[0].attestations[0] has a key that is of another type",
    ],
    [
      `  images: [{ ${image}, attestations: [{ type: provenance }] }]`,
      "3 images[0].attestations[0].type has another form",
    ],
    [
      `  images: [{ ${image}, attestations: [{ type: vuln, fixableOnly: true }] }]`,
      "3 images[0].attestations[0] has fixableOnly without noneFrom",
    ],
  ];
  for (const [lines, cause] of cases)
    assert.ok(causes(lines).includes(cause), `${lines}: ${causes(lines).join(" | ")}`);
});

test("a file that may only tighten takes trust away, and what it adds is marked", () => {
  const trusted: Policy = { ...strict, trust: policyIn(text).trust };
  const own = tighten(
    trusted,
    tree({
      trust: {
        roots: ["public-good", { ca: "mine.pem" }],
        signers: { release: { key: "mine.pub" }, mine: { key: "mine.pub" } },
        builders: [
          { signer: "packager", ids: ["https://builds.example.com/7"], level: 1 },
          { signer: "packager", ids: ["https://builds.example.com/*"], level: 3 },
        ],
        images: [{ match: "registry.example.com/shop/**", signedBy: { of: ["mine"] } }],
      },
    }),
  );
  const { trust } = own.policy;
  assert.deepEqual(trust.roots, [{ kind: "public-good" }]);
  assert.deepEqual(trust.signers.release, trusted.trust.signers.release);
  assert.equal(trust.signers.mine?.tightensOnly, true);
  assert.deepEqual(
    trust.builders.map(({ ids, level }) => [ids[0], level]),
    [["https://builds.example.com/7", 1]],
  );
  assert.deepEqual(
    trust.images.map(({ tightensOnly }) => tightensOnly === true),
    [false, false, true],
  );
  assert.deepEqual(
    own.loosened.map(({ key }) => key),
    ["trust.roots", "trust.signers", "trust.builders", "trust.images"],
  );
  const same = tighten(trusted, { settings: {}, exceptions: [], unknown: [] });
  assert.deepEqual(same.loosened, []);
});

test("one file read from two places states the same, and the trusted one's files are those that count", () => {
  const trusted = policyIn(text);
  const parsed = parsePolicy(text, place.path);
  assert.ok("file" in parsed);
  const own = tighten(
    trusted,
    statedBy(parsed, place.path, (name) => `there/${name}`),
  );
  assert.deepEqual([own.loosened, own.policy.trust], [[], trusted.trust]);
  assert.equal(policyDigest(policyIn(text, "there")), policyDigest(trusted));
});

test("a type that is no text is told with its place", () => {
  const file = `apiVersion: bulkhead/v1
trust:
  images: [{ match: a, signedBy: { of: [release] }, attestations: [{ type: { a: b }, level: 3 }] }]
`;
  assert.deepEqual(
    validatePolicy(file, "bulkhead.yaml").map(({ line, column, cause }) => `${line}:${column} ${cause}`),
    [
      "3:68 trust.images[0].attestations[0] has a key that is of another type",
      "3:76 trust.images[0].attestations[0].type: a mapping is not allowed",
    ],
  );
});
