import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import fc from "fast-check";
import type { Report } from "../../core/report.ts";
import { runs } from "../../core/runs.fixture.ts";
import { nastyText, withTexts } from "../hostile.fixture.ts";
import { renderGitlab } from "../rendered.fixture.ts";
import { npm, sampleReport } from "../sample.ts";

const text = { type: "string", minLength: 1 };
const object = (properties: object) => ({ type: "object", required: Object.keys(properties), properties });
const program = object({ id: text, name: text, version: text, vendor: object({ name: text }) });
const time = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$" };

/** What GitLab's schema 15.2.1 for container scanning asks of what this format writes. */
const validate = new Ajv({ allErrors: true, strict: false }).compile(
  object({
    version: { const: "15.2.1" },
    scan: object({
      analyzer: program,
      scanner: program,
      type: { const: "container_scanning" },
      start_time: time,
      end_time: time,
      status: { enum: ["success", "failure"] },
      messages: { type: "array", items: object({ level: { enum: ["info", "warn", "fatal"] }, value: text }) },
    }),
    vulnerabilities: {
      type: "array",
      items: {
        required: ["id", "identifiers", "location"],
        properties: {
          id: text,
          name: { type: "string", maxLength: 255 },
          description: { type: "string", maxLength: 1_048_576 },
          severity: { enum: ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
          solution: { type: "string", maxLength: 7_000 },
          identifiers: { type: "array", minItems: 1, items: object({ type: text, name: text, value: text }) },
          links: { type: "array", items: object({ url: { type: "string", pattern: "^(https?|ftp)://.+" } }) },
          location: object({
            dependency: object({ package: object({ name: { type: "string" } }), version: { type: "string" } }),
            operating_system: text,
            image: text,
          }),
        },
      },
    },
  }),
);

interface Scan {
  readonly scan: { readonly status: string; readonly messages: readonly { readonly value: string }[] };
  readonly vulnerabilities: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
}

function valid(report: Report): Scan {
  const document: unknown = JSON.parse(renderGitlab(report));
  assert.equal(validate(document), true, JSON.stringify(validate.errors, null, 2));
  return document as Scan;
}

test("a vulnerability says where it is, by which names it is known and what helps", () => {
  const [first] = valid(sampleReport).vulnerabilities;
  const { id, ...rest } = first ?? { id: "" };
  assert.match(id, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual(rest, {
    name: "CVE-2021-44906: minimist can be made to run what it should not",
    description:
      "minimist can be made to run what it should not\n\nIn /app/node&#95;modules/minimist/package.json &#40;layer 3/3&#41; of shop/web&#58;1.4",
    severity: "Critical",
    solution: "upgrade minimist to 1.2.6",
    location: {
      dependency: { package: { name: "minimist" }, version: "1.2.5" },
      operating_system: "npm",
      image: "shop/web:1.4",
    },
    identifiers: [{ type: "cve", name: "CVE-2021-44906", value: "CVE-2021-44906" }],
    links: [{ url: "https://osv.dev/vulnerability/CVE-2021-44906" }],
    details: { fingerprint: { type: "text", name: "fingerprint", value: npm.findings[0]?.fingerprint } },
  });
});

test("excepted findings are left out, baselined ones are not, and what does not fit the form is said", () => {
  const names = ({ vulnerabilities }: Scan) => vulnerabilities.map(({ name }) => String(name).split(":")[0]);
  assert.equal(names(valid(sampleReport)).length, 5);
  assert.ok(!names(valid(sampleReport)).includes("CVE-2019-10744"));
  const [finding] = npm.findings;
  assert.ok(finding);
  const baselined = { ...npm, findings: [], baselined: [{ finding, since: "2025-01-02" }] };
  assert.deepEqual(names(valid({ ...sampleReport, evaluations: [baselined] })), ["CVE-2021-44906"]);
  const messages = valid(sampleReport).scan.messages.map(({ value }) => value);
  assert.ok(messages.includes("1 finding about no package, which this format cannot express"));
  assert.ok(messages.some((value) => value.startsWith("unknown for shop/web:1.4, Debian:13: no advisories")));
});

test("two images of one repository have vulnerabilities of different ids", () => {
  const other = { ...npm, asset: { ...npm.asset, id: `sha256:${"c".repeat(64)}` } } as typeof npm;
  const ids = valid({ ...sampleReport, evaluations: [npm, other] }).vulnerabilities.map(({ id }) => id);
  assert.equal(new Set(ids).size, 6);
});

test("a scan in which nothing could be judged has failed", () => {
  const [, unknown] = sampleReport.evaluations;
  assert.ok(unknown);
  assert.equal(valid({ ...sampleReport, evaluations: [unknown] }).scan.status, "failure");
  assert.equal(valid({ ...sampleReport, evaluations: [] }).scan.status, "success");
});

test("whatever text a report holds, it keeps to the schema", () => {
  fc.assert(
    fc.property(nastyText, fc.integer({ min: 1, max: 8_000 }), (nasty, times) => {
      const report = withTexts(sampleReport, (clean) => `${nasty}${clean}`) as Report;
      valid(report);
      const [finding] = npm.findings;
      assert.ok(finding);
      const title = nasty.repeat(Math.ceil(times / (nasty.length + 1)));
      const long = { ...finding, title, detail: title, fix: { kind: "instruction", text: title } as const };
      valid({ ...sampleReport, evaluations: [{ ...npm, findings: [long] }] });
    }),
    runs(50),
  );
});
