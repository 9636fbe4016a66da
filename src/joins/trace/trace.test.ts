import assert from "node:assert/strict";
import { test } from "node:test";
import type { VerifiedSignature } from "../../engines/trust/model.ts";
import type { TraceSources } from "./model.ts";
import { digest, digestOf, gap, image, reference, runs, signature, sources, statement } from "./sources.fixture.ts";
import { traceImage } from "./trace.ts";

const link = (name: string, given: TraceSources) => {
  const found = traceImage(given).find((each) => each.name === name);
  assert.ok(found !== undefined, name);
  return found;
};

test("each link says in which state it is, and what says so", () => {
  const states = traceImage(sources([])).map(({ name, state }) => [name, state]);
  assert.deepEqual(states, [
    ["image", "observed"],
    ["source", "none"],
    ["build", "none"],
    ["base", "observed"],
    ["sbom", "none"],
    ["vulnerabilities", "observed"],
    ["secrets", "observed"],
    ["signatures", "none"],
    ["push", "unknown"],
    ["admission", "unknown"],
    ["runs", "unknown"],
    ["reach", "unknown"],
    ["behavior", "unknown"],
    ["loaded", "unknown"],
  ]);
  assert.deepEqual(link("vulnerabilities", sources([])).facts, [
    {
      text: "scanned by this run: none known",
      state: "observed",
      evidence: { scanned: "2026-11-27T12:00:00.000Z", advisories: "advisories as of 2026-11-26" },
    },
  ]);
});

test("a signature counts as verified only by a signer for whom the caller vouches", () => {
  const by = (...signers: string[]) => link("signatures", sources([{ signature: signature(image), signers }]));
  assert.equal(by("release").state, "verified");
  assert.deepEqual(by("release").facts[0]?.evidence, {
    by: "release",
    signer: `key ${digestOf("7")}`,
    at: "2026-11-24T10:00:00Z",
    in: digestOf("d"),
  });
  assert.equal(by("added-by-the-tree").state, "claimed");
  assert.equal(by().state, "claimed");
});

test("what is refused is counted, and says nothing of the image", () => {
  const refused: VerifiedSignature = {
    form: "cosign-att",
    subject: digest,
    place: { by: "tag", name: "x.att" },
    steps: [],
    outcome: "refused",
    refusal: { code: "trust.signature", reason: "altered" },
  };
  const given = sources([{ signature: refused, signers: [], refusal: { code: "trust.signature", reason: "altered" } }]);
  assert.deepEqual(
    link("signatures", given).facts.map(({ text }) => text),
    ["1 signature or attestation refused"],
  );
  assert.equal(link("sbom", given).state, "none");
});

test("attested SBOMs and scans are told with who attests them", () => {
  const bill = statement("https://cyclonedx.org/bom/v1.6", {
    components: [{}, {}],
    metadata: { timestamp: "2026-11-23" },
  });
  const scan = statement("https://in-toto.io/attestation/vulns/v0.2", {
    scanner: {
      uri: "pkg:generic/bulkhead",
      result: [{ id: "CVE-1", severity: [{ method: "nvd", score: "High" }] }, { id: "CVE-2" }],
    },
    metadata: { scanFinishedOn: "2026-11-23T01:00:00Z" },
  });
  const given = sources([bill, scan].map((content) => ({ signature: signature(content), signers: ["release"] })));
  assert.equal(link("sbom", given).facts[0]?.text, "CycloneDX with 2 components of 2026-11-23");
  assert.equal(
    link("vulnerabilities", given).facts[0]?.text,
    "scanned by pkg:generic/bulkhead at 2026-11-23T01:00:00.000Z: 1 high, 1 unknown",
  );
  assert.equal(link("vulnerabilities", given).state, "verified");
});

test("predicates of any form give no more than they say", () => {
  const types = ["https://spdx.dev/Document", "https://cosign.sigstore.dev/attestation/vuln/v1"];
  for (const predicate of [null, [], "x", 7, { packages: {}, scanner: 1, metadata: [] }, { scanner: { result: {} } }]) {
    const given = sources(types.map((type) => ({ signature: signature(statement(type, predicate)), signers: [] })));
    assert.deepEqual(
      [link("sbom", given).facts[0]?.text, link("vulnerabilities", given).facts[0]?.text],
      ["SPDX", "scanned by an unnamed scanner"],
    );
  }
});

test("what could not be read is unknown, not none", () => {
  const unread = sources([], { scanned: { gap } });
  for (const name of ["base", "secrets", "vulnerabilities"]) {
    assert.deepEqual([link(name, unread).state, link(name, unread).gaps], ["unknown", [gap]], name);
  }
  const silent = { code: "trust.referrers", reason: "connection refused" };
  const { decision } = sources([]);
  const given = sources([], { decision: { ...decision, subject: { ...decision.subject, gaps: [silent] } } });
  for (const name of ["signatures", "sbom"]) assert.equal(link(name, given).state, "unknown", name);
});

test("where it runs: by its digest for certain, by its name as a claim, and nowhere else", () => {
  const relations = [
    runs(`${reference}@${digest}`, { digest, containers: "api" }),
    runs(reference, { containers: "api" }),
    runs("registry.example.com/shop/api:3", { containers: "api" }),
    runs(`registry.example.com/shop/api@${digestOf("e")}`, { digest: digestOf("e") }),
  ];
  const { facts, state } = link(
    "runs",
    sources([], { places: { name: "deploy/", live: false, relations, network: [], gaps: [] } }),
  );
  assert.equal(state, "observed");
  assert.deepEqual(
    facts.map((fact) => [fact.text, fact.state]),
    [
      ["shop/Deployment/api by digest", "observed"],
      [`shop/Deployment/api by the name ${reference}`, "claimed"],
    ],
  );
});
