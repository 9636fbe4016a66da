import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Asset } from "../../core/asset.ts";
import type { CheckDescription } from "../../core/check.ts";
import type { Digest } from "../../core/digest.ts";
import { present } from "../../core/evidence.ts";
import type { Exception } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import { runCheck } from "../../core/runner.ts";
import { config, manifest } from "../../engines/vulnerability/vex/documents.fixture.ts";
import { statementsOfImages, statementsOfPolicy } from "./statements.ts";

const now = new Date("2025-06-01T00:00:00Z");
const check = {
  id: "image/known-vulnerabilities",
  title: "t",
  layer: "image",
  subject: "image-scope",
  category: "vulnerability",
  controls: [],
  severity: "varies",
  documentation: { what: "w", why: "y", fix: "f", references: [] },
  needs: { drafts: "partial" },
  evaluate: ({ drafts }: { drafts: readonly FindingDraft[] }) => drafts,
} as const;
const checks: readonly CheckDescription[] = [check];

function image(name: string): Asset {
  const references = [{ reference: name, manifestDigest: manifest as Digest, observedAt: now.toISOString() }];
  const lineage = `registry.example.com/${name}`;
  return { kind: "image", id: config as Digest, identifiedBy: "config", lineage, name, references };
}

function exception(stated: Partial<Exception>): Exception {
  const source = { path: "bulkhead.yaml", line: 3, column: 5 };
  return { ids: [], reason: "not called", owner: "shop team", expires: "2025-12-31", source, ...stated };
}

function draft(id: string, path: string, purl = "pkg:npm/minimist@1.2.5"): FindingDraft {
  return {
    subject: `${id} ${path}`,
    severity: "high",
    title: "Prototype pollution",
    locations: [{ kind: "file", path }],
    matches: { ids: [id, "GHSA-x"], package: "minimist", purl, path },
    evidence: {},
  };
}

function said(exceptions: readonly Exception[], drafts: readonly FindingDraft[], asset = image("shop/web")) {
  const policy = { ...defaultPolicy, exceptions };
  const evaluation = runCheck(check, { drafts: present(drafts, now.toISOString()) }, { asset, policy, now });
  return statementsOfImages([evaluation], exceptions, checks);
}

const justified = exception({ ids: ["CVE-1"], justification: "vulnerable_code_not_in_execute_path" });

test("with a justification it is not affected, without one the risk is accepted", () => {
  const { statements, leftOut } = said([justified], [draft("CVE-1", "a")]);
  assert.deepEqual(leftOut, []);
  assert.deepEqual(statements, [
    {
      vulnerability: { name: "CVE-1", aliases: ["GHSA-x"], title: "Prototype pollution" },
      claim: {
        status: "not_affected",
        justification: "vulnerable_code_not_in_execute_path",
        impact: "not called (shop team, to be reviewed by 2025-12-31)",
      },
      products: [
        {
          image: {
            purl: `pkg:oci/web@${manifest}?repository_url=registry.example.com%2Fshop%2Fweb`,
            name: "shop/web",
            digest: manifest,
          },
          parts: ["pkg:npm/minimist@1.2.5"],
        },
      ],
    },
  ]);
  const unused = exception({ ids: ["CVE-9"], owner: "others" });
  assert.deepEqual(said([justified, unused], [draft("CVE-1", "a")]).owners, ["shop team"]);
  const [accepted] = said([exception({ ids: ["CVE-1"] })], [draft("CVE-1", "a")]).statements;
  assert.deepEqual(accepted?.claim, {
    status: "affected",
    action: "risk accepted by shop team until 2025-12-31: not called",
  });
});

test("what no exception took out is not spoken of", () => {
  assert.deepEqual(said([justified], [draft("CVE-2", "a")]).statements, []);
});

test("one path of two is more than VEX can say", () => {
  const here = { ...justified, path: "a" };
  const { statements, leftOut } = said([here], [draft("CVE-1", "a"), draft("CVE-1", "b")]);
  assert.deepEqual(statements, []);
  assert.match(leftOut.join(), /^CVE-1: pkg:npm\/minimist@1\.2\.5 in shop\/web is affected at another path too/);
  const other = draft("CVE-1", "b", "pkg:npm/minimist@1.2.6");
  assert.equal(said([here], [draft("CVE-1", "a"), other]).statements.length, 1, "another version is another package");
});

test("of one that is justified and one that is accepted, the accepted counts", () => {
  const both = [{ ...justified, path: "a" }, exception({ ids: ["CVE-1"], path: "b" })];
  const { statements } = said(both, [draft("CVE-1", "a"), draft("CVE-1", "b")]);
  assert.deepEqual(
    statements.map(({ claim }) => claim.status),
    ["affected"],
  );
});

test("the same said of several packages is one statement", () => {
  const { statements } = said(
    [justified],
    [draft("CVE-1", "b", "pkg:npm/b@1"), draft("CVE-1", "a", "pkg:npm/a@1"), draft("CVE-1", "c", "pkg:npm/a@1")],
  );
  assert.deepEqual(
    statements.map(({ products }) => products.map(({ parts }) => parts)),
    [[["pkg:npm/a@1", "pkg:npm/b@1"]]],
  );
});

test("what is no image has no name in VEX", () => {
  const folder: Asset = { kind: "rootfs", id: "/srv", lineage: "srv", name: "dir:/srv" };
  const { statements, leftOut } = said([justified], [draft("CVE-1", "a")], folder);
  assert.deepEqual(statements, []);
  assert.match(leftOut.join(), /^dir:\/srv: not an image/);
});

test("without an image only exceptions that name one, and nothing in it, can be said", () => {
  const asset = "registry.example.com/shop/web:1.4";
  const { statements, leftOut } = statementsOfPolicy(
    [
      exception({ ids: ["CVE-2020-1", "GHSA-xvch-5gv4-984h", "image/runs-as-root", "github-token"], asset }),
      exception({ ids: ["CVE-2020-2"], asset, package: "minimist" }),
      exception({ ids: ["CVE-2020-3"], asset, path: "app/**" }),
      exception({ ids: ["CVE-2020-4"], asset: "registry.example.com/shop/*" }),
      exception({ ids: ["CVE-2020-5"] }),
      exception({ ids: ["image/runs-as-root"], asset }),
      exception({ ids: ["CVE-2020-6"], asset, expires: "2025-05-31" }),
    ],
    now,
  );
  assert.deepEqual(
    statements.map(({ vulnerability: { name }, products }) => [name, products[0]?.image.purl, products[0]?.parts]),
    ["CVE-2020-1", "GHSA-xvch-5gv4-984h"].map((name) => [
      name,
      "pkg:oci/web?repository_url=registry.example.com%2Fshop%2Fweb&tag=1.4",
      [],
    ]),
  );
  assert.equal(leftOut.length, 6);
  assert.match(
    leftOut[0] ?? "",
    /^bulkhead\.yaml:3: CVE-2020-2, package minimist, asset .*: the package-url is only known/,
  );
  assert.match(leftOut.at(-1) ?? "", /expired$/);
});
