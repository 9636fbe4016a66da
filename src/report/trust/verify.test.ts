import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { nastyText } from "../hostile.fixture.ts";
import { displayWidth } from "../width.ts";
import { renderVerify, renderVerifyJson } from "./verify.ts";
import { accepted, refusedView, trustedView, withMore } from "./view.fixture.ts";

const plain = { columns: 100, color: false, all: false };

test("the answer comes first, then what is asked for, what was tried and what is covered", () => {
  assert.equal(
    renderVerify(refusedView, plain),
    `✗ not trusted: registry.example.com/shop/api:2.0.1
  1 of 1 signer is missing: release

  image    registry.example.com/shop/api@sha256:${"9".repeat(64)}
           index of 2 images
  rules    trusted: bulkhead.yaml, trust.images[0]
  needs    ✗ signed by release                                                    bulkhead.yaml:14:7
             identity https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*
             issuer https://token.actions.githubusercontent.com
             no signature by it
  tried    1  bundle signature of index, https://sigstore.dev/cosign/sign/v1
                identity https://github.com/shop/api/.github/workflows/release.yml@refs/heads/main
                issuer   https://token.actions.githubusercontent.com (root public-good)
                · release: identity ends with @refs/heads/main, not @refs/tags/*
                  ✓ form, subject
           2  cosign .sig of index
                ✗ no trusted key made this signature
                  ✓ form  ✗ signer
  covers   ✗ index sha256:999999999999…: no accepted signature
           ✗ linux/amd64 sha256:aaaaaaaaaaaa…: no accepted signature
           ? linux/arm64 sha256:bbbbbbbbbbbb…: its signatures were not read
  age      signed 3 days ago by log entry 123456789
  not read ? the referrers of linux/arm64 could not be listed: connection refused (try again)

  bulkhead sign registry.example.com/shop/api:2.0.1 --key cosign.key
`,
  );
});

test("of what is trusted every step is told", () => {
  const text = renderVerify(trustedView, plain);
  assert.match(text, /^✓ trusted: registry\.example\.com\/shop\/api:2\.0\.1\n {2}signed by security\n/);
  assert.match(text, /^ +✓ form, subject, signer, signature {2}- not asked for: time$/m);
  const all = renderVerify(trustedView, { ...plain, all: true });
  for (const { step, detail } of accepted.steps) {
    assert.match(all, new RegExp(`^ +[✓-] ${step} +${detail.slice(0, 10)}`, "m"));
  }
});

test("of many signatures those that count are told, and how many are left out", () => {
  const [refused] = refusedView.tried.slice(1);
  assert.ok(refused !== undefined);
  const tried = [
    ...Array.from({ length: 500 }, () => refused),
    accepted,
    ...Array.from({ length: 499 }, () => refused),
  ];
  const text = renderVerify({ ...trustedView, tried }, plain);
  assert.match(text, /\n {9,}… 491 more \(--all\)\n {11} 501 {2}cosign \.sig\n/);
  assert.match(text, /… 499 more \(--all\)/);
  assert.ok(text.split("\n").length < 60);
  const all = renderVerify({ ...trustedView, tried }, { ...plain, all: true });
  assert.equal(all.match(/no trusted key made this signature$/gm)?.length, 999 * 2);
});

test("of an index with many images the first that are not signed are told", () => {
  const covers = Array.from({ length: 40 }, (_, index) => ({
    digest: `sha256:${index.toString(16).padStart(64, "0")}`,
    name: `linux/amd64 ${index}`,
    signed: index === 30 ? ("no" as const) : ("yes" as const),
  }));
  const text = renderVerify({ ...trustedView, covers }, plain);
  assert.match(text, /✗ linux\/amd64 30 sha256:0{12}…\n {11}… 30 more \(--all\)\n/);
});

test("lines fit the page, but for the name that is to be copied", () => {
  for (const view of [refusedView, trustedView]) {
    for (const all of [false, true]) {
      for (const line of renderVerify(view, { ...plain, all }).split("\n")) {
        assert.ok(displayWidth(line) <= 100 || line.includes(view.resolved ?? "-"), line);
      }
    }
  }
});

test("JSON has every step of every signature", () => {
  const json = JSON.parse(renderVerifyJson(refusedView));
  assert.equal(json.schema, "bulkhead-verify-v1");
  assert.deepEqual(json.tried, refusedView.tried);
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

test("texts of certificates and statements steer no terminal, and make no line of their own", () => {
  fc.assert(
    fc.property(nastyText, fc.boolean(), (more, all) => {
      for (const view of [refusedView, trustedView]) {
        const text = renderVerify(withMore(view, more), { ...plain, all });
        assert.doesNotMatch(text, STEERS);
        assert.doesNotMatch(text, /^\s*(?:::|##\[|%0A)/m);
      }
    }),
    runs(100),
  );
  const long = renderVerify(withMore(trustedView, "x".repeat(100_000)), plain);
  assert.ok(long.length < 20_000, `${long.length} characters`);
});
