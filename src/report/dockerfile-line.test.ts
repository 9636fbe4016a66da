import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../core/finding.ts";
import type { Format } from "./formats.ts";
import { render } from "./rendered.fixture.ts";
import { npm, sampleReport, vulnerability } from "./sample.ts";

const dockerfile = { path: "deploy/Dockerfile", line: 12 };

function withLine(finding: Finding): Finding {
  const [location] = finding.locations;
  if (location.kind !== "image") return finding;
  return { ...finding, locations: [{ ...location, layer: { ...location.layer, dockerfile } }] };
}

test("every format tells the line of the Dockerfile where it is known, and nothing where it is not", () => {
  const plain = vulnerability("CVE-2025-1", "critical", ["web", "1.0", "2.0"], ["srv/web", 1]);
  const reportOf = (finding: Finding) => ({ ...sampleReport, evaluations: [{ ...npm, findings: [finding] }] });
  const options = { columns: 160, color: false, all: true } as const;
  const shown: readonly Format[] = ["table", "plain", "sarif", "html", "markdown", "junit", "gitlab", "github"];
  for (const format of shown) {
    assert.match(render(reportOf(withLine(plain)), format, options), /deploy\/Dockerfile(?::|&#58;)12/, format);
    assert.doesNotMatch(render(reportOf(plain), format, options), /deploy\/Dockerfile/, format);
  }
  const { evaluations } = JSON.parse(render(reportOf(withLine(plain)), "json", options));
  assert.deepEqual(evaluations[0].findings[0].locations[0].layer.dockerfile, dockerfile);
});

test("SARIF relates a finding to the line, so that code scanning can lead there", () => {
  const finding = withLine(vulnerability("CVE-2025-1", "critical", ["web", "1.0", "2.0"], ["srv/web", 1]));
  const report = { ...sampleReport, evaluations: [{ ...npm, findings: [finding] }] };
  const { runs } = JSON.parse(render(report, "sarif", { columns: 160, color: false, all: true }));
  assert.deepEqual(runs[0].results[0].relatedLocations, [
    {
      id: 1,
      physicalLocation: {
        artifactLocation: { uri: "deploy/Dockerfile", uriBaseId: "%SRCROOT%" },
        region: { startLine: 12 },
      },
    },
  ]);
});
